"""The small parts that tables are made of, as markup: times, states, values, small charts.

In Python, since a page has hundreds of them and a macro costs several times as much. What repeats down a column, or on
page after page, is made once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from markupsafe import Markup

from sphinxext.almanac.arrange import named
from sphinxext.almanac.export import Record
from sphinxext.almanac.format import age, clock, curve, day, ends, look, number, plural, seconds_between
from sphinxext.almanac.markup import NOTHING, element

KEPT = 2048
"""So many times and states are kept, each as its markup."""

_STATE = element('<span class="state %s">%s</span>')
_SMALL = element("%s <small>%s</small>")
_NOT_TOLD = Markup('<span class="none">not told</span>')
_NOT_JUDGED = Markup('<span class="soft">not judged</span>')
_NEVER = Markup('<span class="never">never seen</span>')
_AS_OF = element("Ages as of %s.")
_WAS = element("was %s%s")
_ON = element(" on %s")
_READ = element("as of %s ")
_ENDS = element("%s(stale)")
_LAST_SEEN = element("last seen %s")
_UNKNOWN = element('<span class="unknown">%s</span>')
_STALE = element('<span class="stale">%s</span>')
_TIME = element('<time datetime="%s">%s</time>')
_DAY = element('<time datetime="%s" title="%s">%s</time>')
_AGE = element('<span class="age">%s <small>%s</small></span>')
_SINCE = element("<b%s>%s</b> <span>%s</span>")
_LASTS = Markup(" data-lasts")
_AND_SINCE = element("since %s")
_METER = element('<meter min="0" max="1" value="%s" low="0.85" high="0.95" optimum="0">%s</meter>')
_SPARK = element(
    '<svg class="spark" width="112" height="26" viewBox="-2 -2 %s 36" preserveAspectRatio="none"'
    ' fill="none" stroke="currentColor" role="img" aria-label="%s">%s</svg>'
)
_LINE = element('<path d="%s"/>')
_AXIS = element(' data-low="%s" data-high="%s"')
_LEVEL = element(' data-high="%s"')


@lru_cache(KEPT)
def badge(level: str, word: str = "") -> Markup:
    """A state: a colour, a shape and a word, never a colour alone."""
    style, usual, _ = look(level)
    return _STATE(style, word or usual)


def tally(problems: Sequence[Record], level: str) -> Markup:
    """How bad some problems are together; `level` where there is none."""
    critical, warnings = (sum(problem.level == one for problem in problems) for one in ("critical", "warning"))
    if critical:
        more = len(problems) - critical
        return badge("critical", f"{critical} critical" + (f", {more} more" if more else ""))
    return badge("warning", plural(warnings, "warning")) if warnings else badge(level)


def share(metric: Record | None) -> Markup:
    """A ratio as a bar, nothing if it is not known."""
    if metric is None or metric.value is None or metric.standing not in ("known", "stale"):
        return NOTHING
    return _METER(f"{metric.value:.3g}", number(metric.value, "ratio"))


def portion(used: float, total: float) -> Markup:
    """How much of something is used, as a bar; more than all of it fills the bar."""
    return _METER(f"{min(1.0, used / total) if total else 1:.3g}", number(used / total if total else 1, "ratio"))


def sparkline(points: Sequence[float | None], unit: str | None, what: str) -> Markup:
    """A small chart of the last nights; without a unit its words leave the numbers out."""
    known = [point for point in points if point is not None]
    if not known:
        return NOTHING
    low, high = min(known), max(known)
    between = f": {number(low, unit)} to {number(high, unit)}" if unit is not None else ""
    words = f"{what}, last {plural(len(points), 'night')}{between}"
    return _SPARK(2 * len(points) + 2, words, _LINE(curve(points, low, high)))


def multiple(points: Sequence[float | None], scale: tuple[float, float], unit: str, what: str) -> Markup:
    """One small chart of several that share a scale, with the range of its own values in words."""
    known = [point for point in points if point is not None]
    if not known:
        return NOTHING
    words = f"{what}, last {plural(len(points), 'night')}: {number(min(known), unit)} to {number(max(known), unit)}"
    return _SPARK(2 * len(points) + 2, words, _LINE(curve(points, *scale)))


def axis(scale: tuple[float, float], unit: str) -> Markup:
    """The ends of a small chart's scale, as attributes that the style sheet shows; one where all is the same."""
    low, high = ends(scale, unit)
    return _AXIS(low, high) if low != high else _LEVEL(high)


class Elements:
    """What tells a time: as of the last pass, in the site's zone."""

    def __init__(self, manifest: Record) -> None:
        night = manifest.last_pass
        self.zone: str = manifest.time_zone
        self.now: str | None = night.started if night else None
        self.end: str | None = night.finished if night else None
        self.before: str | None = night.get("previous") if night else None
        self.when, self.on = lru_cache(KEPT)(self._when), lru_cache(KEPT)(self._on)
        self.as_of = _AS_OF(self.when(self.now)) if self.now else NOTHING
        self.aged, self.since = lru_cache(KEPT)(self._aged), lru_cache(KEPT)(self._since)

    def filters(self) -> dict[str, Callable[..., str | Markup]]:
        """The elements by the names that templates know."""
        names = ("when", "on", "aged", "since", "stated", "amount", "word", "metric", "state", "standing")
        ours = {name: getattr(self, name) for name in names}
        shared = (axis, badge, multiple, portion, share, sparkline, tally)
        return ours | {one.__name__: one for one in shared}

    def _when(self, time: str) -> Markup:
        """Day, time and zone."""
        return _TIME(time, clock(time, self.zone, self.now))

    def _on(self, time: str) -> Markup:
        """The day; time and zone on pointing at it."""
        return _DAY(time, clock(time, self.zone, self.now), day(time, self.zone, self.now))

    def _aged(self, time: str) -> Markup:
        """How old it was at the pass, and the time; a table's caption says when that was."""
        if self.now is None:
            return self.when(time)
        return _AGE("this pass" if self._within(time) else age(time, self.now), self.when(time))

    def _within(self, time: str) -> bool:
        assert self.now is not None
        return self.end is not None and 0 <= seconds_between(self.now, time) <= seconds_between(self.now, self.end)

    def is_new(self, time: str) -> bool:
        """Whether it began after the pass before: backups, and most else, precede the pass that finds what is wrong."""
        assert self.now is not None
        return seconds_between(self.before, time) > 0 if self.before else seconds_between(self.now, time) >= 0

    def _since(self, time: str) -> Markup:
        """For how long, and since when, or that it is new."""
        if self.now is None:
            return self.when(time)
        if self.is_new(time):
            return _SINCE(NOTHING, "new tonight", self.when(time))
        return _SINCE(_LASTS, age(time, self.now), _AND_SINCE(self.when(time)))

    def stated(self, thing: Record, text: str | Markup) -> str | Markup:
        """A value is known, stale, unknown or never seen: four different looks, and zero is a known one."""
        standing, value = thing["standing"], thing["value"]
        if standing == "known" and value is not None:
            return text
        if standing == "never":
            return _NEVER
        source = thing["provenance"]
        if value is None:
            reason = source["reason"] if source else ""
            return _UNKNOWN(_SMALL("unknown", reason) if reason else "unknown")
        read = source["asked"] if source else thing["time"]
        if standing == "unknown":
            return _UNKNOWN(_SMALL("unknown", _WAS(text, _ON(self.on(read)) if read else NOTHING)))
        return _STALE(_SMALL(text, _ENDS(_READ(self.on(read)) if read else NOTHING)))

    def amount(self, metric: Record) -> str | Markup:
        """A number with its unit."""
        value = metric["value"]
        return self.stated(metric, "" if value is None else number(value, metric["unit"]))

    def word(self, state: Record) -> str | Markup:
        """A state's own word."""
        return self.stated(state, state["value"])

    def metric(self, subject: Record, name: str) -> str | Markup:
        """The named one of a subject's metrics, or that there is none."""
        found = named(subject["metrics"], name)
        return _NOT_TOLD if found is None else self.amount(found)

    def state(self, subject: Record, name: str) -> str | Markup:
        """The named one of a subject's states, or that there is none."""
        found = named(subject["states"], name)
        return _NOT_TOLD if found is None else self.word(found)

    def standing(self, subject: Record, problems: Iterable[Record]) -> Markup:
        """How a subject stands: never seen, gone, not judged, or what the worst problem with it is called."""
        level = subject["level"]
        if not subject["last_seen"]:
            return badge(level, "Never seen")
        if not subject["present"]:
            return _SMALL(badge(level, "Gone"), _LAST_SEEN(self.on(subject["last_seen"])))
        for problem in problems:
            if problem["subject"] == subject["name"]:
                return badge(problem["level"], problem["rule"].capitalize())
        if not subject["selected"]:
            return _NOT_JUDGED
        return badge(level, "OK" if level == "ok" else "")
