"""The people who use Almanac: their roles, operating-system users and hashed passwords. Called by the one writer."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field

_ROWS = "SELECT name, role, login, added, password, web FROM person"


@dataclass(frozen=True, slots=True)
class Person:
    """One person. No hash is ever printed, logged or exported.

    role: as people.roles.Role writes it.   login: the operating-system user, None if there is none.
    added: UTC seconds.   password: argon2id, in its own notation.   web: bcrypt, as web servers read it.
    """

    name: str
    role: str
    login: str | None
    added: int
    password: str = field(repr=False)
    web: str = field(repr=False)


def everyone(db: sqlite3.Connection) -> tuple[Person, ...]:
    """All people, by name."""
    return tuple(Person(*row) for row in db.execute(f"{_ROWS} ORDER BY name").fetchall())


def of_login(db: sqlite3.Connection, login: str) -> Person | None:
    """The person that an operating-system user is."""
    row = db.execute(f"{_ROWS} WHERE login = ?", [login]).fetchone()
    return Person(*row) if row else None


def put(db: sqlite3.Connection, person: Person) -> None:
    """Adds a person, or replaces the one of that name."""
    db.execute(
        "INSERT INTO person (name, role, login, added, password, web) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO"
        " UPDATE SET role = excluded.role, login = excluded.login, password = excluded.password, web = excluded.web",
        [person.name, person.role, person.login, person.added, person.password, person.web],
    )


def remove(db: sqlite3.Connection, name: str) -> None:
    """Takes a person away; what they did stays in the activity log."""
    db.execute("DELETE FROM person WHERE name = ?", [name])
