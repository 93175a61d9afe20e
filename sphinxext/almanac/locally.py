"""Times and numbers as a locale writes them, for the pages of instances. Babel is loaded only where there are some."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from sphinxext.almanac.export import Export
from sphinxext.almanac.format import NARROW, age, number
from sphinxext.almanac.markup import element

_TIME = element('<time datetime="%s">%s</time>')
_AGE = element('<span class="age">%s <small>%s</small></span>')
_STALE = element('<span class="stale">%s <small>as of %s (stale)</small></span>')


class Locally:
    """The filters of one export, by its zone and its registry's locale."""

    def __init__(self, export: Export) -> None:
        self._export = export
        self._zone = ZoneInfo(export.manifest.time_zone)
        self._signs = cache(self._read_signs)
        self.local_time = cache(self._local_time)

    def filters(self) -> dict[str, Callable[..., str | Markup]]:
        """By the names that templates know."""
        names = ("local_time", "local_date", "local_number", "local_share", "local_aged", "local_told")
        return {name: getattr(self, name) for name in names}

    @property
    def _locale(self) -> str:
        registry = self._export.registry
        return registry.locale if registry else "en_GB"

    def _local_time(self, time: str) -> Markup:
        """Day, time and zone, as `22 Nov 2026, 03:10:00 CST`."""
        from babel.dates import format_datetime  # noqa: PLC0415  it takes longer to load than most pages to fill

        local = datetime.fromisoformat(time).astimezone(self._zone)
        name = local.tzname() or ""
        written = format_datetime(local, "medium", tzinfo=self._zone, locale=self._locale)
        return _TIME(time, f"{written} {name if name[:1].isalpha() else f'UTC{name}'}")

    def local_date(self, time: str) -> Markup:
        """The day."""
        from babel.dates import format_date  # noqa: PLC0415

        local = datetime.fromisoformat(time).astimezone(self._zone)
        return _TIME(time, format_date(local.date(), "medium", locale=self._locale))

    def local_aged(self, time: str) -> Markup:
        """How old it was at the pass, and the time."""
        now = self._export.manifest.last_pass.started
        old = age(time, now)
        return _AGE("this pass" if time >= now else old, self.local_time(time))

    def local_number(self, value: float, unit: str) -> str:
        """A number with its unit, its decimal point and what parts thousands as the locale has them."""
        return number(value, unit).translate(self._signs())

    def local_share(self, ratio: float) -> str:
        """A ratio as a percentage."""
        from babel.numbers import format_percent  # noqa: PLC0415

        return str(format_percent(ratio, "#,##0.0 %", locale=self._locale))

    def local_told(self, told: Any) -> str | Markup:
        """A value of an instance: a word as it is, a number in the locale; with its day where it is not of now."""
        value = told["value"]
        written = value if isinstance(value, str) else self.local_number(value, told["unit"])
        return written if told["standing"] == "known" else _STALE(written, self.local_date(told["time"]))

    def _read_signs(self) -> dict[int, str]:
        from babel.numbers import get_decimal_symbol, get_group_symbol  # noqa: PLC0415

        decimal, group = get_decimal_symbol(self._locale), get_group_symbol(self._locale)
        return {ord("."): decimal, ord(NARROW): group}
