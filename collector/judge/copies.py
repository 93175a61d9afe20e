"""The same backup on its hub and on a backup node: missing there, left behind, or not the same."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from collector.judge.backups import kept, under_way
from collector.judge.case import Case, is_closed, is_retired, is_told
from collector.model import Level, Problem
from collector.store.records import Series, SubjectRecord
from collector.wording import moment, size

MOST_BEHIND = 1
"""Backups that may wait for their transfer: tonight's is often still on its way."""


def problems(node: Case, hub: Case, owner: str, selected: frozenset[str] | None) -> Iterator[Problem]:
    """What differs on the node from the hub's own backups, `owner` being the hub's name. Both were read now, or
    nothing is compared. `selected`: the node's subjects that are judged, None = every one."""
    for name, original in hub.record.subjects.items():
        theirs = kept(hub, original)
        if not name.startswith("tarball:") or original.hub != owner or not theirs.times:
            continue
        if not original.present or not is_told(hub.record, original):
            continue
        copy = node.record.subjects.get(name)
        if copy is None or is_retired(node.config, node.record, copy):
            yield from _not_copied(node, hub, original, theirs)
        elif copy.present and is_told(node.record, copy) and (selected is None or name in selected):
            yield from _behind(node, hub, copy, theirs)
            yield from _unlike(node, hub, original, copy)


def _not_copied(node: Case, hub: Case, original: SubjectRecord, theirs: Series) -> Iterator[Problem]:
    """An item that the node's source for the hub, which answered, does not have; of what is selected, another rule
    says so, and of what has just gone too."""
    if len(theirs.times) <= MOST_BEHIND or node.config.hubs[original.hub or ""].select:
        return
    every = node.config.sources_of(node.record.node)
    sources = [source.label for source in every if source.hub == original.hub and source.kind == "tarballs"]
    closed = any(is_closed(node.record, source, original.name) for source in sources)
    if not closed and any(node.answered_well(source) for source in sources):
        lost = node.record.subjects.get(original.name)
        text = (
            f"Is {'no longer' if lost else 'not'} copied here; {hub.record.node} has {len(theirs.times)} backups of it."
        )
        since = lost.last_seen if lost and lost.last_seen else theirs.times[MOST_BEHIND]
        yield Problem(node.record.node, original.name, "not copied", Level.WARNING, text, since)


def _behind(node: Case, hub: Case, copy: SubjectRecord, theirs: Series) -> Iterator[Problem]:
    ours = kept(node, copy)
    behind = len(theirs.times) - bisect_right(theirs.times, ours.times[-1]) if ours.times else 0
    if behind > MOST_BEHIND and not under_way(node, copy):
        text = f"Is {behind} backups behind {hub.record.node}, which has one of {moment(theirs.times[-1], node.zone)}."
        yield Problem(node.record.node, copy.name, "behind", Level.WARNING, text, theirs.times[-behind])


def _unlike(node: Case, hub: Case, original: SubjectRecord, copy: SubjectRecord) -> Iterator[Problem]:
    theirs, ours = kept(hub, original), kept(node, copy)
    if not ours.times or ours.times[-1] not in set(theirs.times) - original.metrics["size"].imported:
        return
    stamp = ours.times[-1]
    there = theirs.values[theirs.times.index(stamp)]
    if difference := _difference(node, hub, original, copy, (there, ours.values[-1])):
        text = f"The copy of {moment(stamp, node.zone)} differs from {hub.record.node}: {difference}."
        yield Problem(node.record.node, copy.name, "copy", Level.CRITICAL, text, stamp)


def _difference(node: Case, hub: Case, original: SubjectRecord, copy: SubjectRecord, sizes: tuple[float, float]) -> str:
    if sizes[0] != sizes[1]:
        return f"{sizes[1]:.0f} bytes here, {sizes[0]:.0f} there ({size(abs(sizes[0] - sizes[1]))} apart)"
    mine, other = node.state(copy, "fingerprint"), hub.state(original, "fingerprint")
    if mine and other:
        (digest, _, which), (theirs, _, of) = mine.value.partition(" "), other.value.partition(" ")
        if which == of and digest != theirs:
            return f"MD5 {digest} here, {theirs} there"
    return ""
