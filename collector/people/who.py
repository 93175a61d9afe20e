"""The person behind a command: the operating-system user that runs it, as `almanac user` maps it to a person."""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass
from time import time

from collector.config import Config
from collector.model import AlmanacError, printable
from collector.people.roles import Act, Role, allowed
from collector.store import persons
from collector.store.activity import Activity, Ending
from collector.store.store import Store


class Refused(AlmanacError):
    """The role of who asks does not allow it; nothing was done, and the refusal is on record."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `person` is empty and `role` None for an operating-system user who is mapped to nobody."""

    person: str
    role: Role | None
    login: str


def actor(config: Config, store: Store) -> Actor:
    """Who runs this command.

    While there is no person at all, whoever may write the database is admin under the name of the login.
    """
    login = _login(config)
    known = persons.of_login(store.db, login)
    if known is not None:
        return Actor(known.name, Role(known.role), login)
    return Actor("", None, login) if persons.everyone(store.db) else Actor(login, Role.ADMIN, login)


@dataclass(frozen=True, slots=True)
class Deed:
    """Something done or tried: the act, what it was as one sentence, and where."""

    act: Act
    text: str
    node: str | None = None
    subject: str = ""


def refuse_unless(store: Store, who: Actor, act: Act, what: str, node: str | None = None) -> None:
    """Records that somebody tried what the role does not allow, and raises Refused; else nothing.

    what: what was tried, as a sentence goes on after "may not": `stop web:gunicorn`.   Raises StoreError too.
    """
    if allowed(who.role, act):
        return
    note(store, who, Deed(act, what, node), "refused")
    if who.role is None:
        login = printable(who.login)
        raise Refused(
            f'operating-system user "{login}" is nobody Almanac knows, so may not {printable(what)};'
            f" an admin can say who that is: almanac user add NAME --login {login}"
        )
    raise Refused(f"{who.person} is {who.role}, so may not {printable(what)}; an admin can give another role")


def note(store: Store, who: Actor, deed: Deed, outcome: Ending) -> None:
    """Records what somebody did and how it ended, now. Raises StoreError."""
    store.note_activity(entry(who, deed, outcome, int(time())))


def entry(who: Actor, deed: Deed, outcome: Ending, now: int) -> Activity:
    """The row of the activity log, whatever signs are in its words. `now`: UTC seconds."""
    subject, text = printable(deed.subject), printable(deed.text)
    return Activity(now, who.person, who.login, deed.act, deed.node, subject, outcome, text)


def _login(config: Config) -> str:
    """The operating-system user who runs this, or who had sudo run it."""
    user = os.getuid()
    if behind := behind_sudo(user, config.database.stat().st_uid, os.environ):
        return behind
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def behind_sudo(user: int, owner: int, environ: Mapping[str, str]) -> str | None:
    """Who came by sudo, as its variable tells; it is believed only of a process that could write the database anyhow,
    as root or as its owner: of others anybody may have set it."""
    return environ.get("SUDO_USER") or None if user in (0, owner) else None
