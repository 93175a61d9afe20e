"""The dead man's switch: what it is told of each end of a pass, and that nothing it does holds a pass up or fails it."""

import fcntl
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from collector.config import ConfigError, parse
from collector.config.watch import Watch
from collector.watch import ping
from collector.watch.ping import Switch as Told
from collector.watch.ping import address, asked
from tests.servers.smtp import Authority
from tests.servers.switch import Switch
from tests.system import fleet

PATH = "/ping/s3cret-uuid"


def told(watch, status):
    switch = Told(watch)
    switch.begin()
    switch.end(status)
    return switch.said


@pytest.mark.parametrize(
    ("style", "status", "wanted"),
    [
        ("healthchecks", 0, [f"{PATH}/start", PATH]),
        ("healthchecks", 1, [f"{PATH}/start", PATH]),
        ("healthchecks", 4, [f"{PATH}/start", f"{PATH}/4"]),
        ("plain", 0, [PATH]),
        ("plain", 4, []),
    ],
)
def test_the_switch_is_told_of_start_success_and_failure(style, status, wanted):
    with Switch() as switch:
        assert told(Watch(ping=switch.url, ping_style=style, ping_limit=60), status) == ""
        assert switch.asked == wanted


def test_a_query_of_the_address_stays():
    with Switch() as switch:
        assert asked(f"{switch.url}?create=1", "start", 60) == ""
        assert switch.asked == [f"{PATH}/start?create=1"]


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"status": 404}, "it answered with status 404"),
        ({"status": 302}, "it answered with status 302"),
        ({"slow": 2.0}, "it did not answer within 0.5 s"),
        ({"first": ["ICY {path}\r\n\r\n"] * 3}, "it hung up, or answered no HTTP"),
        ({"first": ["HTTP/1.1 200 {path}\n\r: {path}\r\n\r\n"] * 3}, "it hung up, or answered no HTTP"),
        ({"first": [""] * 3}, "it hung up, or answered no HTTP"),
    ],
)
def test_a_switch_that_fails_is_told_without_its_address(how, reason):
    with Switch(**how) as switch:
        limit = 0.5 if "slow" in how else 60
        said = told(Watch(ping=f"{switch.url}?key=s3cret", ping_limit=limit, ping_style="plain"), 0)
    assert said == f"the dead man's switch was not told: {reason}"


@pytest.mark.parametrize("first", [["HTTP/1.1 503 Soon\r\n\r\n"], ["", "HTTP/1.1 500 Oh\r\n\r\n"]])
def test_a_switch_that_falters_is_asked_again(first):
    with Switch(first=first) as switch:
        assert asked(switch.url, "", 60) == ""
        assert switch.asked == [PATH] * (len(first) + 1)


def test_a_pause_that_lasts_too_long_leaves_no_time_and_is_told_by_what_came_before(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(ping, "monotonic", lambda: clock[0])
    monkeypatch.setattr(ping, "sleep", lambda _: clock.append(clock.pop() + 61))
    with Switch(first=[""]) as switch:
        assert asked(switch.url, "", 60) == "it hung up, or answered no HTTP"
        assert switch.asked == [PATH]


def test_a_start_that_was_not_heard_is_told_as_that():
    with Switch(first=["HTTP/1.1 403 No\r\n\r\n"]) as switch:
        said = told(Watch(ping=switch.url, ping_limit=60), 0)
        assert switch.asked == [f"{PATH}/start", PATH]
    assert said == "the dead man's switch was not told that the pass began: it answered with status 403"


@pytest.mark.parametrize("url", ["http://s3cret..invalid/x", "http://127.0.0.1:1s3cret/", "http://256.1.1.1/s3cret"])
def test_an_address_that_is_none_is_told_without_it(url):
    assert told(Watch(ping=url, ping_limit=60), 0) == "the dead man's switch was not told: its address is wrong"


def test_nobody_there_is_told_without_the_address():
    said = told(Watch(ping="http://127.0.0.1:1/s3cret-uuid", ping_limit=0.5), 0)
    assert said.startswith("the dead man's switch was not told: ")
    assert "s3cret" not in said


def test_certificates_are_verified(tmp_path, monkeypatch):
    authority = Authority(tmp_path)
    with Switch(authority.context) as switch:
        assert "certificate verify failed" in asked(switch.url, "", 60).lower()
        assert switch.asked == []
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca))
        assert (asked(switch.url, "", 60), switch.asked) == ("", [PATH])


def test_the_address_comes_from_a_file_that_holds_nothing_else(tmp_path):
    file = tmp_path / "ping"
    assert address(Watch(ping_file=file)) == ""
    file.write_text("https://hc-ping.com/uuid\n")
    assert address(Watch(ping_file=file)) == "https://hc-ping.com/uuid"
    file.write_text("not an address")
    assert asked(address(Watch(ping_file=file)), "", 5) == "watch.ping_file can't be read, or holds no address"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('ping = "s3cret"', "line 2: watch.ping: is no address of a switch; write it as"),
        ("ping = 5", "line 2: watch.ping: is no address of a switch; write it as"),
        ('ping = "$NOT_SET"', "line 2: watch.ping: $NOT_SET is not set in the environment; set it, or write $$ for"),
        ('ping = "https://a/s3cret"\nping_file = "x"', "line 1: watch: has both ping and ping_file; remove one of the"),
        ('ping_style = "plane"', "line 2: watch.ping_style: expected 'healthchecks' or 'plain' but got \"plane\""),
        ('pong = "x"', "line 2: watch.pong: no such key; did you mean ping?"),
        ('textfile = "almanac.txt"', "line 1: watch: textfile: node_exporter reads files ending in .prom only; name"),
    ],
)
def test_a_wrong_table_is_one_sentence_without_the_address(text, said):
    with pytest.raises(ConfigError) as error:
        parse(f"[watch]\n{text}\n", Path("/etc/almanac.toml"), {})
    (line,) = error.value.lines
    assert line.startswith(f"/etc/almanac.toml: {said}")
    assert "s3cret" not in line


@pytest.fixture
def folder(tmp_path):
    fleet.make(tmp_path, 10)
    return tmp_path


def configure(folder, url, limit="60s"):
    (folder / "switch").write_text(f"{url}\n")
    file = folder / "almanac.toml"
    file.write_text(f'{file.read_text()}\n[watch]\nping_file = "switch"\nping_limit = "{limit}"\n')


def test_a_pass_tells_the_switch_and_whether_it_heard_is_on_record(folder):
    with Switch() as switch:
        configure(folder, switch.url)
        first = fleet.almanac(folder, "nightly")
        assert (first.returncode, first.stderr, switch.asked) == (0, "", [f"{PATH}/start", PATH])
        shutil.move(folder / "data/public", folder / "aside")
        (folder / "data/public").write_text("in the way")
        broken = fleet.almanac(folder, "nightly")
        assert (broken.returncode, switch.asked[2:]) == (4, [f"{PATH}/start", f"{PATH}/4"])
        assert broken.stderr.count("\n") == 1
    (folder / "data/public").unlink()
    unheard = fleet.almanac(folder, "nightly")
    assert unheard.returncode == 1  # the pass before broke
    assert "almanac: the dead man's switch was not told: " in unheard.stderr
    assert "s3cret" not in unheard.stderr
    assert fleet.almanac(folder, "show", "the pass").stdout.split("ping")[1].split()[0] == "answered"
    assert fleet.almanac(folder, "nightly").returncode == 0
    assert fleet.almanac(folder, "show", "the pass").stdout.split("ping")[1].split()[0] == "failed"
    with closing(sqlite3.connect(folder / "data/almanac.db")) as db:
        assert "s3cret" not in "".join(db.iterdump())


def test_a_pass_that_finds_the_lock_taken_says_nothing_to_the_switch(folder):
    with Switch() as switch:
        configure(folder, switch.url)
        (folder / "data").mkdir()
        with (folder / "data/almanac.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            assert fleet.almanac(folder, "nightly").returncode == 3
        assert switch.asked == []


def test_a_database_that_cannot_be_opened_is_told_to_the_switch(folder):
    with Switch() as switch:
        configure(folder, switch.url)
        (folder / "data").mkdir()
        (folder / "data/almanac.db").write_text("no database at all, but a text that is long enough" * 20)
        assert fleet.almanac(folder, "nightly").returncode == 4
        assert switch.asked == [f"{PATH}/4"]
