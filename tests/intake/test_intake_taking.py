"""What lies in the spool comes into the registry, whole and once, and what an admin changes is told by the server."""

import sqlite3
import subprocess
import time
from contextlib import closing

import pytest

from collector import nightly
from collector.instances.register import Register, digest
from collector.intake import taking
from collector.intake.spool import Spool, SpoolError
from collector.model import Answer, Outcome
from collector.people.roles import Role
from collector.people.who import Actor
from collector.sources import beats
from collector.store import activity, instances
from collector.store.store import Store
from tests.intake.conftest import KITCHEN
from tests.servers.intake import NEW

ADMIN = Actor("ann", Role.ADMIN, "ann")


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "data" / "almanac.db") as opened:
        yield opened


def known(store):
    return {one.uuid: one for one in instances.everyone(store.db)}


def said(store):
    return [(one.outcome, one.text) for one in reversed(activity.found(store.db, activity.Wanted(), 99))]


def registered(desk, **changes):
    return desk.ask("POST", "/instance/", NEW | changes).json


def test_what_registered_itself_is_taken_in_once_and_what_it_changes_too(desk, store):
    held = desk()
    made = registered(held)
    for _ in range(2):
        taking.exchange(held.config, store)
    one = known(store)[made["uuid"]]
    assert (one.url, one.contact, one.is_asked, one.is_waiting) == ("https://indico.example.org", "Ada", False, True)
    assert (one.secret, instances.waiting(store.db)) == (digest(made["secret"]), 1)
    Register(store, ADMIN).approve(made["uuid"])
    taking.exchange(held.config, store)
    path = f"/instance/{made['uuid']}"
    assert "waiting" not in held.ask("GET", path).json
    for contact in ("Bob", "Cyd", "Dan"):
        held.ask("PATCH", path, {"contact": contact, "enabled": False}, made["secret"])
    Register(store, ADMIN).update(made["uuid"], {"email": "new@example.org"})
    taking.exchange(held.config, store)
    one = known(store)[made["uuid"]]
    assert (one.contact, one.email, one.enabled) == ("Dan", "new@example.org", False)
    assert held.ask("GET", path).json["email"] == "new@example.org"
    assert said(store) == [
        ("done", "instance https://indico.example.org of CERN registered itself, and waits (from 127.0.0.1)"),
        ("done", "approved instance https://indico.example.org"),
        ("done", "changed email of instance https://indico.example.org"),
        ("done", "instance https://indico.example.org changed its contact, enabled (from 127.0.0.1)"),
    ]


def test_what_an_admin_adds_disables_or_removes_is_so_for_the_server(desk, store):
    open_ = desk('registration = "open"')
    made, register = registered(open_), Register(store, ADMIN)
    taking.exchange(open_.config, store)
    path, key = f"/instance/{made['uuid']}", made["secret"]
    register.enable(made["uuid"], False)
    other = register.add(NEW | {"url": "https://other.example.org"})
    secret = register.new_secret(other.uuid)
    taking.exchange(open_.config, store)
    assert not open_.ask("GET", path).json["enabled"]
    assert open_.ask("PATCH", path, {"enabled": True}, key).json["waiting"]
    assert open_.ask("POST", "/instance/", NEW | {"url": other.url}).status_code == 409
    assert open_.ask("PATCH", f"/instance/{other.uuid}", {"contact": "Bob"}, secret).json["contact"] == "Bob"
    register.remove(made["uuid"])
    taking.exchange(open_.config, store)
    assert open_.ask("GET", path).status_code == 404
    assert list(known(store)) == [other.uuid]
    assert known(store)[other.uuid].contact == "Bob"


def test_of_two_at_one_address_the_registry_has_the_first(desk, store):
    open_ = desk('registration = "open"')
    made = registered(open_)
    Register(store, ADMIN).add(NEW)
    taking.exchange(open_.config, store)
    assert made["uuid"] not in known(store)
    assert open_.ask("GET", f"/instance/{made['uuid']}").status_code == 404
    assert said(store)[-1] == (
        "refused",
        "refused what instance https://indico.example.org registers: its address is another's (from 127.0.0.1)",
    )


def test_an_address_that_one_gives_up_is_free_for_another_at_once(desk, store):
    open_ = desk('registration = "open"')
    one = registered(open_)
    taking.exchange(open_.config, store)
    path, key = f"/instance/{one['uuid']}", one["secret"]
    assert open_.ask("PATCH", path, {"url": "https://moved.example.org"}, key).status_code == 200
    two = registered(open_)
    assert open_.ask("PATCH", path, {"contact": "Bob"}, key).status_code == 200
    taking.exchange(open_.config, store)
    urls = {uuid: each.url for uuid, each in known(store).items()}
    assert urls == {one["uuid"]: "https://moved.example.org", two["uuid"]: "https://indico.example.org"}


def test_a_spool_that_somebody_else_wrote_puts_nothing_unfit_into_the_registry(desk, store):
    open_ = desk('registration = "open"')
    for name in ("url", "email", "contact", "uuid"):
        made = registered(open_, url=f"https://{name}.example.org")
        with closing(sqlite3.connect(open_.config.spool / "registrations.db")) as db:
            db.execute(f"UPDATE registration SET {name} = ? WHERE uuid = ?", ["\x1b[2J", made["uuid"]])
            db.commit()
    good = registered(open_)
    taking.exchange(open_.config, store)
    assert list(known(store)) == [good["uuid"]]
    assert [outcome for outcome, _ in said(store)] == ["refused"] * 4 + ["done"]


@pytest.mark.parametrize("is_new", [True, False])
@pytest.mark.parametrize("column", ["uuid", "url", "contact", "email", "organisation", "added", "changed", "address"])
def test_bytes_where_a_text_should_be_end_no_pass(desk, store, column, is_new):
    open_ = desk('registration = "open"')
    made = registered(open_)
    if not is_new:
        taking.exchange(open_.config, store)
        open_.ask("PATCH", f"/instance/{made['uuid']}", {"contact": "Bob"}, made["secret"])
    with closing(sqlite3.connect(open_.config.spool / "registrations.db")) as db:
        db.execute(f"UPDATE registration SET {column} = x'00ff'")
        db.commit()
    taking.exchange(open_.config, store)
    assert {type(value) for one in known(store).values() for value in one.row} <= {str, int}
    with Spool.open(open_.config.spool) as spool:
        assert spool.pending() == ()


def test_an_address_that_comes_while_another_is_approved_waits(desk, store):
    held = desk()
    made = registered(held)
    taking.exchange(held.config, store)
    Register(store, ADMIN).approve(made["uuid"])  # the server does not know of it yet
    moved = {"url": "https://elsewhere.example.org"}
    assert held.ask("PATCH", f"/instance/{made['uuid']}", moved, made["secret"]).json["waiting"]
    taking.exchange(held.config, store)
    one = known(store)[made["uuid"]]
    assert (one.url, one.is_asked, one.is_waiting) == (moved["url"], False, True)


def test_broken_off_between_registry_and_spool_it_is_done_again_without_a_change(desk, store, monkeypatch):
    open_ = desk('registration = "open"')
    made = registered(open_)
    with monkeypatch.context() as patch:
        patch.setattr(Spool, "publish", _break)
        with pytest.raises(KeyboardInterrupt):
            taking.exchange(open_.config, store)
    assert list(known(store)) == [made["uuid"]]
    taking.exchange(open_.config, store)
    assert len(said(store)) == 1
    with Spool.open(open_.config.spool) as spool:
        assert spool.pending() == ()


def _break(*_):
    raise KeyboardInterrupt


def test_neither_waits_for_the_other(desk, store):
    open_ = desk('registration = "open"')
    with closing(sqlite3.connect(store.path)) as other:
        other.execute("BEGIN EXCLUSIVE")  # a pass writes
        made = registered(open_)
        assert open_.ask("GET", f"/instance/{made['uuid']}").status_code == 200
    with Spool.open(open_.config.spool) as spool, spool._writing():
        begun = store.begin_pass(1)  # a registration is being written
    assert begun
    taking.exchange(open_.config, store)
    assert list(known(store)) == [made["uuid"]]


def test_a_spool_of_a_newer_version_is_left_alone(desk, store):
    open_ = desk()
    registered(open_)
    with closing(sqlite3.connect(open_.config.spool / "registrations.db")) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(SpoolError, match="newer version of Almanac; install that version again"):
        taking.exchange(open_.config, store)


def test_a_broken_spool_ends_no_pass(desk, store):
    open_ = desk()
    open_.config.spool.mkdir(parents=True)
    (open_.config.spool / "registrations.db").write_bytes(b"no database, and long enough to be looked at" * 20)
    (said_,) = nightly._taken_in(open_.config, store)
    assert "registrations.db: file is not a database: move it away; what was not taken in is lost" in str(said_)


def test_beats_come_in_as_a_source_of_beats_reads_them(desk, tmp_path):
    log = tmp_path / "data/intake/beats.log"
    source = f'[[nodes.here.sources]]\nkind = "beats"\nsecret = "$KITCHEN"\nlog = "{log}"'
    heard = desk(more=f'[nodes.here]\nreach = "local"\n{source}')
    assert heard.ask("GET", "/beat/unknown-unknown-unknown").status_code == 204
    assert log.read_bytes() == b""
    assert not _asked(heard.config).faults
    hostile = {"query_string": 't=1&x="\r\n%00 GET /beat/' + "é" * 3000}
    for method, more in (("GET", {"query_string": "t=21.5&b=3"}), ("POST", {}), ("PUT", hostile)):
        answer = heard.ask(method, f"/beat/{KITCHEN}", **more)
        assert (answer.status_code, answer.data, answer.content_type) == (204, b"", None)
    assert len(log.read_bytes().splitlines()) == 3
    assert log.read_text().isascii()
    told = _asked(heard.config)
    assert told.states[0].value == "heard"
    assert {(one.metric, one.value) for one in told.observations} >= {("t", 21.5), ("b", 3.0)}


def _asked(config):
    """What the source makes of the log, its probe run as a node would."""
    settings = config.sources_of("here")[0]
    done = subprocess.run(["sh", "-c", beats.probe(settings)], capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    return beats.parse(settings, Answer("here", "beats", "beats", int(time.time()), Outcome.OK, body=done.stdout))
