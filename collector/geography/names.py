"""What countries are called."""

from __future__ import annotations

from functools import cache

from babel import Locale


@cache
def country_name(code: str, locale: str) -> str:
    """The name of a country in a locale such as `en_GB`, by Unicode's CLDR; its code if that has none."""
    return str(Locale.parse(locale).territories.get(code) or code)
