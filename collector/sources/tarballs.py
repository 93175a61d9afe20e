"""Backup tarballs below a folder: env's scm-backup layout, other presets, or a pattern of one's own.

Subjects, ITEM being `svn/dybsvn`, or the bare name where the layout has no kind. OWNER is the hub, else the name given
to this source; where there is neither, `OWNER/` and `:OWNER` are left out:

    tarball:OWNER/ITEM   size (bytes), duration, transfer (seconds), each at the tarball's own time, for the whole past
                         count, age (seconds), differing (kept tarballs not as long as their sidecar says), now
        listing          whole | partial: the detail names folders that can't be read
        newest           its file name; the detail tells revision, size and stamp
        digest           same | differs | absent | unreadable | unverified (sizes agree, MD5 not recomputed) | untested
                         (it was to be, and could not be)
        archive          sound | broken | untested, if to be verified
        fingerprint      "MD5 SIZE STAMP" of the newest, to be compared between hub and nodes
        last             ok | dangling | a folder | absent, in the layout scm
        transfer         unfinished | none
    lock:OWNER           lock: held | free, with who and since when; age (seconds) while it is held
    backups:OWNER        count of items, bytes in all
        listing          whole | partial (what lies in the folders named is not told) | in doubt (any item may be)
    repositories:OWNER   count of repositories, where they are looked for
        listing          whole | partial
    repository:OWNER/ITEM
        repository       svn | trac | git | restored (from a backup, and not to be backed up)

What the node could not list, because a folder was closed to it or the answer was cut, is neither counted nor missed.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import chain
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from collector.config import SourceSettings
from collector.config.values import listed
from collector.layout import Layout, layout
from collector.model import Answer, Event, Fault, Observation, Outcome, Reading, State
from collector.sources import _backups, _gaps, _items, _listing, _listing_script
from collector.sources._backups import Clock, Store, Tarball
from collector.sources._listing import Listing

_CUT = (Outcome.TIMED_OUT, Outcome.TOO_LONG, Outcome.CUT_OFF)

Check = Literal["newest", "digest"]
Checks = Annotated[tuple[Check, ...], BeforeValidator(listed, json_schema_input_type=Check | tuple[Check, ...])]


class Settings(SourceSettings):
    """Where tarballs lie and how they are laid out."""

    folder: str = Field(description="the folder on the node, an absolute path such as /var/scm/backup/cms02")
    layout: Literal["scm", "dated-folders", "dated-files", "rotations"] = Field(
        "scm", description="how tarballs are laid out below the folder"
    )
    pattern: str | None = Field(
        None, description='a layout of your own instead, such as "{name}/{yyyy}-{mm}-{dd}/{file}.tar.gz"'
    )
    verify: Checks = Field(
        (), description="newest: test the newest tarball of each item; digest: recompute its MD5; a word or a list"
    )
    locks: tuple[str, ...] | None = Field(
        None, description='lock folders, relative to folder; by default "LOCKED" and "../../LOCKED" in the layout scm'
    )

    repositories: str | None = Field(
        None, description="the folder on the node with the repositories themselves, as KIND/NAME, such as /var/scm"
    )

    @field_validator("folder", "repositories")
    @classmethod
    def _absolute(cls, value: str | None) -> str | None:
        if value is not None and (not value.startswith("/") or "\0" in value):
            raise ValueError(f'expected an absolute path but got "{value}"; write one such as /var/scm/backup/cms02')
        return value

    @field_validator("pattern")
    @classmethod
    def _sound(cls, value: str | None) -> str | None:
        if value is not None:
            layout("", value)
        return value

    @model_validator(mode="after")
    def _one_layout(self) -> Self:
        if self.pattern is not None and "layout" in self.model_fields_set:
            raise ValueError("layout and pattern exclude each other; remove one")
        return self

    @property
    def plan(self) -> Layout:
        """The layout that is meant."""
        return layout(self.layout, self.pattern)

    @property
    def by_env(self) -> bool:
        """Whether env's scm-backup keeps the folder: with sidecars, `last` links and locks."""
        return self.pattern is None and self.layout == "scm"

    @property
    def lock_folders(self) -> tuple[str, ...]:
        """The lock folders as paths that no command takes for an option."""
        chosen = self.locks if self.locks is not None else ("LOCKED", "../../LOCKED") if self.by_env else ()
        return tuple(posixpath.join(".", re.sub("/+", "/", path).rstrip("/") or "/") for path in chosen)

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that a whole answer has."""
        optional = {
            "locks": bool(self.lock_folders),
            "links": self.by_env,
            "archives": "newest" in self.verify,
            "sums": "digest" in self.verify,
            "repositories": self.repositories is not None,
        }
        return ("listing", "sidecars", *(part for part, wanted in optional.items() if wanted))


def probe(settings: Settings) -> str:
    """The sh text that lists the folder. Fails with a sentence if the folder is not there or closed."""
    listed = _listing_script.script(
        settings.folder, settings.plan, settings.lock_folders, settings.verify, links=settings.by_env
    )
    return listed + (_listing_script.repositories(settings.repositories) if settings.repositories else "")


def parse(settings: Settings, answer: Answer) -> Reading:
    """Everything that the listing tells, the whole past included; what can't be understood are faults."""
    listing = _listing.read(answer.body)
    clock = Clock(answer.zone, answer.asked)
    store = _backups.store(listing.entries, settings.plan, clock, folders=settings.by_env)
    reader = _Reader(settings, answer, listing, store)
    return Reading(
        observations=tuple(reader.observations()),
        states=tuple(reader.states()),
        events=tuple(reader.events()),
        faults=_limited([*reader.shortcomings(), *listing.faults, *store.faults]),
    )


def _limited(faults: list[Fault]) -> tuple[Fault, ...]:
    more = len(faults) - _listing.MOST_FAULTS
    if more <= 0:
        return tuple(faults)
    return (*faults[: _listing.MOST_FAULTS], Fault(0, "", f"and {more} more that are not told one by one"))


class _Reader:
    """One answer's values, put together from what was listed."""

    def __init__(self, settings: Settings, answer: Answer, listing: Listing, store: Store) -> None:
        self.settings, self.answer, self.listing, self.store = settings, answer, listing, store
        self.asked = answer.asked
        self.owner = answer.hub or (answer.source if answer.source != answer.kind else "")
        self.whole = "listing" in listing.parts and any(entry.path == "." for entry in listing.entries)
        self.gaps = _gaps.gaps(listing, store.items, settings.plan)
        clock = Clock(answer.zone, answer.asked)
        self.locks = {index: _backups.lock(entries, clock) for index, entries in sorted(listing.locks.items())}

    @property
    def repositories(self) -> dict[str, str]:
        """Of what kind each repository is; empty if not all that could be seen were told."""
        return self.listing.repositories if "repositories" in self.listing.parts else {}

    def subject(self, kind: str, item: str = "") -> str:
        """`tarball:ZZ/svn/dybsvn`, `lock:ZZ`, `lock`."""
        name = "/".join(word for word in (self.owner, item) if word)
        return f"{kind}:{name}" if name else kind

    def known(self, item: str) -> bool:
        """Whether all that lies below the item was listed, so that what is not there is missing."""
        return self.whole and not self.gaps.touch(item)

    def observations(self) -> Iterator[Observation]:
        for item, tarballs in self.store.items.items():
            subject = self.subject("tarball", item)
            yield from _past(subject, tarballs)
            if self.known(item):
                yield from self._now(subject, tarballs)
        if self.whole and not self.gaps:
            bytes_kept = sum(tarball.size for tarballs in self.store.items.values() for tarball in tarballs)
            subject = self.subject("backups")
            yield Observation(subject, "count", self.asked, float(len(self.store.items)), "count")
            yield Observation(subject, "bytes", self.asked, float(bytes_kept), "bytes")
        if self.repositories.get(".") == "+":
            found = float(len(self.repositories) - 1)
            yield Observation(self.subject("repositories"), "count", self.asked, found, "count")
        since = min((lock.since for lock in self.locks.values() if lock.since is not None), default=None)
        if since is not None and "locks" in self.listing.parts:
            yield Observation(self.subject("lock"), "age", self.asked, float(self.asked - since), "seconds")

    def _now(self, subject: str, tarballs: list[Tarball]) -> Iterator[Observation]:
        yield Observation(subject, "count", self.asked, float(len(tarballs)), "count")
        if tarballs:
            yield Observation(subject, "age", self.asked, float(self.asked - tarballs[-1].time), "seconds")
        if "sidecars" in self.listing.parts and (odd := _items.differing(tarballs, self.listing)) is not None:
            yield Observation(subject, "differing", self.asked, float(odd), "count")

    def states(self) -> Iterator[State]:
        if self.whole:
            yield State(self.subject("backups"), "listing", self.asked, *self.gaps.word())
        for item, tarballs in self.store.items.items():
            if paths := self.gaps.inside.get(item):
                yield State(self.subject("tarball", item), "listing", self.asked, "partial", _gaps.named(paths))
            if self.known(item):
                for metric, value, detail in self._words(item, tarballs[-1] if tarballs else None):
                    yield State(self.subject("tarball", item), metric, self._since(item, metric), value, detail)
        for path, kind in self.repositories.items():
            if path == ".":
                word = "whole" if kind == "+" else "partial"
                yield State(self.subject("repositories"), "listing", self.asked, word)
            else:
                yield State(self.subject("repository", path), "repository", self.asked, kind)
        if self.settings.lock_folders and "locks" in self.listing.parts:
            value, detail = ("held", "; ".join(self._held())) if self.locks else ("free", "")
            yield State(self.subject("lock"), "lock", self.asked, value, detail)

    def _since(self, item: str, metric: str) -> int:
        """When a word became true: a transfer stands still since its file was last written to."""
        partial = self.store.unfinished.get(item) if metric == "transfer" else None
        return self.asked if partial is None or partial.since is None else min(partial.since, self.asked)

    def _words(self, item: str, newest: Tarball | None) -> Iterator[_items.Word]:
        yield "listing", "whole", ""
        if newest:
            yield from _items.of_newest(newest, self.listing, self.settings.by_env, self.settings.verify)
        if "links" in self.listing.parts:
            yield _items.last(item, newest, self.listing)
        yield _items.transfer(item, self.store, self.asked)

    def _held(self) -> Iterator[str]:
        for index, lock in self.locks.items():
            folders = self.settings.lock_folders
            folder = folders[index] if index < len(folders) else str(index)
            holders = [f"{caller} since {words}" if words else caller for caller, words in lock.holders]
            yield f"{folder.removeprefix('./')}: {', '.join(holders) or 'nobody named'}"

    def events(self) -> Iterator[Event]:
        """What a lock folder tells of steps that have ended."""
        for lock in self.locks.values():
            for caller, start, end in lock.done:
                yield Event(self.subject("lock"), end, "info", f"{caller} took {end - start} s")

    def shortcomings(self) -> Iterator[Fault]:
        """What is missing of the answer, and what the node's tools complained of."""
        missing = [part for part in self.settings.parts if part not in self.listing.parts]
        if self.answer.outcome in _CUT:
            rest = f"the rest is missing: {', '.join(missing)}" if missing else "nothing is missing"
            yield Fault(0, "", f"the answer was cut ({self.answer.outcome}); {rest}")
        elif self.answer.outcome is Outcome.OK and missing:
            yield Fault(0, "", f"the answer ends early; it lacks: {', '.join(missing)}")
        elif "listing" in self.listing.parts and not self.whole:
            yield Fault(0, "", "find listed nothing, not even the folder itself; see what it complained of")
        # each part meets the same closed folders
        for complaint in dict.fromkeys(chain.from_iterable(self.listing.complaints.values())):
            yield Fault(0, complaint, "a tool of the node complained")


def _past(subject: str, tarballs: list[Tarball]) -> Iterator[Observation]:
    """Size and durations at each stamp. Of several tarballs of one stamp the last made counts."""
    for time, tarball in {tarball.time: tarball for tarball in tarballs}.items():
        yield Observation(subject, "size", time, float(tarball.size), "bytes")
        if tarball.took is not None:
            yield Observation(subject, "duration", time, float(tarball.took), "seconds")
        if tarball.copied is not None:
            yield Observation(subject, "transfer", time, float(tarball.copied), "seconds")
