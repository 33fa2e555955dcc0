"""Tries every operation of docs/openapi.json against the real binary with each role's token, by schemathesis: no 5xx, no answer that
the document does not tell of, nothing that is somebody else's. `target/python/bin/python tests/openapi/run.py`, after
`cargo xtask setup --for test`.

XIAOER_BIN names the binary, XIAOER_OPENAPI another document, XIAOER_ONLY a role, XIAOER_EXAMPLES how many examples an operation gets
beside the borders of its schema (50 take minutes, and walk from answer to request too). Exit 1 if anything failed."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from market import ROOT, Market, Person, applicant, furnish, private, things
from prepared import prepared

HERE = Path(__file__).resolve().parent
DOCUMENT = Path(os.environ.get("XIAOER_OPENAPI", ROOT / "docs/openapi.json"))
EXAMPLES = int(os.environ.get("XIAOER_EXAMPLES", 4))
EXAMPLES_LONG = 50
LANES = 2
# Who is tried, and whose things must not be seen then.
ROLES = {
    "nobody": (None, []),
    "operator": ("op", ["hemu"]),
    "agent": ("agent", ["hemu"]),
    "auditor": ("audit", ["hemu"]),
    "merchant": ("yuexiang", ["hemu", "yunduo"]),
    "service": ("yunduo-service", ["hemu", "yuexiang"]),
    "stock": ("yunduo-stock", ["hemu", "yuexiang"]),
    "program": ("hemu", ["yunduo", "yuexiang"]),
    "buyer": ("lin", ["wang", "zhao"]),
    "applicant": ("applicant", ["rival"]),
}
APPLICANTS = {
    "applicant": ("杭州云上科技有限公司", "91330106MA2000002M"),
    "rival": ("宁波海风进出口有限公司", "91330106MA2000003Q"),
}
MERCHANTS = ("yunduo", "yuexiang", "hemu")
# What even the platform does not see of an organisation; everything else is shown to it.
UNSEEN = ("webhooks", "deliveries", "api-keys", "roles", "views", "sessions", "batches")


def union(found):
    """Things of several people in one."""
    words = {word for each in found for word in each}
    return {word: {one for each in found for one in each.get(word, ())} for word in words}


def by_label(requests):
    """Requests in the order in which they are to be made."""
    return {label: [one for one in requests if one["label"] == label] for label in {one["label"] for one in requests}}


def prepare(market):
    """What each role is told: its token, what is its own, what is somebody else's."""
    logins = {login for login, others in ROLES.values() for login in [login, *others] if login}
    people = {login: Person(market, login) for login in sorted(logins - APPLICANTS.keys())}
    people |= {name: applicant(market, *company) for name, company in APPLICANTS.items()}
    keys = {login: furnish(people[login]) for login in MERCHANTS}
    program = Person(market, token=keys["hemu"])
    own = {login: things(person) for login, person in people.items()}
    hidden = {other: private(people[other]) for other in sorted({other for _, others in ROLES.values() for other in others})}
    told = {}
    for name, (login, others) in ROLES.items():
        person = program if name == "program" else people.get(login) or Person(market)
        party = person.me.get("party")
        # Of a sub-account nothing counts as foreign that its organisation's main account sees.
        house = [one for one in people if login and one.split("-")[0] == login.split("-")[0]]
        mine = set().union(*(private(people[one]) for one in house))
        foreign = union([own[other] for other in others])
        words = UNSEEN if party == "platform" else [word for word in foreign if word not in ("shop", "shops", "sku")]
        told[name] = {
            "token": person.token,
            "session": next((one["id"] for one in person.items("/v1/sessions") if one["is_current"]), None),
            "is_signed_in": person.token is not None,
            "may": person.me.get("permissions", []),
            "is_person": name not in ("nobody", "program"),
            "own": own.get(login, {}),
            "prepared": by_label(prepared(person, own[login])) if login else {},
            "foreign": {word: sorted(foreign.get(word, set()) - set(own.get(login, {}).get(word, ()))) for word in words},
            "private": sorted(set().union(*(hidden[other] for other in others)) - mine) if party != "platform" else [],
        }
    operator = people["op"]
    seen = operator.get("/v1/orders?limit=200").text
    for other in ("hemu", "wang"):
        assert any(one in seen for one in hidden[other]), f"what is to be hidden of {other} is nothing that anybody sees"
    return told


def allowed(role, access):
    """Whether the role gets past the door of an operation."""
    if access in ("public", "signed"):
        return True
    if access == "person":
        return role["is_person"]
    return role["is_signed_in"] and (access == "signed-in" or any(word in role["may"] for word in access.split(" | ")))


def config(role, operations):
    """The settings of all roles, and that a closed door is tried once."""
    text = (HERE / "schemathesis.toml").read_text().replace('"hooks.py"', json.dumps(str(HERE / "hooks.py")))
    closed = [name for name, access in operations.items() if not allowed(role, access)]
    if role["token"]:
        text += '\n[headers]\nAuthorization = "Bearer ${XIAOER_TOKEN}"\n'
    once = "phases.coverage.enabled = false\ngeneration.max-examples = 1\n"
    return text + (f"\n[[operations]]\ninclude-name = {json.dumps(closed)}\n{once}" if closed else "")


def tried(market, folder, name, role, operations):
    """One role; gives whether all was well."""
    begin = time.monotonic()
    place = Path(folder) / name
    place.mkdir()
    (place / "role.json").write_text(json.dumps(role))
    (place / "config.toml").write_text(config(role, operations))
    program = Path(sys.executable).parent / "schemathesis"
    command = [program, "--config-file", place / "config.toml", "run", DOCUMENT, "--url", market.url, "--no-color"]
    command += ["--max-examples", str(EXAMPLES)]
    if EXAMPLES >= EXAMPLES_LONG:
        command += ["--phases", "coverage,fuzzing,stateful"]
    own = {"XIAOER_ROLE": place / "role.json", "XIAOER_NOTE": place / "note.json", "XIAOER_TOKEN": role["token"] or ""}
    own |= {"PYTHONPATH": HERE, "PYTHONHASHSEED": "0"}
    env = os.environ | {word: str(value) for word, value in own.items()}
    done = subprocess.run(command, cwd=place, env=env, capture_output=True, text=True)
    is_well = done.returncode == 0
    print(f"openapi: {'ok' if is_well else 'FAILED':6} {name} ({time.monotonic() - begin:.1f} s)", flush=True)
    if not is_well:
        told = done.stdout.replace("Authorization: [Filtered]", "Authorization: Bearer $TOKEN")
        print(told[max(told.find("= FAILURES ="), 0):] + done.stderr[-4_000:], flush=True)
    return is_well


def main():
    document = json.loads(DOCUMENT.read_text())
    all_ = [(path, *pair) for path, item in document["paths"].items() for pair in item.items()]
    operations = {f"{method.upper()} {path}": operation["x-access"] for path, method, operation in all_}
    only = os.environ.get("XIAOER_ONLY")
    begin = time.monotonic()
    with Market() as market, tempfile.TemporaryDirectory(prefix="xiaoer-roles.") as folder:
        told = {name: role for name, role in prepare(market).items() if only in (None, name)}
        print(f"openapi: {len(operations)} operations, a furnished market ({time.monotonic() - begin:.1f} s)", flush=True)
        with ThreadPoolExecutor(LANES) as lanes:
            well = list(lanes.map(lambda item: tried(market, folder, *item, operations), told.items()))
        notes = [json.loads(path.read_text()) for path in Path(folder).glob("*/note.json")]
    count = sum(sum(note.values()) for note in notes)
    done = {key[:-4] for note in notes for key in note if key[-3] == "2"}
    print(f"openapi: {count} requests; {len(done)} operations were done at least once, not so:", *sorted(operations.keys() - done), sep="\n  ")
    print(f"openapi: {well.count(False)} of {len(well)} roles failed ({time.monotonic() - begin:.1f} s)")
    return 0 if all(well) else 1


# So that the market ends with the bench, however that ends.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
sys.exit(main())
