"""What schemathesis does in the name of one role: real ids in place of made-up ones, and what no answer may be."""

import atexit
import json
import os
from collections import Counter
from pathlib import Path

import schemathesis
from schemathesis import GenerationMode

from market import ID

ROLE = json.loads(Path(os.environ["XIAOER_ROLE"]).read_text())
OWN, FOREIGN, PRIVATE = ROLE["own"], ROLE["foreign"], set(ROLE["private"])
PUBLIC = ("public", "signed")
turns, answered = Counter(), Counter()


def turn(label, values):
    """The next of `values`: the same ones in the same order at every run."""
    turns[label] += 1
    return values[turns[label] % len(values)]


def names(case):
    """`{parameter: word before it in the path}`; a parameter after another goes by its own name."""
    parts = case.operation.path.split("/")
    return {part[1:-1]: parts[n - 1] if parts[n - 1][0] != "{" else part[1:-1] for n, part in enumerate(parts) if part[:1] == "{"}


def filled(label, value):
    """A body or query with real ids where its fields name things of the caller's."""
    if isinstance(value, dict):
        real = {name: turn(label + name, OWN[name]) for name, old in value.items() if name in OWN and isinstance(old, str)}
        rest = {name: filled(label, old) for name, old in value.items() if name not in real}
        return {name: real.get(name, rest.get(name)) for name in value}
    return [filled(label, item) for item in value] if isinstance(value, list) else value


def is_positive(case):
    return case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE


def replace(case, prepared):
    case.path_parameters.update(prepared["path"])
    case.query = prepared["query"]
    if prepared["body"] is not None:
        case.body = prepared["body"].encode() if isinstance(prepared["body"], str) else prepared["body"]


@schemathesis.hook
def before_call(context, case, kwargs):
    # Whoever deletes the session that a list has shown to be the current one is logged out, as it should be.
    if ROLE["session"] and case.path_parameters.get("id") == ROLE["session"]:
        case.path_parameters["id"] = "row_0000000000000"
    if not is_positive(case):
        return
    label = case.operation.label
    turns[label] += 1
    if turns[label] % 2 and ROLE["prepared"].get(label):
        replace(case, ROLE["prepared"][label].pop(0))
        return
    # One of four stays as it was made up, one names what is somebody else's.
    pool = {0: {}, 1: FOREIGN}.get(turns[label] % 4, OWN)
    for name, word in names(case).items():
        if pool.get(word):
            case.path_parameters[name] = turn(f"{label} {word} {pool is OWN}", pool[word])
    if turns[label] % 2:
        case.query = filled(label, dict(case.query or {}))
        if isinstance(case.body, (dict, list)):
            case.body = filled(label, case.body)


@schemathesis.hook
def after_call(context, case, response):
    answered[f"{case.operation.label} {response.status_code}"] += 1


@atexit.register
def leave_note():
    Path(os.environ["XIAOER_NOTE"]).write_text(json.dumps(answered))


def text_of(response):
    kind = (response.headers.get("content-type") or [""])[0]
    return response.content.decode(errors="replace") if "json" in kind or kind.startswith("text/") else ""


def access(case):
    return case.operation.definition.raw.get("x-access", "public")


@schemathesis.check
def no_foreign_data(ctx, response, case):
    """Nothing that is another organisation's or another buyer's, and nothing at all under a path that names it."""
    # What is told to everybody cannot be somebody's; the tour of the demo market shows cases of all sides.
    if response.status_code >= 300 or access(case) in PUBLIC:
        return
    seen = sorted(PRIVATE.intersection(ID.findall(text_of(response))))
    assert not seen, f"the answer names what is somebody else's: {seen[:5]}"
    asked = [str(value) for name, value in (case.path_parameters or {}).items() if value in FOREIGN.get(names(case).get(name), ())]
    assert not asked, f"answered about somebody else's {asked}"


@schemathesis.check
def once_a_name(ctx, response, case):
    """No object of an answer has a name twice: readers differ in which of the two they take (RFC 8259, 4)."""
    def one(pairs):
        twice = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
        assert not twice, f"names that occur twice in one object: {twice}"
        return dict(pairs)

    if "json" in (response.headers.get("content-type") or [""])[0] and response.content:
        json.loads(response.content, object_pairs_hook=one)


@schemathesis.check
def signed_in(ctx, response, case):
    """Without a session the door is shut, with the role's token it stays open: 401 is for wrong log-ins."""
    if access(case) in PUBLIC:
        return
    sent = response.request.headers.get("Authorization")
    # Some cases spoil the token on purpose.
    if sent == f"Bearer {ROLE['token']}":
        assert response.status_code != 401, "the role lost its session"
    else:
        assert response.status_code in (401, 405), f"{response.status_code} without a session"
