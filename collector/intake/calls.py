"""The three calls by which an application registers itself, with the fields and answers of Instance Tracker's.

Source: its README and, where that differs, its code (tracker/api.py at 5f33010). What it left open is closed here: a
secret is needed to change an instance, values are checked, and a fault is told as such.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from hmac import compare_digest
from ipaddress import ip_address
from pathlib import Path
from secrets import token_urlsafe
from socket import inet_aton, inet_ntoa
from threading import Lock
from time import time
from urllib.parse import urlsplit
from uuid import uuid4

from collector.config.instances import Network
from collector.config.intake import Intake
from collector.instances.address import is_allowed
from collector.instances.register import InstanceError, digest, fitting
from collector.intake.faults import Refusal
from collector.intake.spool import Full, Spool, Taken
from collector.model import printable
from collector.store.instances import Instance

FIELDS = ("url", "contact", "email", "organisation")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the address, and what stands after `Bearer`, None if nothing does."""

    address: str
    shown: str | None


class Calls:
    """What is answered, by what is set. private: networks that are not public and may be asked all the same."""

    def __init__(self, settings: Intake, private: tuple[Network, ...], folder: Path) -> None:
        self._settings, self._private, self._folder = settings, private, folder
        self._alone = Lock()  # SQLite lets writers wait by turns of chance; a lock lets them wait in a row

    def create(self, body: Mapping[str, object], caller: Caller) -> dict[str, object]:
        """`POST /instance/`: a new instance; its UUID and its secret. Raises Refusal, SpoolError."""
        is_trusted = self._is_trusted(caller)
        fields = {name: self._fit(name, body.get(name)) for name in FIELDS}
        secret, held = token_urlsafe(32), self._settings.registration == "held" and not is_trusted
        one = Instance(uuid=str(uuid4()), enabled=True, added=int(time()), held=held, secret=digest(secret), **fields)
        try:
            with self._alone, Spool.open(self._folder) as spool:
                spool.add(one, caller.address, self._settings.most)
        except Taken:
            raise _taken(one.url) from None
        except Full:
            raise Refusal(503, "There is no room for more instances; ask who runs this.") from None
        return {"uuid": one.uuid, "secret": secret} | ({"waiting": True} if held else {})

    def change(self, uuid: str, body: Mapping[str, object], caller: Caller) -> dict[str, object]:
        """`PATCH /instance/UUID`: other values of some fields; the record. Raises Refusal, SpoolError."""
        with Spool.open(self._folder) as spool:
            self._expect_secret(_known(spool.find(uuid)), caller, not self._settings.uuid_suffices)
        fields = self._changes(body)
        if "url" in fields and self._settings.registration == "held":
            fields |= {"held": True}
        with self._alone, Spool.open(self._folder) as spool:
            old = _known(spool.find(uuid))
            if old.url == fields.get("url"):
                fields.pop("held", None)  # what was approved is still there
            try:
                return record(_known(spool.change(uuid, fields, caller.address)))
            except Taken:
                raise _taken(str(fields["url"])) from None

    def show(self, uuid: str, caller: Caller) -> dict[str, object]:
        """`GET /instance/UUID`: the record. Raises Refusal, SpoolError."""
        with Spool.open(self._folder) as spool:
            one = _known(spool.find(uuid))
        self._expect_secret(one, caller, self._settings.reading == "secret")
        return record(one)

    def _is_trusted(self, caller: Caller) -> bool:
        """Whether a token was shown. Raises Refusal for a wrong one, and where one is needed."""
        if caller.shown is None:
            if self._settings.registration == "token":
                raise nameless("Registration needs a token: Authorization: Bearer TOKEN.")
            return False
        shown = caller.shown.encode("utf-8", "surrogatepass")
        tokens = [token.get_secret_value().encode() for token in self._settings.tokens]
        if not any(compare_digest(shown, token) for token in tokens):
            raise Refusal(403, "This is no token for registration; leave it out, or ask who runs this for one.")
        return True

    def _expect_secret(self, one: Instance, caller: Caller, needed: bool) -> None:
        if caller.shown is None:
            if needed:
                raise nameless("This needs the secret that registration answered: Authorization: Bearer SECRET.")
        elif not compare_digest(digest(caller.shown), one.secret):
            raise Refusal(403, "This is not the secret of this instance; who runs this can give it a new one.")

    def _changes(self, body: Mapping[str, object]) -> dict[str, str | bool]:
        """What is to change, by field. Raises Refusal, in the order in which Instance Tracker looked."""
        given = {name: body[name] for name in ("enabled", *FIELDS) if body.get(name) is not None}
        for name, value in given.items():
            if value == "":
                raise _invalid(name, f"{name} may not be empty.")
        if others := {name: value for name, value in body.items() if name not in ("enabled", *FIELDS)}:
            names = printable(", ".join(sorted(others))[:200])
            raise Refusal(400, f"There is no field {names}.", {"error": "Unexpected data", "data": others})
        enabled = given.pop("enabled", None)
        if enabled is not None and not isinstance(enabled, bool):
            raise _invalid("enabled", "enabled must be true or false.")
        fit: dict[str, str | bool] = {name: self._fit(name, value) for name, value in given.items()}
        return fit if enabled is None else fit | {"enabled": enabled}

    def _fit(self, name: str, value: object) -> str:
        """Raises Refusal."""
        if not isinstance(value, str):
            raise _invalid(name, f"{name} is missing." if value is None else f"{name} must be a text.")
        try:
            fit = fitting(name, value)
        except InstanceError as error:
            raise _invalid(name, f"{error}.") from error
        if name == "url" and not _may_be_asked(fit, self._private):
            raise _invalid(name, "url: its address is not public, so it could not be asked.")
        return fit


def record(one: Instance) -> dict[str, object]:
    """An instance as it is answered. `waiting`, which Instance Tracker did not know, stands in it only if it is so."""
    known = {"uuid": one.uuid, "enabled": one.enabled, "url": one.url, "contact": one.contact, "email": one.email}
    return {**known, "organisation": one.organisation} | ({"waiting": True} if one.is_waiting else {})


def nameless(detail: str) -> Refusal:
    """Refuses who shows nothing, and says how to (RFC 6750, 3)."""
    return Refusal(401, detail, headers={"WWW-Authenticate": 'Bearer realm="almanac"'})


def _may_be_asked(url: str, private: tuple[Network, ...]) -> bool:
    """Whether an address that is written as a number may be; where a name leads is looked at when it is asked."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        host = "127.0.0.1"
    with suppress(OSError):
        host = inet_ntoa(inet_aton(host))  # resolvers read 127.1, 0x7f.1 and 2130706433 so
    try:
        ip_address(host)
    except ValueError:
        return True
    return is_allowed(host, private)


def _known(one: Instance | None) -> Instance:
    if one is None:
        raise Refusal(404, "There is no instance of this UUID.")
    return one


def _taken(url: str) -> Refusal:
    return Refusal(409, f"{url} is registered already; change that one, or ask who runs this.", {"field": "url"})


def _invalid(name: str, detail: str) -> Refusal:
    return Refusal(400, detail, {"error": "Invalid value", "field": name})
