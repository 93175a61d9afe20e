"""Markup with places for text: whatever is put there is escaped, unless it is markup itself."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup, escape

Part = str | int | Markup
"""A text, a whole number, or markup."""
NOTHING = Markup()
_SAFE = (Markup, int)


def element(template: str) -> Callable[..., Markup]:
    """A function from the parts for each `%s` to the whole: what `Markup(template) % parts` does, in half the time."""

    def made(*parts: Part) -> Markup:
        escaped = [part if isinstance(part, _SAFE) else escape(part) for part in parts]
        return str.__new__(Markup, template % tuple(escaped))  # of a text Markup() makes just that, after a look at it

    return made


def together(parts: list[Markup]) -> Markup:
    """Elements in a row."""
    return Markup("".join(parts))  # noqa: S704 - each is markup
