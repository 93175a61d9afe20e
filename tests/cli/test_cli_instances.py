"""The registry of instances as people use it: registered, changed, refused in a sentence, and on record."""

import json
import os
import shutil
from pathlib import Path

import pytest

from collector.config import load
from collector.intake.app import made
from tests.servers.tracked import Tracked

FIELDS = {"url": "https://App.example.org/base/", "contact": "Ann", "email": "ann@example.org", "organisation": "CERN"}

CRAWLED = """
[nodes.here]
reach = "local"
[instances]
private = ["127.0.0.0/8"]
endpoints = [{url = "/x"}]
fields.users = {}
fields.python = {chart = true, chart_type = "pie"}
[[rules]]
name = "many users"
rule = "above"
metric = "users"
subject = "instance:*"
warning = 10
"""
PAGE = "nodes/the_20instances.html"
READER = "daemon"
"""An operating-system user that every machine has."""


@pytest.fixture
def instance(cli, tmp_path):
    """The command in a folder with a configuration; `user`: who comes by sudo."""
    (tmp_path / "almanac.toml").write_text('[nodes.here]\nreach = "local"\n')

    def run(*words, user=None, told=None):
        environ = {name: value for name, value in os.environ.items() if name != "SUDO_USER"}
        return cli(*words, input=told, env=environ | ({"SUDO_USER": user} if user else {}))

    return run


def words(**changes):
    return [word for name, value in (FIELDS | changes).items() for word in (f"--{name}", value)]


def added(run, **changes):
    done = run("instance", "add", *words(**changes))
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[0]


def shown(run, uuid):
    return json.loads(run("instance", "show", uuid, "--json").stdout)


def test_an_instance_is_registered_changed_and_taken_away(instance):
    uuid = added(instance)
    told = shown(instance, uuid)
    assert told.pop("since").startswith("20")
    assert told == FIELDS | {"url": "https://app.example.org/base", "uuid": uuid, "enabled": True, "waiting": False}
    assert instance("instance", "update", uuid, "--contact", "Bob").returncode == 0
    assert instance("instance", "disable", uuid).stdout == "https://app.example.org/base is disabled\n"
    assert (shown(instance, uuid)["contact"], shown(instance, uuid)["enabled"]) == ("Bob", False)
    assert json.loads(instance("instance", "list", "--enabled", "--json").stdout) == {"instances": []}
    assert "Bob" in instance("instance", "list", "--disabled").stdout
    assert instance("instance", "enable", uuid).returncode == 0
    assert shown(instance, uuid)["enabled"]
    assert instance("instance", "remove", uuid).returncode == 0
    assert json.loads(instance("instance", "list", "--json").stdout) == {"instances": []}
    acts = json.loads(instance("activity", "--json").stdout)["activity"]
    assert [one["text"].split()[0] for one in acts] == ["removed", "enabled", "disabled", "changed", "added"]
    assert {one["subject"] for one in acts} == {f"instance:{uuid}"}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("url", "ftp://app.example.org", 'url: "ftp://app.example.org" is no address of a server; write one such as'),
        ("url", "https://ann:pw@app.example.org", "is no address of a server"),
        ("url", "https://app.example.org:99999", "is no address of a server"),
        ("url", "https://[::1", "is no address of a server"),
        ("url", "https://app.example.org/?q=1", "is no address of a server"),
        ("email", "ann", 'email: "ann" is no mail address; write one such as ann@example.org'),
        ("contact", " ", "contact: expected 1 to 200 printable characters"),
        ("organisation", "a\x1b[2J", 'got "a\\x1b[2J"'),
        ("organisation", "x" * 201, "organisation: expected 1 to 200 printable characters"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_registered(instance, field, value, said):
    done = instance("instance", "add", *words(**{field: value}))
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert json.loads(instance("instance", "list", "--json").stdout) == {"instances": []}


def test_an_address_is_registered_once_and_an_unknown_uuid_is_told(instance):
    uuid = added(instance)
    again = instance("instance", "add", *words(url="HTTPS://app.example.org/base"))
    assert (again.returncode, f"is registered already, as {uuid}" in again.stderr) == (2, True)
    other = added(instance, url="https://other.example.org")
    taken = instance("instance", "update", other, "--url", FIELDS["url"])
    assert (taken.returncode, shown(instance, other)["url"]) == (2, "https://other.example.org")
    wrong = instance("instance", "show", f"{uuid[:-1]}_")
    assert (wrong.returncode, f'did you mean "{uuid}"?' in wrong.stderr) == (2, True)
    assert "Say what is to change" in instance("instance", "update", uuid).stderr


def test_a_reader_sees_the_registry_and_changes_nothing(instance):
    add = ("user", "add", "--password-stdin")
    assert instance(*add, "ann", "--role", "admin", told="correct horse\n").returncode == 0
    assert instance(*add, "rob", "--role", "read-only", "--login", READER, told="correct horse\n").returncode == 0
    uuid = added(instance)
    assert uuid in instance("instance", "list", user=READER).stdout
    tries = [
        ("add", *words(url="https://other.example.org")),
        ("update", uuid, "--contact", "Rob"),
        ("enable", uuid),
        ("disable", uuid),
        ("remove", uuid),
    ]
    for wanted in tries:
        refused = instance("instance", *wanted, user=READER)
        assert (refused.returncode, "rob is read-only, so may not" in refused.stderr) == (2, True), wanted
    assert shown(instance, uuid)["contact"] == "Ann"
    acts = json.loads(instance("activity", "--json", "--outcome", "refused").stdout)["activity"]
    assert [one["person"] for one in acts] == ["rob"] * len(tries)


def test_instances_are_asked_by_hand_and_in_the_pass_and_judged(instance, tmp_path):
    with Tracked() as server:
        (tmp_path / "almanac.toml").write_text(CRAWLED)
        good, gone = (added(instance, url=f"http://127.0.0.1:{server.port}/{kind}") for kind in ("good/5", "gone/5"))
        one = json.loads(instance("instance", "crawl", good, "--json").stdout)["crawled"]
        assert [(found["uuid"], found["outcome"], found["reason"]) for found in one] == [(good, "ok", "")]
        done = instance("instance", "crawl")
        assert (done.returncode, "1 of 2 instances answered" in done.stdout) == (1, True)
        assert "answers with status 404" in done.stdout
        assert json.loads(instance("instance", "statistics", "--json").stdout)["charts"] == [
            {
                "field": "python",
                "label": "Python",
                "chart_type": "pie",
                "of_groups": "Python",
                "of_numbers": "Number of instances",
                "rows": [["3.10", 1.0], ["Unknown", 1.0]],
                "left_out": 0,
            }
        ]
        assert "Unknown  1" in instance("instance", "statistics").stdout
        shutil.copytree(Path(__file__).parents[2] / "site", tmp_path / "site")
        night = instance("nightly")
    assert f"the instances: {gone}: failed: " in night.stderr + night.stdout
    assert "users is 15 (10 or more)" in night.stderr + night.stdout
    told = json.loads(instance("show", "the instances", "--json").stdout)
    assert {one["name"]: one["outcome"] for one in told["sources"]} == {good: "ok", gone: "failed"}
    assert [(one["kind"], one["label"]) for one in told["subjects"]] == [
        ("instance", f"127.0.0.1:{server.port}/good/5")
    ]
    front, page = ((tmp_path / "data/public/current" / name).read_text() for name in ("index.html", PAGE))
    assert '<span><a href="instances/index.html">Instances</a>' in front
    assert "<h2>Instances</h2>" in page
    assert f"127.0.0.1:{server.port}/good/5</a>" in page
    assert "answers with status 404" in page
    assert instance("instance", "disable", gone).returncode == 0
    assert instance("judge").returncode == 1
    assert instance("export").returncode == 0
    left = instance("status", "--problems").stdout
    assert (gone in left, f"{server.port}/good/5" in left) == (False, True)


def test_who_registered_itself_is_listed_as_waiting_until_approved(instance, tmp_path):
    (tmp_path / "almanac.toml").write_text('[nodes.here]\nreach = "local"\n[intake]\n')
    app = made(load(tmp_path / "almanac.toml")).test_client()
    new = app.post("/instance/", json=FIELDS).json
    path, uuid = f"/instance/{new['uuid']}", new["uuid"]
    assert "waits for approval" in instance("instance", "list", "--waiting").stdout
    assert uuid not in instance("instance", "list", "--enabled").stdout
    assert instance("instance", "approve", uuid).stdout == "https://app.example.org/base is approved\n"
    assert "No instance of that kind is registered" in instance("instance", "list", "--waiting").stdout
    assert "waiting" not in app.get(path).json
    secret = instance("instance", "secret", uuid).stdout.strip()
    for bearer, status in ((new["secret"], 403), (secret, 200)):
        answer = app.patch(path, json={"contact": "Bob"}, headers={"Authorization": f"Bearer {bearer}"})
        assert answer.status_code == status
    assert shown(instance, uuid)["contact"] == "Bob"
    acts = instance("activity", "--json").stdout
    assert secret not in acts
    assert "gave instance https://app.example.org/base a new secret" in acts


def test_a_check_tells_what_intake_lets_others_do_and_what_it_lacks(instance, tmp_path):
    file = tmp_path / "almanac.toml"
    for words_, said in (
        ((), "intake: is missing; write [intake], even with nothing below it"),
        (('registration = "token"',), 'registration = "token" needs a token; write tokens = ["$INTAKE_TOKEN"]'),
        (('tokens = ["short"]',), "must be 16 to 200 letters, digits and signs of ._~+/=-; make one with: openssl"),
        (('listen = "8411"',), 'expected an address with a port, or a socket; write "127.0.0.1:8411" or'),
        (('proxies = ["10.1"]',), '"10.1" is no network; write one such as "10.1.0.0/16"'),
    ):
        file.write_text("\n".join(("[intake]", *words_)) if words_ else "")
        refused = instance("intake", "--print")
        assert (refused.returncode, refused.stdout, said in refused.stderr) == (2, "", True), refused.stderr
        assert len(refused.stderr.splitlines()) == 1
        assert "short" not in refused.stderr
    file.write_text('[nodes.here]\nreach = "local"\n[intake]\nuuid_suffices = true\nlisten = "unix:/run/x/intake.sock"')
    told = instance("check").stdout
    assert "intake: listens at unix:/run/x/intake.sock; whoever registers waits for approval" in told
    assert (
        "intake: uuid_suffices: whoever knows the UUID of an instance may change it, and UUIDs stand on pages" in told
    )
    printed = instance("intake", "--print").stdout.split()
    assert printed[:2] == ["env", f"ALMANAC_CONFIG={file}"]
    assert printed[3:7] == ["-m", "gunicorn", "--bind", "unix:/run/x/intake.sock"]


def test_without_settings_nobody_is_asked(instance):
    uuid = added(instance)
    for words_ in (("crawl",), ("crawl", uuid), ("statistics",)):
        refused = instance("instance", *words_)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert refused.stderr == (
            "almanac: almanac.toml: instances: is missing; say what they are asked: [[instances.endpoints]] with"
            ' url = "/stats"\n'
        )


def test_a_spool_that_can_not_be_read_is_told_once_with_its_mend(instance, tmp_path):
    (tmp_path / "almanac.toml").write_text('[nodes.here]\nreach = "local"\n[intake]\n')
    spool = load(tmp_path / "almanac.toml").spool
    spool.mkdir(parents=True)
    (spool / "registrations.db").write_bytes(b"no database, and long enough to be looked at" * 20)
    told = instance("instance", "list")
    mend = "move it away; what was not taken in is lost, all else comes back with the next pass"
    assert (told.returncode, told.stderr.count(mend), told.stderr.count("registrations.db")) == (0, 1, 1)
