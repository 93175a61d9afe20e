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

ITSELF = Actor("", None, "almanac intake")
"""Who stands in the activity log for an application."""


def exchange(config: Config, store: Store) -> None:
    """Takes in what instances have changed of themselves, all in one transaction, and has the spool know the registry.
    Raises SpoolError, StoreError."""
    with Spool.open(config.spool) as spool:
        pending = spool.pending()
        registry = {one.uuid: one for one in instances.everyone(store.db.conn)}
        store.put_instances(_taken(pending, registry, int(time())))
        spool.publish(pending, tuple(registry.values()))


def _taken(
    pending: Iterable[Pending], registry: dict[str, Instance], now: int
) -> Iterator[tuple[Instance | None, Activity]]:
    """What is to be put into the registry, which is changed to what it will be, and what is said of it. None is put
    where it is refused."""
    for each in pending:
        old = registry.get(each.instance.uuid)
        if old is None and not each.is_new:
            continue  # an admin took it away meanwhile
        if reason := _unfit(each, registry):
            yield None, _row(each, f"refused what instance {each.instance.url} registers: {reason}", "refused", now)
            continue
        new = (
            each.instance if old is None else replace(old, **{key: getattr(each.instance, key) for key in each.changed})
        )
        if new != old:
            registry[new.uuid] = new
            yield new, _row(each, _said(old, new), "done", now)


def _unfit(each: Pending, registry: Mapping[str, Instance]) -> str:
    """Why it is not taken in; empty if it is. The server has looked at all of that, but is nobody to be trusted."""
    one = each.instance
    try:
        UUID(one.uuid)
        for field in FIELDS:
            fitting(field, getattr(one, field))
    except (InstanceError, ValueError) as error:
        return str(error)
    taken = any(other.url == one.url and other.uuid != one.uuid for other in registry.values())
    return "its address is another's" if taken and "url" in each.changed else ""


def _said(old: Instance | None, new: Instance) -> str:
    if old is None:
        return f"instance {new.url} of {new.organisation} registered itself{', and waits' if new.is_waiting else ''}"
    names = [name for name in (*FIELDS, "enabled") if getattr(old, name) != getattr(new, name)]
    return f"instance {old.url} changed its {', '.join(names) or 'record'}"


def _row(each: Pending, text: str, outcome: Ending, now: int) -> Activity:
    deed = Deed(Act.MANAGE_NODES, f"{text} (from {each.address})", subject=subject_of(each.instance.uuid))
    return entry(ITSELF, deed, outcome, now)
