"""What a hub says it has, against what is backed up: repositories without a backup, backups of no repository."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from collector.config import Hub
from collector.config.rulebook import matches
from collector.judge.case import Case, is_closed, is_retired
from collector.model import Level, Problem


def problems(case: Case) -> Iterator[Problem]:
    """What a hub declares is judged on its own node where its backups are watched, else on each of its backup nodes;
    where it declares nothing, what lies there is."""
    yield from _declared(case)
    for source in case.config.sources_of(case.record.node):
        hub = case.config.hubs.get(source.hub or "")
        if source.kind == "tarballs" and not (hub and hub.repositories) and case.answered_well(source.label):
            yield from _lying_there(case, source.label, source.hub or source.name or "", hub.select if hub else ())


def _lying_there(case: Case, source: str, owner: str, select: Collection[str]) -> Iterator[Problem]:
    """Repositories that the source has found, against its backups. Of a kind of which none lies there, as that of
    `folders/svnsetup`, nothing is said; of those that were restored from a backup none is wanted. What could not be
    looked into is as it was."""
    prefix = f"{owner}/" if owner else ""
    saw_all = _saw_all(case, source)
    found = {
        subject.name.removeprefix(f"repository:{prefix}"): subject
        for subject in case.record.subjects.values()
        if subject.name.startswith("repository:") and subject.source == source and (subject.present or not saw_all)
    }
    for item, subject in found.items():
        backup, word = f"tarball:{prefix}{item}", subject.states.get("repository")
        is_wanted = word is not None and word.value != "restored" and item not in select
        known = case.record.subjects.get(backup)
        has_none = known is None or is_retired(case.config, case.record, known)
        if is_wanted and has_none and not is_closed(case.record, source, backup):
            text = "Is a repository that lies there, and nobody backs it up."
            yield Problem(case.record.node, subject.name, "not backed up", Level.CRITICAL, text, subject.first_seen)
    kinds = {item.partition("/")[0] for item in found} if saw_all else set()
    for subject in case.of_kind("tarball"):
        item = subject.name.removeprefix(f"tarball:{prefix}")
        is_judged = subject.source == source and (not select or item in select)
        if is_judged and item.partition("/")[0] in kinds and item not in found:
            text = "Is a backup of a repository that does not lie there."
            yield Problem(case.record.node, subject.name, "no repository", Level.WARNING, text, subject.first_seen)


def _saw_all(case: Case, source: str) -> bool:
    """Whether the source could look into every folder of repositories."""
    for subject in case.of_kind("repositories"):
        listing = case.state(subject, "listing")
        if subject.source == source and listing is not None:
            return listing.value == "whole"
    return False


def _declared(case: Case) -> Iterator[Problem]:
    node = case.record.node
    for source in case.config.sources_of(node):
        hub = case.config.hubs.get(source.hub or "")
        if source.kind != "tarballs" or hub is None or not hub.repositories or not case.answered_well(source.label):
            continue
        if node == hub.node or not _watches_itself(case, source.hub or "", hub):
            yield from _without_backup(case, source.label, source.hub or "", hub)
            yield from _of_nothing(case, source.label, source.hub or "", hub)


def _watches_itself(case: Case, name: str, hub: Hub) -> bool:
    sources = case.config.sources_of(hub.node) if hub.node in case.config.nodes else []
    return any(source.kind == "tarballs" and source.hub == name for source in sources)


def _without_backup(case: Case, source: str, name: str, hub: Hub) -> Iterator[Problem]:
    """A repository without any backup. Of what is selected, or has gone of late, other rules say so."""
    for item in hub.repositories:
        backup = f"tarball:{name}/{item}"
        if _is_pattern(item) or item in hub.select or is_closed(case.record, source, backup):
            continue
        subject = case.record.subjects.get(backup)
        if subject is None or is_retired(case.config, case.record, subject):
            text = f"Is a repository of hubs.{name}, and nobody backs it up."
            since = subject.last_seen if subject and subject.last_seen else case.first_answer(source)
            yield Problem(case.record.node, backup, "not backed up", Level.CRITICAL, text, since)


def _of_nothing(case: Case, source: str, name: str, hub: Hub) -> Iterator[Problem]:
    """A backup of what the hub does not name; what its `select` leaves out is not judged."""
    for subject in case.of_kind("tarball"):
        item = subject.name.removeprefix(f"tarball:{name}/")
        is_ours = subject.source == source and subject.hub == name and (not hub.select or item in hub.select)
        if is_ours and not any(matches(pattern, (item,)) for pattern in hub.repositories):
            text = f"Is a backup of no repository that hubs.{name}.repositories names."
            yield Problem(case.record.node, subject.name, "no repository", Level.WARNING, text, subject.first_seen)


def _is_pattern(item: str) -> bool:
    return any(sign in item for sign in "*?[")
