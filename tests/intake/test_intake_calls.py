"""The three calls: the answers that Instance Tracker documents, and a refusal for all else, never HTML."""

import re
import sqlite3
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate

from tests.intake.conftest import TOKEN, fits, refused
from tests.servers.intake import NEW

SOMEBODY = "6f1c3f0e-3b1f-4e0c-9d55-0c3b1a2f4e5d"


def created(desk, **changes):
    answer = desk.ask("POST", "/api/instance/", NEW | changes)
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    return fits("Created", answer.json)


@pytest.mark.parametrize("prefix", ["/api/instance", "/instance"])
def test_documented_requests_get_documented_answers(desk, prefix):
    open_ = desk('registration = "open"\nrequests = 1000')
    for slash in ("/", ""):
        made = open_.ask("POST", prefix + slash, NEW | {"url": f"https://a.example.org/x{slash}y/", "more": [1]}).json
        assert set(made) == {"uuid", "secret"}
    path, key = f"{prefix}/{made['uuid']}", made["secret"]
    record = NEW | {"uuid": made["uuid"], "enabled": True, "url": "https://a.example.org/xy"}
    shown = open_.ask("GET", path)
    assert (shown.status_code, fits("Record", shown.json)) == (200, record)
    assert shown.headers["Access-Control-Allow-Origin"] == "*"
    changes = {"url": "https://b.example.org", "contact": "Bob", "email": "bob@example.org", "enabled": False}
    changes |= {"organisation": "DESY"}
    for number in range(len(changes) + 1):
        for names in combinations(changes, number):
            given = {name: changes[name] for name in names}
            assert open_.ask("PATCH", path, given, key).json == record | given
            back = {name: record[name] for name in names}
            assert fits("Record", open_.ask("PATCH", path + "/", back, key).json) == record
    assert open_.ask("PATCH", path, {"contact": None, "enabled": None}, key).json == record
    assert open_.ask("GET", path.upper().replace(prefix.upper(), prefix)).json == record


@pytest.mark.parametrize(
    ("method", "path", "body", "kind", "status", "more"),
    [
        ("GET", f"/api/instance/{SOMEBODY}", b"", "", 404, {}),
        ("PATCH", f"/api/instance/{SOMEBODY}", {}, "application/json", 404, {}),
        ("GET", "/instance/1", b"", "", 404, {}),
        ("GET", "//instance/../x", b"", "", 404, {}),
        ("GET", "/", b"", "", 404, {}),
        ("DELETE", f"/instance/{SOMEBODY}", b"", "", 405, {}),
        ("GET", "/instance/", b"", "", 405, {}),
        ("POST", "/instance/", NEW, "text/plain", 415, {}),
        ("POST", "/instance/", NEW, "application/x-www-form-urlencoded", 415, {}),
        ("POST", "/instance/", b"x" * 16_001, "application/json", 413, {}),
        ("POST", "/instance/", b"", "application/json", 400, {}),
        ("POST", "/instance/", b"{", "application/json", 400, {}),
        ("POST", "/instance/", b"[]", "application/json", 400, {}),
        ("POST", "/instance/", b"[" * 15_000, "application/json", 400, {}),
        ("POST", "/instance/", b'{"a":' * 99 + b"1" + b"}" * 99, "application/json", 400, {"field": "url"}),
        ("POST", "/instance/", b'{"url": NaN}', "application/json", 400, {}),
        ("POST", "/instance/", b'{"url": ' + b"9" * 5000 + b"}", "application/json", 400, {}),
        ("POST", "/instance/", b'{"url": "\xff"}', "application/json", 400, {}),
        ("POST", "/instance/", b"\xef\xbb\xbf{}", "application/json", 400, {}),
        ("POST", "/instance/", {}, "application/json", 400, {"error": "Invalid value", "field": "url"}),
    ],
)
def test_what_can_not_be_done_is_told_as_a_problem(desk, method, path, body, kind, status, more):
    assert refused(desk().ask(method, path, body, kind=kind), status, **more)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[(name, None) for name in NEW],
        *[
            (name, value)
            for name in NEW
            for value in ("", " ", "a\0b", "a\x1b[2J", "abc\u202e", "\ud800", 7, True, [], {})
        ],
        *[("organisation", "x" * 201), ("email", "ann"), ("email", "a@b\r\nBcc: c@d")],
        *[
            ("url", f"{start}/x")
            for start in (
                "ftp://example.org",
                "file://",
                "javascript:alert(1)",
                "//example.org",
                "https://ann:pw@example.org",
                "https://example.org:0",
                "http://127.0.0.1",
                "http://10.1.2.3:8080",
                "http://169.254.169.254",
                "http://[::1]",
                "http://[::ffff:10.0.0.1]",
                "http://[fe80::1]",
                "http://0.0.0.0",
                "http://127.1",
                "http://2130706433",
                "http://0x7f.1:80",
                "http://017700000001",
                "http://localhost.:22",
                "http://app.localhost",
            )
        ],
    ],
)
def test_values_that_do_not_fit_are_refused_and_nothing_is_registered(desk, field, value):
    held = desk()
    detail = refused(held.ask("POST", "/instance/", NEW | {field: value}), 400, error="Invalid value", field=field)
    assert detail.startswith(field)
    assert detail.isprintable()
    assert not rows(held)


def test_a_private_address_may_register_where_it_may_be_asked(desk):
    near = desk(more='[instances]\nprivate = ["10.1.0.0/16"]\nendpoints = [{url = "/x"}]')
    assert created(near, url="http://10.1.2.3")
    refused(near.ask("POST", "/instance/", NEW | {"url": "http://10.2.0.1"}), 400, field="url")


def test_a_change_that_does_not_fit_changes_nothing(desk):
    open_ = desk('registration = "open"')
    made, other = created(open_), created(open_, url="https://other.example.org")
    path, key = f"/instance/{made['uuid']}", made["secret"]
    before = open_.ask("GET", path).json
    unfit = [
        ({"contact": "", "enabled": ""}, 400, {"error": "Invalid value", "field": "enabled"}),
        ({"contact": "Bob", "email": ""}, 400, {"error": "Invalid value", "field": "email"}),
        ({"contact": "Bob", "x\x1b": 1, "y": [{}]}, 400, {"error": "Unexpected data", "data": {"x\x1b": 1, "y": [{}]}}),
        ({"contact": "Bob", "uuid": SOMEBODY}, 400, {"error": "Unexpected data", "data": {"uuid": SOMEBODY}}),
        ({"contact": "Bob", "held": False}, 400, {"error": "Unexpected data"}),
        ({"contact": "Bob", "enabled": 1}, 400, {"field": "enabled"}),
        ({"contact": "Bob", "url": 1}, 400, {"field": "url"}),
        ({"contact": "Bob", "url": "https://OTHER.example.org/"}, 409, {"field": "url"}),
    ]
    for body, status, more in unfit:
        assert refused(open_.ask("PATCH", path, body, key), status, **more).isprintable()
    assert open_.ask("GET", path).json == before
    refused(open_.ask("POST", "/instance/", NEW | {"url": "https://other.example.org"}), 409)
    assert other["uuid"] != made["uuid"]


def test_an_instance_is_changed_by_its_secret_alone(desk):
    open_ = desk('registration = "open"\ntokens = ["$TOKEN"]')
    made, other = created(open_), created(open_, url="https://other.example.org")
    path = f"/instance/{made['uuid']}"
    nameless = open_.ask("PATCH", path, {"contact": "Eve"})
    refused(nameless, 401)
    assert nameless.headers["WWW-Authenticate"] == 'Bearer realm="almanac"'
    for wrong in (other["secret"], made["secret"][:-1], TOKEN, made["uuid"]):
        refused(open_.ask("PATCH", path, {"contact": "Eve"}, wrong), 403)
    refused(open_.ask("PATCH", path, {}, headers={"Authorization": "Basic YTpi"}), 401)
    assert open_.ask("GET", path).json["contact"] == "Ada"
    assert open_.ask("PATCH", path, {"contact": "Bob"}, made["secret"]).json["contact"] == "Bob"
    spooled = b"".join(file.read_bytes() for file in open_.config.spool.iterdir())
    assert made["secret"].encode() not in spooled
    assert made["secret"] not in repr(rows(open_))


def test_settings_let_an_old_client_change_by_uuid_or_have_records_kept_secret(desk):
    old = desk('registration = "open"\nuuid_suffices = true')
    made = created(old)
    path = f"/instance/{made['uuid']}"
    assert old.ask("PATCH", path, {"contact": "Bob"}).json["contact"] == "Bob"
    refused(old.ask("PATCH", path, {"contact": "Eve"}, "wrong"), 403)
    closed = desk('registration = "open"\nreading = "secret"')
    refused(closed.ask("GET", path), 401)
    refused(closed.ask("GET", path, bearer="wrong"), 403)
    assert closed.ask("GET", path, bearer=made["secret"]).json["contact"] == "Bob"


@pytest.mark.parametrize(
    ("registration", "shown", "status", "waits"),
    [
        ("open", None, 200, False),
        ("open", TOKEN, 200, False),
        ("held", None, 200, True),
        ("held", TOKEN, 200, False),
        ("token", None, 401, None),
        ("token", TOKEN, 200, False),
        *[(one, wrong, 403, None) for one in ("open", "held", "token") for wrong in ("wrong", "\xfc" * 20)],
    ],
)
def test_who_may_register(desk, registration, shown, status, waits):
    answer = desk(f'registration = "{registration}"\ntokens = ["$TOKEN"]').ask("POST", "/instance/", NEW, shown)
    assert answer.status_code == status
    assert answer.json.get("waiting", False) == waits if status == 200 else refused(answer, status)


def test_what_waits_can_not_approve_itself_and_another_address_waits_again(desk):
    held = desk('tokens = ["$TOKEN"]')
    waits = created(held)
    path, key = f"/instance/{waits['uuid']}", waits["secret"]
    assert held.ask("PATCH", path, {"enabled": False}, key).json.get("waiting") is None
    assert held.ask("PATCH", path, {"enabled": True}, key).json["waiting"]
    good = held.ask("POST", "/instance/", NEW | {"url": "https://good.example.org"}, TOKEN).json
    path, key = f"/instance/{good['uuid']}", good["secret"]
    assert "waiting" not in held.ask("PATCH", path, {"contact": "Bob", "url": "https://good.example.org/"}, key).json
    assert held.ask("PATCH", path, {"url": "https://elsewhere.example.org"}, key).json["waiting"]


def test_one_address_asks_no_more_than_it_may_and_the_registry_has_an_end(desk):
    few = desk('registration = "open"\nregistrations = 2')
    assert created(few, url="https://a.example.org") and created(few, url="https://b.example.org")
    answer = few.ask("POST", "/instance/", NEW)
    refused(answer, 429)
    assert int(answer.headers["Retry-After"]) > 60
    elsewhere = {"headers": {"X-Forwarded-For": "192.0.2.9"}}
    assert few.ask("POST", "/instance/", NEW, **elsewhere).status_code == 200
    untrusted = {"headers": {"X-Forwarded-For": "192.0.2.10"}, "environ_base": {"REMOTE_ADDR": "192.0.2.9"}}
    assert few.ask("POST", "/instance/", NEW | {"url": "https://c.example.org"}, **untrusted).status_code == 200
    refused(few.ask("POST", "/instance/", NEW | {"url": "https://d.example.org"}, **untrusted), 429)
    refused(desk("most = 4").ask("POST", "/instance/", NEW | {"url": "https://e.example.org"}), 503)
    hasty = desk("requests = 1")
    assert [hasty.ask("GET", "/openapi.json").status_code for _ in range(2)] == [200, 429]


def test_what_breaks_is_told_without_what_broke(desk, caplog):
    broken = desk()
    broken.app.add_url_rule("/broken", "broken", lambda: {}["hush"])
    assert "hush" not in refused(broken.ask("GET", "/broken"), 500)
    created(broken)
    next(broken.config.spool.iterdir()).write_bytes(b"no database, and long enough to be looked at" * 20)
    answer = broken.ask("POST", "/instance/", NEW)
    assert str(broken.config.spool) not in refused(answer, 503)
    assert answer.headers["Retry-After"] == "60"
    assert f"{broken.config.spool}/registrations.db: file is not a database" in caplog.text


def test_the_document_is_sound_and_tells_every_route(desk):
    served = desk().ask("GET", "/api/openapi.json").json
    validate(served)
    told = {
        (path, method.upper())
        for path, of in served["paths"].items()
        for method in of
        if method not in ("parameters", "servers")
    }
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix("/api")), method)
        for rule in desk().app.url_map.iter_rules()
        for method in rule.methods - {"HEAD"}
    }
    assert told == routes


_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300)
_JSON = st.recursive(_SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner))
_BODIES = st.binary(max_size=99) | st.dictionaries(st.sampled_from([*NEW, "enabled", "x"]), _JSON | st.just("a@b"))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(body=_BODIES, header=st.text(max_size=30).filter(lambda text: "\r" not in text and "\n" not in text))
def test_whatever_a_body_holds_it_is_answered_by_the_document(anybody, body, header):
    made, app = anybody
    created_ = app.ask("POST", "/instance/", body, headers={"X-Forwarded-For": header})
    assert created_.status_code == 200 or refused(created_, created_.status_code)
    changed = app.ask("PATCH", f"/instance/{made['uuid']}", body, made["secret"])
    assert fits("Record", changed.json) if changed.status_code == 200 else refused(changed, changed.status_code)
    assert {created_.status_code, changed.status_code} <= {200, 400, 409}


@pytest.fixture
def anybody(desk):
    app = desk('registration = "open"\nrequests = 100000\nregistrations = 100000')
    return created(app), app


def rows(desk):
    if not desk.config.spool.exists():
        return []
    with sqlite3.connect(desk.config.spool / "registrations.db") as db:
        return db.execute("SELECT * FROM registration").fetchall()
