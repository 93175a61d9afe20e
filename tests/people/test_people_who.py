"""Who is behind a command, with real operating-system users: each case runs as one, in a process of its own."""

import getpass
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from collector.people import who
from collector.people.roles import Act, Role
from collector.store import activity
from collector.store.activity import Activity, Wanted
from collector.store.persons import Person
from collector.store.store import Store

ROOT = os.geteuid() == 0
OTHER = "nobody" if ROOT else getpass.getuser()
"""Whose processes these are: root can make them another's."""
SCRIPT = """
import json, os, pwd, sys
from pathlib import Path
from collector.config import Config
from collector.config.settings import Site
from collector.people import who
from collector.people.roles import Act
from collector.store.store import Store
os.setuid(pwd.getpwnam(sys.argv[3]).pw_uid)
config = Config(site=Site(data=Path(sys.argv[1])))
with Store.open(config.database) as store:
    found = who.actor(config, store)
    told = [found.person, found.role, found.login]
    try:
        who.refuse_unless(store, found, Act(sys.argv[2]), "stop web:shop", "web")
    except who.Refused as error:
        told.append(str(error))
print(json.dumps(told))
"""


@pytest.fixture
def data():
    """A folder that every user may write in; pytest's own are closed to others."""
    place = Path(tempfile.mkdtemp(prefix="almanac-who-"))
    place.chmod(0o777)
    yield place
    shutil.rmtree(place)


@pytest.fixture
def store(data):
    with Store.open(data / "almanac.db") as opened:
        (data / "almanac.db").chmod(0o666)
        yield opened


def person(name, role, login):
    return Person(name, role, login, 100, "$argon2id$", "$2y$")


def added(name):
    return Activity(100, "root", "root", "manage-users", None, "", "done", f"added {name}")


def refusals(store):
    told = activity.found(store.db, Wanted(outcome="refused"))
    return [(one.person, one.login, one.act, one.node, one.text) for one in told]


def asked(data, act="control", user=OTHER, environ=None):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(data), act, user],
        env={**{k: v for k, v in os.environ.items() if k != "SUDO_USER"}, **(environ or {})},
        check=True,
        capture_output=True,
        cwd=Path(__file__).parents[2],
    )
    return json.loads(done.stdout)


def test_while_there_is_no_person_who_may_write_is_admin(data, store):
    assert asked(data) == [OTHER, "admin", OTHER]
    assert activity.found(store.db, Wanted(), 1) == ()


@pytest.mark.parametrize("role", Role)
def test_a_user_who_is_mapped_has_the_role_of_that_person(data, store, role):
    store.put_person(person("ann", role, OTHER), added("ann"))
    told = asked(data)
    may = role in (Role.ADMIN, Role.STANDARD)
    assert told[:3] == ["ann", role, OTHER]
    assert told[3:] == ([] if may else [f"ann is {role}, so may not stop web:shop; an admin can give another role"])
    assert refusals(store) == ([] if may else [("ann", OTHER, "control", "web", "stop web:shop")])


@pytest.mark.parametrize("act", Act)
def test_a_user_who_is_nobodys_may_do_nothing_and_is_told_so(data, store, act):
    store.put_person(person("ann", "admin", "somebody-else"), added("ann"))
    assert asked(data, act) == [
        "",
        None,
        OTHER,
        f'operating-system user "{OTHER}" is nobody Almanac knows, so may not stop web:shop;'
        f" an admin can say who that is: almanac user add NAME --login {OTHER}",
    ]
    assert refusals(store) == [("", OTHER, act, "web", "stop web:shop")]


def test_who_came_by_sudo_is_believed_of_the_databases_owner(data, store):
    store.put_person(person("ann", "standard", "ann-s"), added("ann"))
    owner = getpass.getuser()
    assert asked(data, user=owner, environ={"SUDO_USER": "ann-s"}) == ["ann", "standard", "ann-s"]


@pytest.mark.parametrize(
    ("user", "owner", "environ", "believed"),
    [
        (0, 1000, {"SUDO_USER": "ann"}, "ann"),
        (1000, 1000, {"SUDO_USER": "ann"}, "ann"),
        (1001, 1000, {"SUDO_USER": "ann"}, None),
        (1001, 0, {"SUDO_USER": "root"}, None),
        (0, 1000, {"SUDO_USER": ""}, None),
        (0, 1000, {}, None),
    ],
)
def test_the_variable_of_sudo_is_believed_of_who_could_write_anyhow(user, owner, environ, believed):
    assert who.behind_sudo(user, owner, environ) == believed
