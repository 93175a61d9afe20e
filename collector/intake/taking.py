"""How the registry takes in what lies in the spool, and tells the spool what it is itself.

Broken off anywhere, it is done again the next time, and changes nothing that was done. Where an application and an
admin changed the same instance, each has what it changed; of one field, the application what it changed last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from time import time
from uuid import UUID

from collector.config import Config
from collector.instances.register import InstanceError, fitting, subject_of
from collector.intake.calls import FIELDS
from collector.intake.spool import Pending, Spool
from collector.people.roles import Act
from collector.people.who import Actor, Deed, entry
from collector.store import instances
from collector.store.activity import Activity, Ending
from collector.store.instances import Instance
from collector.store.store import Store

_TEXTS = ("uuid", "secret", *FIELDS)
ITSELF = Actor("", None, "almanac intake")
"""Who stands in the activity log for an application."""


def exchange(config: Config, store: Store) -> None:
    """Takes in what instances have changed of themselves, all in one transaction, and has the spool know the registry.
    Raises SpoolError, StoreError."""
    with Spool.open(config.spool) as spool:
        pending = spool.pending()
        if pending:
            now = int(time())
            store.change_instances(lambda registry: _taken(pending, registry, now))
        spool.publish(pending, instances.everyone(store.db))


def _taken(
    pending: Iterable[Pending], registry: Iterable[Instance], now: int
) -> Iterator[tuple[Instance | None, Activity]]:
    """What is to be put into the registry, and what is said of it; None where it is refused. An address that one gives
    up is free for a new one at once, so those come last."""
    known = {one.uuid: one for one in registry}
    owners = {one.url: one.uuid for one in known.values()}
    for each in sorted(pending, key=lambda one: one.is_new):
        old = known.get(each.instance.uuid)
        if old is None and not each.is_new:
            continue  # an admin took it away meanwhile
        if reason := _unfit(each, owners):
            yield None, _row(each, f"refused what instance {each.instance.url} registers: {reason}", "refused", now)
            continue
        new = _merged(old, each)
        if new != old:
            owners.pop(old.url if old else "", None)
            owners[new.url] = new.uuid
            yield new, _row(each, _said(old, new), "done", now)


def _merged(old: Instance | None, each: Pending) -> Instance:
    values = {key: getattr(each.instance, key) for key in each.changed}
    return replace(old, **values) if old else each.instance


def _unfit(each: Pending, owners: Mapping[str, str]) -> str:
    """Why it is not taken in; empty if it is. The server has looked at all of that, but it is nobody to be trusted.
    owners: UUIDs by address."""
    one = each.instance
    try:
        if not isinstance(one.added, int) or any(not isinstance(getattr(one, name), str) for name in _TEXTS):
            return "its row holds what is no text, or no number"  # SQLite keeps bytes in any column
        if str(UUID(one.uuid)) != one.uuid:
            return "its UUID is written in another way"
        for field in FIELDS:
            fitting(field, getattr(one, field))
    except (InstanceError, ValueError) as error:
        return str(error)
    is_taken = "url" in each.changed and owners.get(one.url, one.uuid) != one.uuid
    return "its address is another's" if is_taken else ""


def _said(old: Instance | None, new: Instance) -> str:
    if old is None:
        return f"instance {new.url} of {new.organisation} registered itself{', and waits' if new.is_waiting else ''}"
    names = [name for name in (*FIELDS, "enabled") if getattr(old, name) != getattr(new, name)]
    return f"instance {old.url} changed its {', '.join(names) or 'record'}"


def _row(each: Pending, text: str, outcome: Ending, now: int) -> Activity:
    deed = Deed(Act.MANAGE_NODES, f"{text} (from {each.address})", subject=subject_of(each.instance.uuid))
    return entry(ITSELF, deed, outcome, now)
