"""`almanac log`: lines on record, searched as people ask for them."""

import getpass
import json
import time

import pytest

from collector.store.store import Store

SITE = """\
[site]
time_zone = "Asia/Taipei"

[environments]
lab = ["web", "db"]

[nodes.web]
reach = "local"
[[nodes.web.sources]]
kind = "logs"
files = ["{folder}/web.log"]

[nodes.db]
reach = "local"
[[nodes.db.sources]]
kind = "logs"
files = ["{folder}/db.log"]

[nodes.other]
reach = "local"
"""
WEB = """\
2026-11-20T10:00:00Z h sshd[9]: Accepted key
2026-11-20T10:00:01Z h shop[9]: ERROR: No Space \x1b[31mleft\x1b]0;owned\x07
2026-11-21T10:00:00Z h shop[9]: WARN: slow <b>
"""


@pytest.fixture
def site(cli, tmp_path):
    (tmp_path / "almanac.toml").write_text(SITE.format(folder=tmp_path))
    (tmp_path / "web.log").write_text(WEB)
    (tmp_path / "db.log").write_text("2026-11-20T12:00:00Z h mysqld: Note\n")
    assert cli("collect").returncode == 0
    return cli


def texts(site, *words):
    done = site("log", "--json", *words)
    assert (done.returncode, done.stderr) == (0, "")
    return [one["text"] for one in json.loads(done.stdout)["lines"]]


SPACE = "ERROR: No Space left\\x1b]0;owned\\x07"


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ((), ["Accepted key", SPACE, "Note", "WARN: slow <b>"]),
        (("-n", "1"), ["WARN: slow <b>"]),
        (("-n", "0", "--level", "warning"), [SPACE, "WARN: slow <b>"]),
        (("--level", "error"), [SPACE]),
        (("--node", "d*"), ["Note"]),
        (("--environment", "lab", "--node", "web", "--writer", "s*d"), ["Accepted key"]),
        (("--text", "no space"), [SPACE]),
        (("--text", "50%"), []),
        (("--since", "2026-11-21"), ["WARN: slow <b>"]),
        (("--until", "2026-11-20", "--writer", "shop"), [SPACE]),
        (("--since", "2026-11-20T10:00:01+00:00", "--until", "2026-11-20T12:00:00+00:00"), [SPACE]),
    ],
)
def test_lines_are_found_by_place_level_writer_text_and_time(site, words, wanted):
    assert texts(site, *words) == wanted


def test_a_terminal_is_told_line_by_line_and_never_steered(site):
    done = site("log", "--writer", "shop")
    assert done.returncode == 0
    assert "2026-11-20 18:00" in done.stdout
    assert "\x1b" not in done.stdout
    assert site("log", "--text", "nowhere").stdout == "Nothing of the kind is on record.\n"


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("--node", "wbe"), "wbe"),
        (("--since", "soon"), '"soon" is no day and no time; write 2026-11-24'),
        (("--level", "loud"), "'loud' is not one of 'emergency'"),
    ],
)
def test_words_that_mean_nothing_are_refused(site, words, wanted):
    done = site("log", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert wanted in done.stderr


@pytest.mark.parametrize(("role", "status"), [("read-only", 2), ("log-reader", 0), ("standard", 0), ("admin", 0)])
def test_only_those_who_read_logs_see_them(site, tmp_path, role, status):
    with Store.open(tmp_path / "data/almanac.db") as store:
        store.db.execute(
            "INSERT INTO person VALUES ('zoe', ?, ?, ?, '', '')", [role, getpass.getuser(), int(time.time())]
        )
        store.db.commit()
    done = site("log")
    assert done.returncode == status
    assert ("so may not read logs" in done.stderr) is (status == 2)
    assert ("Accepted key" in done.stdout) is (status == 0)
