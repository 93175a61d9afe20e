"""Where the values of a page come from: each is a button, and opens what is told of the answer behind it.

Popovers of HTML, so that no script is needed; one for each distinct answer, not one a value. They stand at the end of
the page: a browser that knows no popovers shows them there, with a heading.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from markupsafe import Markup

from sphinxext.almanac.arrange import named
from sphinxext.almanac.export import Export, Record
from sphinxext.almanac.format import grouped, spent
from sphinxext.almanac.markup import NOTHING, element, together

_NOT_TOLD = Markup('<span class="none">not told</span>')
_VALUE = element("<button popovertarget=o%s value=%s>%s</button>")
_STATE = element("<button popovertarget=o%s>%s</button>")
_ASIDE = element(
    '<aside class="almanac origins" aria-label="Where values come from"><h2>Where values come from</h2>%s</aside>'
)
_ORIGIN = element("<div popover id=o%s><p><b>%s</b> on %s</p><dl>%s</dl><p>%s</p></div>")
_LINE = element("<dt>%s</dt><dd>%s</dd>")
_ANSWER = element("%s, pass %s")
_MORE = element('<a href="%s#sources-%s">All its sources</a>')
_NEVER = "Declared in almanac.toml; no answer has had it yet"
_IMPORTED = "Imported history; no pass has read it"
_FOREMOST = (("states", "state"), ("metrics", "size"), ("metrics", "used_ratio"), ("metrics", "temperature"))


class Origins:
    """The answers behind the values of one page. `link` gives a page's URL, `filters` the elements of templates."""

    def __init__(self, export: Export, link: Callable[[str], str], filters: Mapping[str, Callable[..., Any]]) -> None:
        self._export, self._link, self._filters = export, link, filters
        self._numbers: dict[Hashable, int] = {}
        self._node = ""
        self._known: dict[Hashable, Markup] = {}
        self._told: list[Markup] = []

    def sourced(self, reading: Record | None, node: str, said: Markup | None = None) -> Markup:
        """A metric or state as its button, perhaps in other words than its own, or that there is none."""
        if reading is None:
            return _NOT_TOLD
        number, value = self._number(reading, node), reading["value"]
        if said is not None or "unit" not in reading:
            return _STATE(number, self._filters["word"](reading) if said is None else said)
        text = self._filters["amount"](reading)
        if value is None or (reading["unit"] not in ("bytes", "seconds") and abs(value) < 1000):
            return _STATE(number, text)
        return _VALUE(number, f"{value:.6g}", text)  # what to sort by: rounded, two sizes may look alike

    def judged(self, subject: Record, document: Record) -> Markup:
        """How a subject stands, as the button of the reading that says most about it."""
        words: Markup = self._filters["standing"](subject, document["problems"])
        reading = _foremost(subject)
        return words if reading is None else _STATE(self._number(reading, document["name"]), words)

    def _number(self, reading: Record, node: str) -> int:
        first, last = reading["provenance"], _last(reading)
        answers = (
            answer and tuple(answer.values()) if isinstance(answer, Record) else answer for answer in (first, last)
        )
        key = (node, reading["standing"], *answers)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._told)
            if node != self._node:
                self._node, self._known = node, {}
            if key not in self._known:  # the pages of a node's subjects tell of the same few answers
                self._known[key] = self._lines(reading, node)
            self._told.append(self._origin(number, reading, node, self._known[key]))
        return number

    def _origin(self, number: int, reading: Record, node: str, lines: Markup) -> Markup:
        answer = reading["provenance"]
        page = self._export.nodes[node].page
        url = self._link(page)
        more = _MORE(url, page.rpartition("/")[2]) if url else NOTHING
        return _ORIGIN(number, answer.source if answer else "No source", node, lines, more)

    def _lines(self, reading: Record, node: str) -> Markup:
        when, answer, last = self._filters["when"], reading["provenance"], _last(reading)
        lines = []
        if answer is None:
            lines.append(_LINE("Read", _NEVER if reading["standing"] == "never" else _IMPORTED))
        else:
            lines.append(_LINE("First read", _ANSWER(when(answer.asked), grouped(answer.pass_id))))
            if isinstance(last, Record):
                lines.append(_LINE("Last confirmed", _ANSWER(when(last.asked), grouped(last.pass_id))))
            elif last:
                lines.append(_LINE("Last confirmed", when(last)))
            lines += _ended(last if isinstance(last, Record) else answer)
        if why := self._why(reading, node):
            lines.append(_LINE("Now " + reading["standing"], why))
        return together(lines)

    def _why(self, reading: Record, node: str) -> str:
        """Why a value was not read in the last pass, as far as that is told."""
        document, answer = self._export.node(node), reading["provenance"]
        if reading["standing"] not in ("stale", "unknown") or document is None:
            return ""
        source = named(document["sources"], answer["source"]) if answer else None
        why: str = (source["reason"] if source else "") or document["reason"]
        return why or "the last pass did not have it"

    def mark(self) -> int:
        """How many there are so far, for `back`."""
        return len(self._told)

    def back(self, mark: int) -> None:
        """Forgets all that came since."""
        del self._told[mark:]
        while len(self._numbers) > mark:
            self._numbers.popitem()

    def added(self, page: str) -> str:
        """A page with its popovers."""
        if not self._told:
            return page
        before, end, after = page.rpartition("</body>")
        return f"{before}{_ASIDE(together(self._told))}{end}{after}" if end else page


def _last(reading: Record) -> Record | str | None:
    """The answer that confirmed a reading since it was first told; of a state only when that was; None if none has."""
    first = reading["provenance"]
    if "unit" in reading:
        confirmed: Record | None = reading.get("confirmed")
        return confirmed if confirmed != first else None
    time: str | None = reading["time"]
    return time if first and time != first["asked"] else None


def _ended(answer: Record) -> list[Markup]:
    """How long an answer took and how it ended."""
    lines = [] if answer.took is None else [_LINE("Took", spent(answer.took))]
    status = "" if answer.status is None else f", exit status {answer.status}"
    reason = f": {answer.reason}" if answer.reason else ""
    return [*lines, _LINE("Outcome", f"{answer.outcome}{status}{reason}")]


def _foremost(subject: Record) -> Record | None:
    """The reading that stands for a subject as a whole, None if it has none."""
    for table, name in _FOREMOST:
        if found := named(subject[table], name):
            return found
    readings = [*subject["metrics"], *subject["states"]]
    return readings[0] if readings else None
