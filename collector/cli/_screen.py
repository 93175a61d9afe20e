"""What commands share in speaking to people; for tables see `_tables`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from collector.amounts import NARROW
from collector.export.readings import HoldDocument, ProblemDocument
from collector.model import AlmanacError, printable
from collector.wording import instead, moment

if TYPE_CHECKING:
    from collector.collect import Shortfall


def plain(text: str) -> str:
    """A text that steers no terminal; the narrow space between thousands, which Python calls unprintable, stays."""
    return NARROW.join(map(printable, text.split(NARROW)))


def text_of(problem: ProblemDocument) -> str:
    """What is wrong, in its own words, and that it flaps if it does."""
    return f"{problem.text} (flapping)" if problem.stage == "flapping" else problem.text


def held(hold: HoldDocument | None, zone: str) -> str:
    """Why a problem alarms nobody, empty if it does."""
    if hold is None:
        return ""
    if hold.kind == "behind":
        return f"behind {hold.subject.partition(':')[2] if hold.subject else hold.node}"
    until = f" until {when(hold.until, zone)}" if hold.until else ""
    return f"{hold.kind} by {hold.person}{until}: {hold.note}"


def complain(sentence: str) -> None:
    """One line on standard error, whatever a node put into it."""
    click.echo(plain(sentence), err=True)


def confirm(question: str, instead: str = "to do it, say --yes") -> None:
    """Has a person say yes. Raises click.Abort for a no, and click.UsageError with what to do `instead` where no
    terminal is."""
    if not sys.stdin.isatty():
        raise click.UsageError(f"Nothing was done: this is no terminal to ask on; {instead}.")
    click.confirm(question, abort=True, err=True)


def ends(words: Iterable[str]) -> str:
    """How many ended how: `12 done, 1 failed`."""
    return ", ".join(f"{number} {end}" for end, number in sorted(Counter(words).items()))


@contextmanager
def progress(steps: int, doing: str = "asking") -> Iterator[Callable[[str], None]]:
    """Shows on a terminal how far a pass is; says nothing where nobody looks."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from collector.cli import _bar  # noqa: PLC0415  most passes run where nobody looks

    with _bar.progress(steps, doing) as tell:
        yield tell


def tell_shortfalls(shortfalls: Iterable[Shortfall]) -> None:
    """What a sweep did not get, a line each, on standard error."""
    for one in shortfalls:
        complain(f"{one.node if one.source is None else f'{one.node} {one.source}'}: {one.outcome}: {one.reason}")


def tell_refusals(refusals: Iterable[AlmanacError | None]) -> int | None:
    """What a stage refused without ending the pass, a line each, and the exit status that it means; None if nothing."""
    told = [refusal for refusal in refusals if refusal is not None]
    for line in "\n".join(map(str, told)).splitlines():
        complain(f"almanac: {line}")
    return told[0].exit_status if told else None


def expect(what: str, wanted: Iterable[str], known: Collection[str], mend: str = "") -> None:
    """Raises click.UsageError for the first name that is not known, with the nearest that is, how to `mend` it, or
    those there are."""
    for name in wanted:
        if name not in known:
            hint = instead(name, known)
            told = f". D{hint[1:]}" if hint.startswith("did") else mend or (f"; {hint}." if hint else ".")
            raise click.UsageError(f'There is no {what} "{name}"{told}')


def when(time: str | None, zone: str) -> str:
    """A time of the export in the site's zone; `never` if there is none."""
    return moment(int(datetime.fromisoformat(time).timestamp()), ZoneInfo(zone)) if time else "never"
