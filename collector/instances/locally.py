"""Numbers as a locale writes them, where pictures hold them."""

from __future__ import annotations

from dataclasses import dataclass

from babel.numbers import format_percent, get_decimal_symbol, get_group_symbol

from collector.amounts import NARROW, amount


@dataclass(frozen=True, slots=True)
class Locally:
    """A locale by its name, such as `de_CH`."""

    locale: str

    def amount(self, value: float, unit: str) -> str:
        """A number with its unit."""
        signs = {ord("."): get_decimal_symbol(self.locale), ord(NARROW): get_group_symbol(self.locale)}
        return amount(value, unit).translate(signs)

    def share(self, ratio: float) -> str:
        """A ratio as a percentage."""
        return str(format_percent(ratio, "#,##0.0 %", locale=self.locale))
