"""Each role tried on each command: what it may not do is refused, recorded, and changes nothing."""

from __future__ import annotations

import getpass
import sqlite3
from collections.abc import Iterator

import pytest

from collector.people.roles import Act, Role, allowed
from tests.control.fleet import Fleet
from tests.control.running import run

COMMANDS = {
    "list": (Act.VIEW, []),
    "tail": (Act.READ_LOGS, ["db:a"]),
    "stop": (Act.CONTROL, ["db:a", "--yes"]),
    "start": (Act.CONTROL, ["db:a", "--yes"]),
    "restart": (Act.CONTROL, ["db:a", "--yes"]),
}


@pytest.fixture
def database(fleet_of_five: Fleet) -> Iterator[sqlite3.Connection]:
    """The fleet's database, which knows nobody before and afterwards."""
    run(fleet_of_five.config, "list", "--node", "one")  # makes it, if it is not there yet
    with sqlite3.connect(fleet_of_five.folder / "data" / "almanac.db", isolation_level=None) as db:
        yield db
        db.execute("DELETE FROM person")


@pytest.mark.parametrize("role", [*Role, None])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_role_does_what_it_may_and_nothing_else(
    fleet_of_five: Fleet, database: sqlite3.Connection, role: Role | None, command: str
) -> None:
    act, words = COMMANDS[command]
    login = getpass.getuser() if role else "somebody-else"
    columns = [row[1] for row in database.execute("PRAGMA table_info(person)")]
    told = {"name": "ann", "role": str(role or Role.ADMIN), "login": login}
    row = [told.get(column, "") for column in columns]
    database.execute(f"INSERT INTO person VALUES ({', '.join('?' * len(row))})", row)
    before = fleet_of_five.pids()
    count = "SELECT count(*) FROM activity WHERE outcome = 'refused' AND act = ?"
    (refused,) = database.execute(count, [act]).fetchone()
    done = run(fleet_of_five.config, command, "--node", "two", *words)
    more = database.execute(count, [act]).fetchone()[0] - refused
    if allowed(role, act):
        assert (done.status, more) == (0, 0)
        database.execute("DELETE FROM person")
        run(fleet_of_five.config, "start", "db:a", "--yes")
    else:
        assert (done.status, done.out, more) == (2, "", 1)
        assert f"may not {'see processes' if command == 'list' else ''}" in done.err
        assert fleet_of_five.pids() == before
