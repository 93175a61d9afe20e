"""What each recipient was told last: a small file a recipient, by which the next report knows what is news to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from collector import files
from collector.digest.facts import Trouble
from collector.digest.recipients import Concern
from collector.export.readings import Time
from collector.model import LevelWord


@dataclass(frozen=True, slots=True)
class ToldProblem:
    """A problem as it was told."""

    node: str
    subject: str | None
    label: str | None
    rule: str
    level: LevelWord
    since: Time
    hub: str | None

    @property
    def key(self) -> tuple[str, str, str]:
        """The same night after night."""
        return self.node, self.subject or "", self.rule

    @property
    def concern(self) -> Concern:
        """Whom it concerns."""
        return Concern(self.node, self.hub, self.level)


def as_told(trouble: Trouble) -> ToldProblem:
    """What is kept of a problem that is told now."""
    one = trouble.problem
    return ToldProblem(one.node, one.subject, one.label, one.rule, one.level, one.since, trouble.hub)


@dataclass(frozen=True, slots=True)
class Told:
    """The last report of a recipient.

    at: UTC seconds when the pass that it tells of began.   thread: ids of the messages it follows, itself the last.
    message: its id; empty if there was nothing to tell.   doubtful: the id of a later message that was handed over and
    never answered for; it is not sent again.   periods: by kind, the last week and month that were told.
    """

    at: int
    message: str = ""
    thread: tuple[str, ...] = ()
    problems: tuple[ToldProblem, ...] = ()
    doubtful: str = ""
    periods: Mapping[str, str] = field(default_factory=dict)


_TOLD = TypeAdapter(Told)


class Memory:
    """What all of them were told, in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, recipient: str) -> Told | None:
        """What somebody was told last; None if nothing yet, or if the file is no longer readable."""
        try:
            return _TOLD.validate_json(self._file(recipient).read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def keep(self, recipient: str, told: Told) -> None:
        """Remembers it. Raises OSError."""
        files.replace(self._file(recipient), _TOLD.dump_json(told))

    def note(self, recipient: str, period: tuple[str, str]) -> None:
        """Remembers that a period, by its kind and name, was told. Raises OSError."""
        before = self.of(recipient) or Told(0)
        self.keep(recipient, replace(before, periods={**before.periods, period[0]: period[1]}))

    def _file(self, recipient: str) -> Path:
        return self._folder / f"{sha256(recipient.encode()).hexdigest()[:32]}.json"
