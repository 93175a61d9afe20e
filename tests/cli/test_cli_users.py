"""People added, changed and removed by hand: each role tried on each, refused where it must be, and all of it on record."""

import getpass
import json
import os
import sqlite3
import stat

import pytest

from collector.people import passwords
from collector.people.roles import Role

TOML = '[nodes.here]\nreach = "local"\n'
ME = getpass.getuser()
SECRET = "correct horse"
ADD = ("user", "add", "--password-stdin")
OTHER = "daemon"
"""An operating-system user that every machine has, and who runs nothing here."""


@pytest.fixture
def fleet(cli, tmp_path):
    """The command in a folder with a configuration, as an operating-system user of the test's choice: the database is
    ours, so who comes by sudo is believed."""
    (tmp_path / "almanac.toml").write_text(TOML)

    def run(*words, user=ME, told=f"{SECRET}\n"):
        environ = {name: value for name, value in os.environ.items() if name != "SUDO_USER"}
        return cli(*words, input=told, env=environ | ({"SUDO_USER": user} if user != ME else {}))

    return run


@pytest.fixture
def people(fleet):
    """Ann, who is admin and us."""
    assert fleet(*ADD, "ann", "--role", "admin").returncode == 0
    return fleet


def rows(run):
    told = json.loads(run("activity", "--json").stdout)["activity"]
    return [(one["person"], one["login"], one["act"], one["outcome"], one["text"]) for one in reversed(told)]


def listed(run):
    return [
        (one["name"], one["role"], one["login"]) for one in json.loads(run("user", "list", "--json").stdout)["people"]
    ]


def test_there_is_no_default_person_and_the_first_one_is_an_admin_and_oneself(fleet):
    assert "There is nobody yet" in fleet("user", "list").stdout
    refused = fleet(*ADD, "ann", "--role", "standard")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "the first person must be an admin" in refused.stderr
    done = fleet(*ADD, "ann", "--role", "admin")
    assert (done.returncode, done.stdout) == (0, f"ann is admin, as operating-system user {ME}\n")
    assert listed(fleet) == [("ann", "admin", ME)]
    assert rows(fleet) == [(ME, ME, "manage-users", "done", f"added ann as admin, operating-system user {ME}")]


def test_hashes_are_kept_and_told_to_nobody(people, tmp_path):
    database = tmp_path / "data/almanac.db"
    with sqlite3.connect(database) as db:
        kept, web = db.execute("SELECT password, web FROM person").fetchone()
    assert kept.startswith("$argon2id$") and passwords.fits(kept, SECRET)
    assert web.startswith("$2y$08$")
    assert stat.S_IMODE(database.stat().st_mode) & 0o007 == 0
    said = [people("user", "list"), people("user", "list", "--json"), people("activity", "--json")]
    assert not any("$argon2id" in one.stdout or "$2y$" in one.stdout for one in said)
    copy = tmp_path / "copy.db"
    assert people("db", "backup", copy).returncode == 0
    assert stat.S_IMODE(copy.stat().st_mode) & 0o007 == 0


@pytest.mark.parametrize(
    ("words", "told", "said"),
    [
        (("ann",), SECRET, "there is a person ann already"),
        (("a:b",), SECRET, '"a:b" is no name for a person'),
        (("x\n",), SECRET, "is no name for a person"),
        (("bob", "--login", "no-such-user"), SECRET, 'there is no operating-system user "no-such-user"'),
        (("bob", "--login", ME), SECRET, "is ann already"),
        (("bob",), "short", "The password is too short"),
        (("bob",), "", "The password is too short"),
        (("bob",), "ü" * 37, "The password is too long for web servers"),
        (("bob",), "correct\x00horse", "holds a control character"),
    ],
)
def test_who_can_not_be_added_is_told_why_and_nothing_changes(people, words, told, said):
    before = rows(people)
    done = people(*ADD, *words, told=f"{told}\n")
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert listed(people) == [("ann", "admin", ME)]
    assert rows(people) == before


@pytest.mark.parametrize(
    "words", [("remove", "ann"), ("change", "ann", "--role", "standard"), ("change", "ann", "--login", "")]
)
def test_the_last_admin_stays(people, words):
    done = people("user", *words)
    assert done.returncode == 2
    assert "ann is the last admin" in done.stderr
    assert listed(people) == [("ann", "admin", ME)]


def test_another_admin_may_take_over(people):
    assert people(*ADD, "bob", "--role", "admin", "--login", OTHER).returncode == 0
    assert people("user", "remove", "ann").returncode == 0
    done = people("user", "list")
    assert "is nobody Almanac knows, so may not list people" in done.stderr
    assert listed(lambda *words: people(*words, user=OTHER)) == [("bob", "admin", OTHER)]


ACTS = {
    ("user", "list"): "list people",
    (*ADD, "eve"): "add eve",
    ("user", "change", "ann", "--role", "read-only"): "change ann",
    ("user", "remove", "ann"): "remove ann",
    ("user", "passwd", "--password-stdin", "ann"): "change password of ann",
}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
@pytest.mark.parametrize("words", ACTS)
def test_only_an_admin_manages_people_and_each_refusal_is_on_record(people, role, words):
    assert people(*ADD, "bob", "--role", role, "--login", OTHER).returncode == 0
    done = people(*words, user=OTHER)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"almanac: bob is {role}, so may not {ACTS[words]}; an admin can give another role\n"
    assert rows(people)[-1] == ("bob", OTHER, "manage-users", "refused", ACTS[words])
    assert listed(people) == [("ann", "admin", ME), ("bob", role, OTHER)]


@pytest.mark.parametrize("role", Role)
def test_everybody_changes_the_own_password_and_needs_the_old_one(people, role):
    assert people(*ADD, "bob", "--role", role, "--login", OTHER).returncode == 0
    wrong = people("user", "passwd", "--password-stdin", user=OTHER, told="guessed one\nmine is new\n")
    assert (wrong.returncode, wrong.stderr) == (2, "almanac: That is not the old password; nothing was changed.\n")
    done = people("user", "passwd", "--password-stdin", user=OTHER, told=f"{SECRET}\nmine is new\n")
    assert (done.returncode, done.stdout) == (0, "bob: the password is changed\n")
    again = people("user", "passwd", "--password-stdin", user=OTHER, told=f"{SECRET}\nmine is newer\n")
    assert again.returncode == 2
    assert [row[3] for row in rows(people)[-3:]] == ["failed", "done", "failed"]


def test_an_admin_gives_another_a_new_password_without_the_old_one(people):
    assert people(*ADD, "bob", "--login", OTHER).returncode == 0
    assert people("user", "passwd", "--password-stdin", "bob", told="given by ann\n").returncode == 0
    told = "given by ann\nmy own again\n"
    assert people("user", "passwd", "--password-stdin", user=OTHER, told=told).returncode == 0


def test_a_change_takes_effect_at_the_next_command(people):
    assert people(*ADD, "bob", "--login", OTHER).returncode == 0
    assert people("user", "list", user=OTHER).returncode == 2
    assert people("user", "change", "bob", "--role", "admin").returncode == 0
    assert people("user", "list", user=OTHER).returncode == 0


def test_the_log_is_filtered_and_hostile_words_steer_no_terminal(people):
    people("user", "remove", "\x1b[2J", user=OTHER)
    told = people("activity", "--outcome", "refused")
    assert "(daemon)" in told.stdout
    assert "remove \\x1b[2J" in told.stdout
    assert people("activity", "--person", "zoe").stdout == "Nothing of the kind is on record.\n"
    assert people("activity", "--until", "2020-01-01").stdout == "Nothing of the kind is on record.\n"
    assert len(people("activity", "-n", "1").stdout.splitlines()) == 2
    assert people("activity", "--since", "foo").returncode == 2


def test_a_stranger_sees_no_log(people):
    done = people("activity", user=OTHER)
    assert (done.returncode, done.stdout) == (2, "")
    assert rows(people)[-1] == ("", OTHER, "view", "refused", "see the activity log")


def test_only_who_may_acknowledges_and_silences_and_it_is_on_record_by_whom(people):
    assert people(*ADD, "bob", "--role", "log-reader", "--login", OTHER).returncode == 0
    for stage in ("collect", "judge", "export"):
        people(stage)
    silence = ("silence", "node=here", "--for", "2h", "--note", "new disks")
    refused = people(*silence, user=OTHER)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "bob is log-reader, so may not silence node=here" in refused.stderr
    assert people("ack", "k3v9q2d", "--note", "known", user=OTHER).returncode == 2
    assert people(*silence).returncode == 0
    assert people("silence", "--remove", "1", user=OTHER).returncode == 2
    assert "ann" in people("silence", "--list", user=OTHER).stdout
    assert people("silence", "--remove", "1").returncode == 0
    assert rows(people)[-5:] == [
        ("bob", OTHER, "hold-alarms", "refused", "silence node=here"),
        ("bob", OTHER, "hold-alarms", "refused", "acknowledge k3v9q2d"),
        ("ann", ME, "hold-alarms", "done", "silenced node=here: new disks"),
        ("bob", OTHER, "hold-alarms", "refused", "silence no more number 1"),
        ("ann", ME, "hold-alarms", "done", "ended silence 1"),
    ]


def test_the_list_tells_what_each_is_shown(people, tmp_path):
    assert people(*ADD, "bob", "--role", "log-reader").returncode == 0
    assert people(*ADD, "carl").returncode == 0
    with (tmp_path / "almanac.toml").open("a") as file:
        file.write('[site]\nweb_group = "x"\n[audiences.lab]\npeople = ["bob", "bbo"]\nnodes = ["here"]\n')
    done = people("user", "list")
    assert done.stderr == "almanac.toml: audiences: bbo: there is no such person yet\n"
    told = [line.split()[-1] for line in done.stdout.splitlines()]
    assert told == ["sees", "/", "/audiences/lab.logs/", "nothing"]


@pytest.mark.parametrize("role", Role)
def test_only_who_may_switches_the_pages_and_it_is_on_record_by_whom(people, tmp_path, role):
    shelf = tmp_path / "data/public/generations"
    for number in (1, 2):
        (shelf / f"{number:06}").mkdir(parents=True)
    (shelf.parent / "current").symlink_to("generations/000002")
    people(*ADD, "bob", "--role", role, "--login", OTHER)
    done, what = people("publish", "--switch", "1", user=OTHER), "switch the pages to generation 1"
    now = (shelf.parent / "current").readlink().name
    if role in (Role.ADMIN, Role.STANDARD):
        assert (done.returncode, done.stderr, now) == (0, "", "000001")
        assert rows(people)[-1] == ("bob", OTHER, "switch", "done", what)
    else:
        assert (done.returncode, now) == (2, "000002")
        assert done.stderr == f"almanac: bob is {role}, so may not {what}; an admin can give another role\n"
        assert rows(people)[-1] == ("bob", OTHER, "switch", "refused", what)
