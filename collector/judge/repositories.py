"""What a hub says it has, against what is backed up: repositories without a backup, backups of no repository."""

from __future__ import annotations

from collections.abc import Iterator

from collector.config import Hub
from collector.config.rulebook import matches
from collector.judge.case import Case, is_closed, is_retired
from collector.model import Level, Problem


def problems(case: Case) -> Iterator[Problem]:
    """Judged on the hub's own node where its backups are watched, else on each of its backup nodes."""
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
