"""Reads a built page as a browser would, and notes what must not be in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "img", "source", "br", "hr", "input", "col", "wbr"}
APART = {"td", "th", "dt", "dd", "small"}
"""A browser sets these apart; their text shall not run together here either."""


@dataclass
class Page(HTMLParser):
    """What was found: tags in order, ids, links, text, and faults of the markup, each in words."""

    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    text: str = ""
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.tags.append((tag, named))
        if len(named) != len(attrs):
            self.faults.append(f"an attribute stands twice in {self.get_starttag_text()}")
        self.faults += [f"inline {name} in {tag}" for name in named if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and not named.get("src")):
            self.faults.append(f"inline {tag}")
        if tag in APART:
            self.text += " "
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> ends nothing, line {self.getpos()[0]}")

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        if data.startswith("almanac"):
            self.faults.append(f"a slot was left: {data}")

    def all(self, tag: str, attribute: str) -> list[str]:
        """The values of an attribute wherever the tag has it."""
        return [attrs[attribute] or "" for name, attrs in self.tags if name == tag and attribute in attrs]

    def count(self, tag: str) -> int:
        """How often a tag stands in the page."""
        return sum(name == tag for name, _ in self.tags)


def read(html: str) -> Page:
    """A page, read to its end; tags that were never closed are faults too, and so are ids given twice."""
    page = Page()
    page.feed(html)
    page.close()
    page.faults += [f"<{tag}> is never closed" for tag in page._open]
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    page.faults += [f"the id {one} is given twice" for one in sorted({str(i) for i in ids if ids.count(i) > 1})]
    return page
