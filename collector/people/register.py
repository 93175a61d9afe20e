"""Who is added, changed and taken away, by whom: each checked against the role, done and noted in one transaction."""

from __future__ import annotations

import pwd
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from time import time

from collector.model import AlmanacError
from collector.people import passwords
from collector.people.roles import Act, Role
from collector.people.who import Actor, Deed, entry, note, refuse_unless
from collector.store import persons
from collector.store.persons import Person
from collector.store.store import Store
from collector.wording import instead

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""Fits a line of an htpasswd file, a URL and a terminal."""


class PersonError(AlmanacError):
    """A person can't be added, changed or taken away: why, and what to do. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Book:
    """The people on record, and who asks."""

    store: Store
    who: Actor

    def everyone(self) -> tuple[Person, ...]:
        """All people, by name."""
        return persons.everyone(self.store.db)

    def listed(self) -> tuple[Person, ...]:
        """The same for one who may see them. Raises Refused."""
        refuse_unless(self.store, self.who, Act.MANAGE_USERS, "list people")
        return self.everyone()

    def expect_addable(self, name: str, role: Role, login: str | None) -> None:
        """What `add` would refuse, before a password is asked for. Raises Refused, PersonError."""
        refuse_unless(self.store, self.who, Act.MANAGE_USERS, f"add {name}")
        everyone = self.everyone()
        if not NAME.fullmatch(name):
            raise PersonError(f'"{name}" is no name for a person; take up to 64 of A-Z a-z 0-9 . _ - such as "ann"')
        if any(one.name == name for one in everyone):
            raise PersonError(f"there is a person {name} already; see: almanac user list")
        if not everyone and (role is not Role.ADMIN or login is None):
            raise PersonError("the first person must be an admin, else nobody could add more; add --role admin")
        self._expect_login(name, login)

    def add(self, name: str, role: Role, login: str | None, password: str) -> None:
        """A new person. Raises Refused, PersonError, Unfit, StoreError."""
        self.expect_addable(name, role, login)
        passwords.expect(password)
        now = int(time())
        deed = Deed(Act.MANAGE_USERS, f"added {name} as {role}{_as(login)}")
        person = Person(name, role, login, now, *passwords.hashed(password))
        self.store.put_person(person, entry(self.who, deed, "done", now))

    def change(self, name: str, role: Role | None, login: str | None) -> None:
        """Another role, another operating-system user ("" for none), or both. Raises Refused, PersonError."""
        refuse_unless(self.store, self.who, Act.MANAGE_USERS, f"change {name}")
        old = self._person(name)
        new = replace(old, role=role or Role(old.role), login=old.login if login is None else login or None)
        self._expect_login(name, new.login)
        self._expect_admin([new, *(one for one in self.everyone() if one.name != name)], name)
        deed = Deed(Act.MANAGE_USERS, f"changed {name} to {new.role}{_as(new.login)}")
        self.store.put_person(new, entry(self.who, deed, "done", int(time())))

    def remove(self, name: str) -> None:
        """Takes a person away. Raises Refused, PersonError."""
        refuse_unless(self.store, self.who, Act.MANAGE_USERS, f"remove {name}")
        self._person(name)
        self._expect_admin([one for one in self.everyone() if one.name != name], name)
        self.store.remove_person(name, entry(self.who, Deed(Act.MANAGE_USERS, f"removed {name}"), "done", int(time())))

    def expect_password(self, name: str) -> bool:
        """Whether the old password is needed, which is so for one's own. Raises Refused, PersonError."""
        own = name == self.who.person
        act, what = _password_act(own, name)
        refuse_unless(self.store, self.who, act, what)
        self._person(name)
        return own

    def set_password(self, name: str, password: str, old: str | None) -> None:
        """Another password. `old` is needed for one's own. Raises Refused, PersonError, Unfit; a wrong old password is
        on record."""
        own = self.expect_password(name)
        act, what = _password_act(own, name)
        person = self._person(name)
        if own and not passwords.fits(person.password, old or ""):
            note(self.store, self.who, Deed(act, f"{what}: the old one was wrong"), "failed")
            raise PersonError("That is not the old password; nothing was changed.")
        passwords.expect(password)
        kept, web = passwords.hashed(password)
        self.store.put_person(
            replace(person, password=kept, web=web), entry(self.who, Deed(act, what), "done", int(time()))
        )

    def _person(self, name: str) -> Person:
        everyone = {one.name: one for one in self.everyone()}
        if name not in everyone:
            mend = instead(name, everyone) or "see: almanac user list"
            raise PersonError(f'there is no person "{name}"; {mend}')
        return everyone[name]

    def _expect_login(self, name: str, login: str | None) -> None:
        if login is None:
            return
        try:
            pwd.getpwnam(login)
        except (KeyError, ValueError):
            raise PersonError(f'there is no operating-system user "{login}" here; name another with --login') from None
        other = persons.of_login(self.store.db, login)
        if other is not None and other.name != name:
            raise PersonError(f'operating-system user "{login}" is {other.name} already; one can be one person only')

    @staticmethod
    def _expect_admin(left: Iterable[Person], name: str) -> None:
        if not any(one.role == Role.ADMIN and one.login for one in left):
            raise PersonError(f"{name} is the last admin whom an operating-system user is; make another one first")


def _password_act(own: bool, name: str) -> tuple[Act, str]:
    return (Act.CHANGE_OWN_PASSWORD, "change own password") if own else (Act.MANAGE_USERS, f"change password of {name}")


def _as(login: str | None) -> str:
    return f", operating-system user {login}" if login else ""
