"""What on a page leads elsewhere, links and pictures, as seen from the place of that page in the site."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from sphinxext.almanac.arrange import foremost
from sphinxext.almanac.each import FOLDERS, Mould
from sphinxext.almanac.export import Export, Record
from sphinxext.almanac.format import look, plural, zone_names
from sphinxext.almanac.markup import NOTHING, element, together
from sphinxext.almanac.titles import reading_words

_KINDS = {folder: kind for kind, folder in FOLDERS.items()}
SPANS = {"week": "A week", "month": "A month", "year": "A year", "all": "All time"}

OPEN = ("month", "year")
"""The spans seen at first sight where all are shown."""

_LINK = element('<a%s href="%s">%s</a>')
_WORDS = element("<span%s>%s</span>")
_CLASS = element(' class="%s"')
_CELL = element('<a%s class="%s" title="%s" aria-label="%s">%s</a>')
_HREF = element(' href="%s"')
_PICTURE = element(
    '<picture><source media="(prefers-color-scheme: dark)" srcset="%s">'
    '<img src="%s" width="%s" height="%s" alt="%s" loading="lazy"></picture>'
)
_FIGURE = element("<figure%s><figcaption><b>%s</b> <span>%s</span></figcaption>%s%s</figure>")
_ID = element(' id="%s"')
_SERIES = element(
    ' data-series="%s" data-years="%s" data-metric="%s" data-unit="%s" data-name="%s"'
    ' data-zone="%s" data-zones="%s" data-levels="%s"'
)
_FOLDED = element("<details><summary>%s</summary>%s</details>")


@dataclass(frozen=True, slots=True)
class Place:
    """A page's place: `file` is its path below the site's root, `targets` the URL of each page of the site that has RST
    of its own, `moulds` tell those of objects."""

    export: Export
    targets: Mapping[str, str]
    moulds: Mapping[str, Mould]
    file: str

    @property
    def root(self) -> str:
        """The way up to the site's root: empty, `../`, `../../`."""
        return "../" * self.file.count("/")

    def words(self) -> dict[str, Any]:
        """What templates use, by name."""
        return {
            "root": self.root,
            "link": self.link,
            "to": self.to,
            "about": self.about,
            "linked": cache(self.linked),  # the same few hubs and environments stand down a column
            "cell": self.cell,
            "figure": self.figure,
            "picture": self.picture,
            "stacked": self.stacked,
            "series": self.series,
        }

    def link(self, page: str) -> str:
        """The URL of a page as seen from this one, empty if the site has no such page."""
        target = self.targets.get(page)
        if target is None:
            mould = self.moulds.get(_KINDS.get(page.partition("/")[0], ""))
            return self.root + mould.url_of(page) if mould else ""
        return self.root + target or "./"

    def about(self, node: str, subject: Record | None, text: str | Markup, style: str = "") -> Markup:
        """A link to a subject's page; where the site has none, or for None, to the page of its node."""
        if subject is not None and self.link(subject["page"]):
            return self.to(subject["page"], text, style=style)
        entry = self.export.nodes[node]
        return self.to(entry["page"], text, subject["anchor"] if subject else "", style)

    def to(self, page: str, text: str | Markup, anchor: str = "", style: str = "") -> Markup:
        """A link to a page; a site need not have a page for everything: then the words stand alone."""
        url, dressed = self.link(page), _CLASS(style) if style else NOTHING
        if not url:
            return _WORDS(dressed, text)
        return _LINK(dressed, f"{url}#{quote(anchor)}" if anchor else url, text)

    def linked(self, kind: str, name: str) -> Markup | str:
        """The name of a node, hub or environment; one that has left the configuration has no page."""
        entry = self.export.entry(kind, name)
        return self.to(entry["page"], name) if entry else name

    def cell(self, entry: Record) -> Markup:
        """A node of the fleet as one sign, its words on pointing at it."""
        style, word, sign = look(entry["level"])
        problems, url = entry["problems"], self.link(entry["page"])
        said = f"{entry['name']}: {word}" + (f", {plural(problems, 'problem')}" if problems else "")
        return _CELL(_HREF(url) if url else NOTHING, style, said, said, sign)

    def picture(self, chart: Record) -> Markup:
        """A chart in both palettes; the browser takes the one that suits the reader."""
        dark, light = (self.root + quote(chart[palette]) for palette in ("dark", "light"))
        return _PICTURE(dark, light, chart["width"], chart["height"], chart["alt"])

    def stacked(self, charts: list[Record]) -> Markup:
        """A metric's charts one below the other, the longest spans folded away."""
        figures = [
            _FIGURE(NOTHING, _span(chart), "", self.picture(chart), NOTHING)
            if chart["range"] in OPEN
            else _FOLDED(_span(chart), self.picture(chart))
            for chart in charts
        ]
        return together(figures)

    def series(self, subject: Record, metric: Record, name: str = "") -> Markup:
        """Attributes for what holds a metric's charts: where its numbers are, so that script can look into it. `name`:
        what they are called, where the metric alone does not tell."""
        files: dict[str, str] = subject["series"]
        if not files:
            return NOTHING
        years = list(files)
        file = files[years[0]].removesuffix(f".{years[0]}.json")
        levels = json.dumps(
            [{"value": one["value"], "level": one["level"], "side": one["side"]} for one in metric["thresholds"]]
        )
        name, zone = name or reading_words(metric["name"], subject["kind"]), self.export.manifest["time_zone"]
        address = f"{self.root}data/{quote(file)}"
        return _SERIES(address, " ".join(years), metric["name"], metric["unit"], name, zone, zone_names(zone), levels)

    def figure(
        self, charts: list[Record], title: str | Markup, note: str = "", anchor: str = "", attributes: Markup = NOTHING
    ) -> Markup:
        """A metric's charts: a year at first sight, other spans folded away."""
        shown = foremost(charts)
        folded = [_FOLDED(_span(chart), self.picture(chart)) for chart in charts if chart is not shown]
        named = _ID(anchor) if anchor else NOTHING
        return _FIGURE(named + attributes, title, note, self.picture(shown), together(folded))


def _span(chart: Record) -> str:
    span: str = chart["range"]
    return SPANS.get(span, span)
