"""What a site gives besides pages: badges of nodes, hubs and environments as SVG, and an Atom feed of the problems.

    badges/PAGE.svg     a state by word, sign and colour; PAGE is the thing's page in the export, `badges/nodes/SDU.svg`
    feed.xml            RFC 4287, an entry a problem, the newest first
    calendar.ics        RFC 5545: maintenance, when backups are due, when disks are forecast to be full

Made where `conf.py` says `almanac_outlets = True`: in a project of one's own a feed may have other things to tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from unicodedata import east_asian_width
from urllib.parse import urljoin
from uuid import NAMESPACE_URL, uuid5

from jinja2 import Environment

from sphinxext.almanac import ics
from sphinxext.almanac.export import Record
from sphinxext.almanac.format import look
from sphinxext.almanac.place import Place
from sphinxext.almanac.titles import problem_title

FEED = "feed.xml"
CALENDAR = "calendar.ics"
_MADE = re.compile(r"feed\.xml|calendar\.ics|badges/.+\.svg")
_LETTER, _PADDING = 6.6, 16
"""Pixels: a letter of 11 px in the sans-serif fonts that browsers have, and the space beside a badge's word."""


def is_outlet(path: str) -> bool:
    """Whether a file below a site's root is one of these."""
    return _MADE.fullmatch(path) is not None


def outlets(templates: Environment, place: Place) -> Iterator[tuple[str, str]]:
    """The path of each file, and its text. `place` is the root of the site."""
    manifest = place.export.manifest
    badge = templates.get_template("outlets/badge.svg")
    for entry in chain(manifest.nodes.values(), manifest.hubs.values(), manifest.environments.values()):
        _, word, sign = look(entry.level)
        sides = [(text, width(text)) for text in (entry.name, f"{sign} {word}")]
        yield f"badges/{entry.page}.svg", badge.render(sides=sides, level=entry.level, name=entry.name, word=word)
    yield CALENDAR, _calendar(place)
    yield FEED, templates.get_template("outlets/feed.xml").render(_feed(place))


def width(text: str) -> int:
    """About how many pixels a text takes in a badge; wide letters count twice."""
    return round(sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text) * _LETTER) + _PADDING


def _feed(place: Place) -> dict[str, object]:
    """What the feed's template shows. Links are absolute where the site knows its address, else as from the feed."""
    manifest = place.export.manifest
    base = f"{manifest.url.rstrip('/')}/" if manifest.url else ""
    newest_first = sorted(manifest.problems, key=lambda one: (one.since, one.page), reverse=True)
    night = manifest.last_pass
    return {
        "title": manifest.title,
        "id": _identity(manifest, FEED),
        "made": night.started if night else "1970-01-01T00:00:00Z",
        "address": urljoin(base, FEED) if base else "",
        "home": urljoin(base, place.link("index")) if base else place.link("index"),
        "problems": [
            (
                one,
                problem_title(one),
                urljoin(base, place.link(one.page)),
                _runbook(place, base, one),
                _identity(manifest, one.page, one.since, one.level),  # that it got worse is news
            )
            for one in newest_first
        ],
    }


def _runbook(place: Place, base: str, problem: Record) -> str:
    """Where it is said what to do, empty if nowhere."""
    link = place.link(problem.get("runbook", ""))
    return urljoin(base, link) if link else ""


def _calendar(place: Place) -> str:
    manifest = place.export.manifest
    base = f"{manifest.url.rstrip('/')}/" if manifest.url else ""
    night = manifest.last_pass
    entries = manifest.get("calendar", ())
    links = [urljoin(base, place.link(one.page)) if base and place.link(one.page) else "" for one in entries]
    events = [(one, _identity(manifest, one.uid), link) for one, link in zip(entries, links, strict=True)]
    return ics.calendar(manifest.title, night.started if night else "1970-01-01T00:00:00Z", events)


def _identity(manifest: Record, *words: str) -> str:
    """A name that stays the same from night to night: readers know by it what they have shown already."""
    return uuid5(NAMESPACE_URL, "\n".join((manifest.url or manifest.title, *words))).urn
