"""What is to come, as entries of a calendar: maintenance, backups due, disks forecast to be full. Pure.

A window that comes again is told in UTC, so in a zone with summer time it is an entry for each stretch of one offset.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from collector.amounts import amount
from collector.export.documents import CalendarEntry, NodeDocument
from collector.export.readings import Subject
from collector.export.subjects import Edition, exact
from collector.life import windows
from collector.life.windows import DAYS, Every
from collector.store.records import Silence

AHEAD = 366
"""So many days ahead a window that comes again is told of."""
HOUR, DAY = 3600, 86400


def calendar(edition: Edition, documents: Sequence[NodeDocument]) -> tuple[CalendarEntry, ...]:
    """All entries: maintenance by when it was said, then the others node by node."""
    now = edition.last_pass.started
    standing = [one for one in edition.silences if not windows.is_over(one, now)]
    found = [entry for one in reversed(standing) for entry in maintenance(one, now, edition.zone)]
    for document in documents:
        found += [*_due(document), *_forecasts(document)]
    return tuple(found)


def maintenance(silence: Silence, now: int, zone: ZoneInfo) -> Iterator[CalendarEntry]:
    """A silence: one entry, or where it comes again one for each stretch of one offset."""
    uid, summary = f"silence-{silence.id}", f"Maintenance: {silence.selector}"
    text = f"{silence.note} ({silence.person})"
    if not silence.every:
        yield CalendarEntry(uid, summary, text, exact(silence.first or 0), exact(silence.last or 0))
        return
    for span, rule in _stretches(windows.every(silence.every), silence.made, now, zone):
        yield CalendarEntry(f"{uid}-{span[0]}", summary, text, exact(span[0]), exact(span[1]), rule)


def _stretches(every: Every, made: int, now: int, zone: ZoneInfo) -> Iterator[tuple[tuple[int, int], str]]:
    """The first window and the rule of each stretch of one offset, from when it was made on."""
    first = datetime.fromtimestamp(made, zone).date()
    last = datetime.fromtimestamp(now, zone).date() + timedelta(days=AHEAD)
    days = [day for day in _days(first, last) if day.weekday() in every.days]
    spans = [span for span in (every.on(day, zone) for day in days) if span[1] > max(made, span[0])]
    while spans:
        alike = next((place for place, span in enumerate(spans) if _clock(span) != _clock(spans[0])), len(spans))
        stretch, spans = spans[:alike], spans[alike:]
        if stretch[-1][1] > now:
            yield stretch[0], _rule(stretch)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))


def _clock(span: tuple[int, int]) -> tuple[int, int]:
    """What must stay the same for a rule in UTC to hold: the time of day at which a window begins, and its length."""
    return span[0] % DAY, span[1] - span[0]


def _rule(stretch: Sequence[tuple[int, int]]) -> str:
    begins = [datetime.fromtimestamp(first, UTC) for first, _ in stretch]
    names = (DAYS[day][:2].upper() for day in sorted({begin.weekday() for begin in begins}))
    return f"FREQ=WEEKLY;BYDAY={','.join(names)};UNTIL={begins[-1]:%Y%m%dT%H%M%SZ}"


def _due(document: NodeDocument) -> Iterator[CalendarEntry]:
    """The backups of a node that are due on one day, as one entry an hour long from the first one on."""
    by_day: dict[str, list[Subject]] = {}
    for subject in document.subjects:
        if subject.due is not None:
            by_day.setdefault(subject.due[:10], []).append(subject)
    for day, some in sorted(by_day.items()):
        first = min(one.due or "" for one in some)
        labels = ", ".join(sorted(one.label for one in some))
        yield CalendarEntry(
            uid=f"due-{document.page}-{day}",
            summary=f"{len(some)} backup{'s' if len(some) > 1 else ''} due on {document.name}",
            text=labels,
            start=first,
            end=exact(int(datetime.fromisoformat(first).timestamp()) + HOUR),
            page=document.page,
        )


def _forecasts(document: NodeDocument) -> Iterable[CalendarEntry]:
    for subject in document.subjects:
        for metric in subject.metrics:
            if metric.forecast:
                day = metric.forecast.likely
                limit = amount(metric.forecast.limit, metric.unit)
                yield CalendarEntry(
                    uid=f"full-{subject.page}-{metric.name}",
                    summary=f"{subject.label} on {document.name} is forecast to reach {limit}",
                    text=f"{metric.name}: between {metric.forecast.low} and {metric.forecast.high}.",
                    start=day,
                    end=(date.fromisoformat(day) + timedelta(days=1)).isoformat(),
                    page=subject.page,
                )
