"""Which instances there are: each change checked against the role, done and noted in one transaction."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from hashlib import sha256
from secrets import token_urlsafe
from time import time
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from collector.model import AlmanacError, printable
from collector.people.roles import Act
from collector.people.who import Actor, Deed, entry, note, refuse_unless
from collector.store import instances
from collector.store.instances import Instance
from collector.store.store import Store

LONGEST = 200
_URL = re.compile(r"https?://[^\s/?#@\\]+(/[^\s?#\\]*)?", re.IGNORECASE)
_EMAIL = re.compile(r"[^\s@,;<>()\"\\]+@[^\s@,;<>()\"\\]+")


class InstanceError(AlmanacError):
    """An instance can't be registered or changed: why, and what to do. Nothing was changed."""


def subject_of(uuid: str) -> str:
    """What an instance is called where values, problems and acts are told."""
    return f"instance:{uuid}"


def digest(secret: str) -> str:
    """What is kept of a secret. It is random and long, so a plain hash can't be turned back."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def fitting(field: str, value: str) -> str:
    """What is kept of a field as it was given. Raises InstanceError."""
    text = value.strip()
    if not text or len(text) > LONGEST or not text.isprintable():
        raise InstanceError(f"{field}: expected 1 to {LONGEST} printable characters but got {_shown(value)}")
    if field == "url":
        return _base(text)
    if field == "email" and not _EMAIL.fullmatch(text):
        raise InstanceError(f"email: {_shown(value)} is no mail address; write one such as ann@example.org")
    return text


_PORTS = {"http": 80, "https": 443}


def _base(text: str) -> str:
    """A base URL in one spelling: scheme and host in small letters, the host as the network knows it (RFC 3490) without
    a dot at its end, no port that goes without saying, and no slash at the end."""
    wrong = f"url: {_shown(text)} is no address of a server; write one such as https://app.example.org/base"
    try:
        parts = urlsplit(text)
        host, port = _known_as(parts.hostname or ""), parts.port
    except ValueError as error:
        raise InstanceError(wrong) from error
    if not _URL.fullmatch(text) or not host or port == 0:
        raise InstanceError(wrong)
    scheme = parts.scheme.lower()
    netloc = host if port in (None, _PORTS[scheme]) else f"{host}:{port}"
    return parts._replace(scheme=scheme, netloc=netloc).geturl().rstrip("/")


def _known_as(host: str) -> str:
    """The name of a host in ASCII, or its address. Raises ValueError for what is none."""
    return f"[{host}]" if ":" in host else host.encode("idna").decode().rstrip(".")


def _shown(value: str) -> str:
    return f'"{printable(value[:80])}"'


@dataclass(frozen=True, slots=True)
class Register:
    """The instances on record, and who asks."""

    store: Store
    who: Actor

    def everyone(self) -> tuple[Instance, ...]:
        """All instances, for one who may see them. Raises Refused."""
        refuse_unless(self.store, self.who, Act.VIEW, "see instances")
        return instances.everyone(self.store.db)

    def find(self, uuid: str) -> Instance:
        """The instance of a UUID. Raises Refused, InstanceError."""
        known = {one.uuid: one for one in self.everyone()}
        if uuid not in known:
            near = get_close_matches(uuid, known, n=1)
            mend = f'did you mean "{near[0]}"?' if near else "see: almanac instance list"
            raise InstanceError(f"there is no instance {_shown(uuid)}; {mend}")
        return known[uuid]

    def add(self, fields: Mapping[str, str]) -> Instance:
        """A new instance, enabled. fields: url, contact, email, organisation. Raises Refused, InstanceError."""
        refuse_unless(self.store, self.who, Act.MANAGE_NODES, f"add instance {fields['url']}")
        fit: dict[str, Any] = {field: fitting(field, value) for field, value in fields.items()}
        new = Instance(uuid=str(uuid4()), enabled=True, added=int(time()), **fit)
        self._put(new, f"added instance {new.url} of {new.organisation}")
        return new

    def update(self, uuid: str, fields: Mapping[str, str]) -> Instance:
        """The same instance with other fields. Raises Refused, InstanceError."""
        refuse_unless(self.store, self.who, Act.MANAGE_NODES, f"change instance {uuid}")
        old = self.find(uuid)
        fit: dict[str, Any] = {field: fitting(field, value) for field, value in fields.items()}
        new = replace(old, **fit)
        self._put(new, f"changed {', '.join(fields)} of instance {old.url}")
        return new

    def enable(self, uuid: str, enabled: bool) -> Instance:
        """Has an instance asked from now on, or not. Raises Refused, InstanceError. One that was disabled here can't
        enable itself again without approval."""
        doing = "enable" if enabled else "disable"
        refuse_unless(self.store, self.who, Act.MANAGE_NODES, f"{doing} instance {uuid}")
        new = replace(self.find(uuid), enabled=enabled, held=not enabled)
        self._put(new, f"{doing}d instance {new.url}")
        return new

    def approve(self, uuid: str) -> Instance:
        """Lets an instance that registered itself be asked. Raises Refused, InstanceError."""
        refuse_unless(self.store, self.who, Act.MANAGE_NODES, f"approve instance {uuid}")
        new = replace(self.find(uuid), held=False)
        self._put(new, f"approved instance {new.url}")
        return new

    def new_secret(self, uuid: str) -> str:
        """A new secret by which an instance may change itself; the one before is worth nothing from then on. Only its
        hash is kept. Raises Refused, InstanceError."""
        refuse_unless(self.store, self.who, Act.MANAGE_NODES, f"give instance {uuid} a new secret")
        old, secret = self.find(uuid), token_urlsafe(32)
        self._put(replace(old, secret=digest(secret)), f"gave instance {old.url} a new secret")
        return secret

    def remove(self, uuid: str) -> Instance:
        """Takes an instance away; what it told stays on record. Raises Refused, InstanceError."""
        refuse_unless(self.store, self.who, Act.MANAGE_NODES, f"remove instance {uuid}")
        old = self.find(uuid)
        self.store.remove_instance(
            uuid, entry(self.who, _deed(old, f"removed instance {old.url}"), "done", int(time()))
        )
        return old

    def note_crawl(self, wanted: Sequence[Instance]) -> None:
        """Notes that somebody has instances asked by hand. Raises Refused."""
        what = f"ask instance {wanted[0].url}" if len(wanted) == 1 else f"ask {len(wanted)} instances"
        refuse_unless(self.store, self.who, Act.CONTROL, what)
        subject = subject_of(wanted[0].uuid) if len(wanted) == 1 else ""
        note(self.store, self.who, Deed(Act.CONTROL, what, subject=subject), "done")

    def _put(self, new: Instance, done: str) -> None:
        for one in self.everyone():
            if one.url == new.url and one.uuid != new.uuid:
                raise InstanceError(f"url: {new.url} is registered already, as {one.uuid}; change that one")
        self.store.put_instance(new, entry(self.who, _deed(new, done), "done", int(time())))


def _deed(one: Instance, text: str) -> Deed:
    return Deed(Act.MANAGE_NODES, text, subject=subject_of(one.uuid))
