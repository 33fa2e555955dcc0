"""A demo market of its own on a free port, its people, and what is whose in it."""

import os
import re
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import requests

from prepared import FORM, PASSWORD, PDF

ROOT = Path(__file__).resolve().parents[2]
READY_S = 60
# Ids, and numbers of orders, by which files name them.
ID = re.compile(r"\b(?:cas|evt|org|shp|sku|usr|imp|exp|bat|src|rol|row)_[0-9a-z]{13}\b|\b[0-9]{15}\b")
# Everybody's: shops with their goods, and the organisations behind them.
SHARED = ("org_", "shp_", "sku_")
LISTS = (
    "/v1/orders?limit=200", "/v1/aftersales?limit=200", "/v1/board", "/v1/exports", "/v1/imports", "/v1/import-sources", "/v1/batches",
    "/v1/members", "/v1/roles", "/v1/api-keys", "/v1/webhooks", "/v1/views?list=orders", "/v1/sessions", "/v1/operations?limit=200",
    "/v1/verification",
)
ORDERS_READ = 6
CSV = """订单编号,商家编码,商品标题,数量,单价,下单时间,买家,收货人,手机,收货地址
IMP1,SKU-1,棉质长袖衬衫,1,129.00,2026-01-02 10:00:00,买家,王小明,13800000000,浙江省杭州市西湖区
"""


class Market:
    """The program as built, in demo mode; ended by its process id."""

    def __init__(self):
        target = os.environ.get("CARGO_TARGET_DIR", ROOT / "target")
        self.binary = Path(os.environ.get("XIAOER_BIN", Path(target) / "debug/xiaoer"))
        if not self.binary.exists():
            raise SystemExit(f"openapi: no binary at {self.binary}; build it (cargo build -p xiaoer) or set XIAOER_BIN")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{probe.getsockname()[1]}"
        self.url = f"http://{self.address}"

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="xiaoer-openapi.")
        self.log = open(Path(self.folder.name) / "log", "w+")
        command = [self.binary, "demo", "--data", Path(self.folder.name) / "data", "--listen", self.address, "--days", "7"]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        end = time.monotonic() + READY_S
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > end:
                self.__exit__()
                raise SystemExit(f"openapi: the server did not get ready (ended: {self.process.poll()})")
            time.sleep(0.1)
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.log.close()
        self.folder.cleanup()

    def _is_ready(self):
        try:
            return requests.get(f"{self.url}/readyz", timeout=2).ok
        except requests.ConnectionError:
            return False


class Person:
    """Somebody with a session, or with none; `token` of a key makes a program."""

    def __init__(self, market, login=None, token=None, password="demo"):
        self.url, self.login, self.token, self.password, self.me = market.url, login, token, password, {}
        self.http = requests.Session()
        if login:
            self.post("/v1/session", {"login": login, "password": password})
            self.token = self.http.cookies.get("xiaoer_session")
            self.http.cookies.clear()
        if self.token:
            self.http.headers["authorization"] = f"Bearer {self.token}"
            self.me = self.get("/v1/session").json()

    def get(self, path):
        return self.http.get(self.url + path, timeout=30)

    def post(self, path, body):
        raw = isinstance(body, bytes)
        answer = self.http.post(self.url + path, timeout=30, **({"data": body} if raw else {"json": body}))
        if not answer.ok:
            raise SystemExit(f"openapi: POST {path} as {self.login}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None

    def items(self, path):
        answer = self.get(path)
        body = answer.json() if answer.ok else []
        return body if isinstance(body, list) else body.get("items", [])

    def until(self, path, is_done):
        end = time.monotonic() + READY_S
        while not is_done(self.get(path).json()):
            if time.monotonic() > end:
                raise SystemExit(f"openapi: {path} does not end")
            time.sleep(0.05)


def furnish(person):
    """One of everything that is an organisation's own; gives the token of a key."""
    shop = person.me["shops"][0]["id"]
    name = f"bench {person.login}"
    file = person.post("/v1/imports?name=a.csv", CSV.encode())["id"]
    columns = person.get(f"/v1/imports/{file}/preview").json()["guess"]
    source = person.post("/v1/import-sources", {"name": name, "shop": shop, "settings": {"columns": columns}})["id"]
    person.post(f"/v1/imports/{file}/start", {"source": source, "dry_run": True})
    person.until(f"/v1/imports/{file}", lambda view: view["state"] == "checked")
    for format_ in ("csv", "xlsx"):
        export = person.post("/v1/exports", {"format": format_})["id"]
        person.until(f"/v1/exports/{export}", lambda view: view["state"] == "done")
    cases = [{"id": order["id"]} for order in person.items("/v1/orders?limit=2")]
    remark = {"kind": "order", "event": "edit", "input": {"remark": "bench"}, "cases": cases}
    batch = person.post("/v1/batches", remark)["id"]
    person.until(f"/v1/batches/{batch}", lambda view: view["state"] == "done")
    for nth in ("first", "second"):
        person.post("/v1/views", {"list": "orders", "name": nth, "filters": {"state": "completed"}, "is_shared": True})
        role = person.post("/v1/roles", {"name": nth, "permissions": ["orders.remark"]})["role"]
    member = {"login": f"{person.login}-bench", "name": "Bench", "role": role, "password": "correct horse battery 7"}
    person.post("/v1/members", member)
    # Nothing listens there: deliveries stay.
    webhook = person.post("/v1/webhooks", {"url": "https://receiver.example/in", "kinds": []})["webhook"]["id"]
    person.post(f"/v1/webhooks/{webhook}/ping", {})
    may = [permission for group in person.items("/v1/permissions") for permission in group["permissions"]]
    words = [permission["word"] for permission in may if not permission["is_people_only"]]
    return person.post("/v1/api-keys", {"name": name, "permissions": words, "days": 7, "per_minute": 6000})["token"]


def applicant(market, name, code):
    """A company that has registered and handed in a paper."""
    outside = Person(market)
    consents = outside.get("/v1/registrations").json()["agreements"]
    form = FORM | {"name": name, "code": code}
    login = outside.post("/v1/registrations", {"form": form, "agreements": consents, "password": PASSWORD})["login"]
    person = Person(market, login, password=PASSWORD)
    person.post("/v1/verification/papers?kind=other", PDF.encode())
    return person


def things(person):
    """What paths and bodies may name: `{word before it in the path, or name of a field: [id]}`."""
    orders = [order["id"] for order in person.items("/v1/orders?limit=50")]
    found = {
        "orders": orders,
        "cases": [case["id"] for case in person.items("/v1/aftersales?limit=50")] + orders,
        "views": [view["id"] for view in person.items("/v1/views?list=orders")],
        "roles": [role["role"] for role in person.items("/v1/roles") if role["role"].startswith("rol_")],
        # Never the person or the session that the bench itself goes on with.
        "members": [member["id"] for member in person.items("/v1/members") if not member["is_self"]],
        "sessions": [one["id"] for one in person.items("/v1/sessions") if not one["is_current"]],
    }
    for kind in ("exports", "imports", "import-sources", "batches", "api-keys", "webhooks"):
        found[kind] = [row["id"] for row in person.items(f"/v1/{kind}")]
    sent = [delivery["id"] for webhook in found["webhooks"] for delivery in person.items(f"/v1/webhooks/{webhook}/deliveries")]
    lines = [line["id"] for order in orders[:ORDERS_READ] for line in person.get(f"/v1/orders/{order}").json()["lines"]]
    shops = [shop["id"] for shop in person.me.get("shops") or person.items("/v1/shops")]
    skus = [sku["id"] for shop in shops[:2] for sku in person.items(f"/v1/shops/{shop}/skus")]
    found |= {"deliveries": sent, "delivery": sent, "line": lines, "lines": lines, "shops": shops, "shop": shops, "sku": skus}
    verification = person.get("/v1/verification")
    if verification.ok:
        view = verification.json()
        found["cases"].append(view["id"])
        found["papers"] = [paper["id"] for paper in view["verification"]["papers"]]
    found |= {"order": found["orders"], "source": found["import-sources"]}
    return {kind: sorted(set(ids)) for kind, ids in found.items() if ids}


def private(person):
    """Ids that only this person's side and the platform may read; people other than members are known to their partners too."""
    text = "".join(person.get(path).text for path in LISTS)
    for order in person.items(f"/v1/orders?limit={ORDERS_READ}"):
        text += person.get(f"/v1/orders/{order['id']}").text
    members = {member["id"] for member in person.items("/v1/members")} | ({person.me["user"]} if person.me["party"] == "buyer" else set())
    ids = set(ID.findall(text))
    return {one for one in ids if not one.startswith((*SHARED, "usr_")) or one in members}
