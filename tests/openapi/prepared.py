"""Requests that are likely to be done: what chance alone would not hit, so that answers of success are compared with the document too."""

FORM = {
    "subject": "enterprise", "name": "杭州新芽商贸有限公司", "code": "91330106MA2000002M", "legal_person": "韩梅梅",
    "contact": "李雷", "phone": "13800001111", "email": "shop@example.com", "address": "浙江省杭州市西湖区文三路 1 号",
    "bank_account": "6222020000000012344",
}
RECIPIENT = {"name": "孙浩", "phone": "13800001004", "region": "四川省成都市武侯区", "address": "天府大道 1 号"}
PASSWORD = "correct horse battery 8"
PDF = "%PDF-1.7\nnothing\n%%EOF\n"
ACTS_MAX = 6
CASES_READ = 20


class Requests(list):
    """`{label, path, query, body}`; text as a body stands for bytes."""

    def add(self, label, body=None, query=None, **path):
        self.append({"label": label, "path": path, "query": query or {}, "body": body})


def prepared(person, own):
    """What this person may well do, each once."""
    found = Requests()
    of_everybody(found, person)
    of_cases(found, person, own)
    {"buyer": of_buyers, "merchant": of_merchants, "platform": of_platform}.get(person.me["party"], lambda *_: None)(found, person, own)
    return list(found)


def of_everybody(found, person):
    found.add("PATCH /v1/me", {"locale": "zh-CN"})
    found.add("POST /v1/me/second-factor", {"current": person.password})
    found.add("POST /v1/me/password", {"current": person.password, "password": PASSWORD})
    found.add("POST /v1/views", {"list": "orders", "name": "fresh", "filters": {"state": "shipped"}})
    views = [view for view in person.items("/v1/views?list=orders") if view["is_own"]]
    for view in views[:1]:
        found.add("PATCH /v1/views/{id}", {"version": view["version"], "name": "renamed"}, id=view["id"])
    for view in views[1:]:
        found.add("DELETE /v1/views/{id}", None, {"version": view["version"]}, id=view["id"])
    for kind in ("order", "return_refund"):
        found.add("GET /v1/states", None, {"kind": kind})
    found.add("GET /v1/calendars/{region}/{year}", region="cn", year="2026")
    found.add("GET /v1/policy/differences/{pack}/{other}", pack="taobao", other="jd")


def of_cases(found, person, own):
    """Each act once that asks for nothing."""
    seen, now = set(), person.get("/v1/time").json()["server_now"]
    for case in own.get("cases", [])[:CASES_READ]:
        view = person.get(f"/v1/cases/{case}").json()
        for act in view.get("acts", []):
            is_free = act["enabled"] and not any(field["is_required"] for field in act["form"])
            if is_free and act["event"] not in seen and len(seen) < ACTS_MAX:
                seen.add(act["event"])
                found.add("POST /v1/cases/{id}/acts", {"event": act["event"], "version": view["version"]}, id=case)
        if view.get("after_sales") and not view["is_closed"]:
            found.add("POST /v1/cases/{id}/evidence", {"photos": [], "words": "看这里"}, id=case)
            found.add("POST /v1/cases/{id}/contacts", {"channel": "phone", "at": now, "note": "谈过了"}, id=case)


def of_buyers(found, person, own):
    orders = [person.get(f"/v1/orders/{order}").json() for order in own.get("orders", [])]
    for view in orders:
        if view["order"]["state"] == "delivered" and not view["after_sales"]:
            what = {"order": view["order"]["id"], "line": view["lines"][0]["id"], "quantity": 1}
            why = {"kind": "refund_only", "reason": "quality", "description": "", "photos": []}
            found.add("POST /v1/aftersales", what | why)
    shop = orders[0]["order"]["shop_id"]
    for sku in person.items(f"/v1/shops/{shop}/skus")[:2]:
        lines = [{"sku": sku["id"], "quantity": 1}]
        found.add("POST /v1/orders", {"shop": shop, "lines": lines, "recipient": RECIPIENT, "remark": ""})


def of_merchants(found, person, own):
    if not own.get("shops"):
        of_applicants(found, person)
        return
    shop, name = own["shops"][0], f"made {person.login}"
    found.add("POST /v1/return-addresses", {"shop": shop, "address": "浙江省杭州市西湖区文三路 1 号"})
    if own.get("imports"):
        columns = person.get(f"/v1/imports/{own['imports'][0]}/preview").json()["guess"]
        source = {"name": name, "shop": shop, "settings": {"columns": columns}}
        found.add("POST /v1/import-sources", source)
        found.add("PUT /v1/import-sources/{id}", source | {"name": f"again {name}"}, id=own["import-sources"][0])
        found.add("POST /v1/imports/{id}/format", {"kind": "csv", "encoding": "utf-8", "delimiter": ","}, id=own["imports"][-1])
        found.add("POST /v1/imports/{id}/start", {"source": own["import-sources"][0], "dry_run": True}, id=own["imports"][0])
    orders = [{"id": order} for order in own.get("orders", [])[:3]]
    found.add("POST /v1/batches/preview", {"cases": [order["id"] for order in orders]})
    found.add("POST /v1/batches", {"kind": "order", "event": "edit", "input": {"remark": "礼盒包装"}, "cases": orders})
    found.add("POST /v1/members", {"login": f"{person.login}-made", "name": "Made", "role": "merchant_service", "password": PASSWORD})
    found.add("POST /v1/api-keys", {"name": name, "permissions": ["orders.remark"], "days": 1})
    for member in [row for row in person.items("/v1/members") if not row["is_self"]]:
        found.add("PATCH /v1/members/{id}", {"version": member["version"], "name": "Renamed"}, id=member["id"])
    for n, role in enumerate(row for row in person.items("/v1/roles") if not row["is_built_in"]):
        if n:
            found.add("DELETE /v1/roles/{id}", None, {"version": role["version"]}, id=role["role"])
        else:
            found.add("PATCH /v1/roles/{id}", {"version": role["version"], "name": f"renamed {n}"}, id=role["role"])
    for webhook in person.items("/v1/webhooks"):
        for delivery in person.items(f"/v1/webhooks/{webhook['id']}/deliveries"):
            found.add("GET /v1/webhooks/{id}/deliveries/{delivery}", id=webhook["id"], delivery=delivery["id"])
            found.add("POST /v1/webhooks/{id}/replays", {"delivery": delivery["id"]}, id=webhook["id"])
        found.add("PATCH /v1/webhooks/{id}", {"version": webhook["version"], "kinds": ["order"]}, id=webhook["id"])


def of_applicants(found, person):
    view = person.get("/v1/verification").json()
    found.add("PUT /v1/verification/draft", FORM)
    found.add("POST /v1/verification/papers", PDF, {"kind": "other"})
    for paper in view["verification"]["papers"]:
        found.add("GET /v1/verification/papers/{id}", id=paper["id"])
        found.add("DELETE /v1/verification/papers/{id}", id=paper["id"])


def of_platform(found, person, own):
    now = person.get("/v1/time").json()["server_now"]
    found.add("POST /v1/policy/replays", {"pack": "taobao", "since": f"{int(now[:4]) - 1}{now[4:]}"})
    for replay in person.items("/v1/policy/replays")[:1]:
        found.add("GET /v1/policy/replays/{id}", id=replay["id"])
    days = person.get("/v1/calendars/cn/2026").json().get("days")
    found.add("POST /v1/calendars/{region}/{year}/preview", {"days": days}, region="cn", year="2026")
    found.add("PUT /v1/calendars/{region}/{year}", {"days": days, "source": "bench"}, region="cn", year="2026")
    for parcel in person.items("/v1/demo/parcels")[:2]:
        scan = {"carrier": parcel["carrier"], "waybill": parcel["waybill"], "kind": parcel["offered"][0]}
        found.add("POST /v1/demo/scans", scan)
