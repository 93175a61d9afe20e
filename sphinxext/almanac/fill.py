"""Frames and an export become pages. Knows neither Sphinx nor docutils, and reads never what it wrote."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import escape

from sphinxext.almanac import settled
from sphinxext.almanac.bring import bring_along, remove, replace
from sphinxext.almanac.clusters import FEW, FINE, UNOWNED, host_style, style_of, wanting
from sphinxext.almanac.compare import compared, scale_of
from sphinxext.almanac.compiled import Compiled, kept_in
from sphinxext.almanac.each import TITLE, Mould, Thing, lots
from sphinxext.almanac.elements import Elements
from sphinxext.almanac.export import Export, Record
from sphinxext.almanac.find import Gone, days_of, find, item_page, nodes_of, problems_of
from sphinxext.almanac.format import FILTERS
from sphinxext.almanac.index import FillError, Index
from sphinxext.almanac.locally import Locally
from sphinxext.almanac.origins import Origins
from sphinxext.almanac.outlets import is_outlet, outlets
from sphinxext.almanac.place import Place
from sphinxext.almanac.running import LEVELS, level_of
from sphinxext.almanac.searching import SEARCH, search_index
from sphinxext.almanac.slots import FIELDS, WITHIN, Selector, filled, pieces
from sphinxext.almanac.titles import reading_words, subject_words
from sphinxext.almanac.weeks import weeks

TEMPLATES = Path(__file__).with_name("templates")
PULSE = "data/pulse.txt"
"""A digest of all pages, written after them: whoever shows one asks this small file whether there is a newer."""
_METHODS = frozenset(dir(dict))
_BROUGHT = re.compile(r"charts/.*\.png|data/(?:nodes/|series/[^/]+/)?[^/]+\.json")


@dataclass(frozen=True, slots=True)
class Filled:
    """How many pages were written, and how many were already as they should be."""

    written: int
    unchanged: int


class Page(NamedTuple):
    """A page: its path, its text, None if what stands there is right, and of one that is settled what it is made of."""

    path: str
    text: str | None
    seal: str = ""


class Made(NamedTuple):
    """A page that stands there: its path, a digest of what it tells, and whether it had to be written."""

    path: str
    digest: bytes
    is_written: bool


Lot = Iterable[Page]
"""Pages that are rendered when it is gone through, which may be in any order and in any process."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a site is filled.

    ready: is called with the pages that were written before anything is brought along, for an export whose pictures may
    still be drawn until it returns.

    unseen: nobody reads the site before it is whole, so what stands there may go first, which is faster.

    spread: `map`, or what does the same by several processes.
    """

    ready: Callable[[Sequence[str]], object] | None = None
    unseen: bool = False
    spread: Callable[[Callable[[Lot], list[Made]], Sequence[Lot]], Iterable[list[Made]]] = map


def fill(frames_dir: Path, told: Path | Export, out_dir: Path, manner: Manner = Manner()) -> Filled:
    """Makes each page of `out_dir` from its frame and brings pictures and JSON along. What is right is not touched.

    told: the folder of an export, or that as it was opened for more than this.

    Raises FillError or ExportError (frames or export not whole), OSError, and what the manner's members raise; a page
    is there whole, the new one or the one before; where nobody reads the site, or not at all.
    """
    index, export = Index.read(frames_dir), told if isinstance(told, Export) else Export(told)
    templates = environment(export, Compiled(kept_in(TEMPLATES, frames_dir)))
    root = Place(export, index.targets, index.moulds, "index.html")
    every: list[Lot] = [*_cast(frames_dir, index, templates, export, out_dir)]
    if index.outlets:
        every.append(Page(*one) for one in outlets(templates, root))
    every += _framed(frames_dir, index, templates, export)  # one page each: last, so that all end about at once
    pages = [*chain.from_iterable(manner.spread(partial(_put, out_dir, manner.unseen), every))]
    made, written = {page.path for page in pages}, [f"{out_dir}/{page.path}" for page in pages if page.is_written]
    _remove_others(index, made, out_dir)
    if manner.ready is not None:
        manner.ready(written)
    bring_along(export.folder, out_dir, lambda path: path != PULSE and is_brought(path))
    if index.search is not None:
        replace(out_dir / SEARCH, search_index(root, index.search).encode("utf-8", "surrogateescape"))
    pulse = sha256(b"".join(page.path.encode() + b"\0" + page.digest for page in pages))
    replace(out_dir / PULSE, f"{pulse.hexdigest()[:16]}\n".encode())
    return Filled(len(written), len(made) - len(written))


def _put(out_dir: Path, unseen: bool, lot: Lot) -> list[Made]:
    """Brings pages to their places."""
    made = []
    for path, text, seal in lot:
        content = (text or "").encode("utf-8", "surrogateescape")
        is_written = text is not None and replace(f"{out_dir}/{path}", content, unseen)
        made.append(Made(path, sha256(seal.encode() or content).digest(), is_written))
    return made


def _framed(frames: Path, index: Index, templates: Templates, export: Export) -> Iterator[Lot]:
    """Pages with a frame of their own, each for itself."""

    def framed(page: str, file: str) -> Iterator[Page]:
        press = Press(templates, Place(export, index.targets, index.moulds, file), page)
        yield Page(file, press.origins.added(filled(_frame(frames / file), press.render)))

    return (framed(page, file) for page, file in index.pages.items())


def _cast(frames: Path, index: Index, templates: Templates, export: Export, out_dir: Path) -> Iterator[Lot]:
    """Pages of objects."""
    for kind, mould in index.moulds.items():
        press = Press(
            templates, Place(export, index.targets, index.moulds, mould.file), mould.frame, kind in settled.KINDS
        )
        casting = _Casting(kind, mould, frames / mould.frame, press)
        yield from (casting.pages(lot, out_dir) for lot in lots(export, kind))


def _frame(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8", "surrogateescape")
    except OSError as error:
        raise FillError(f"{file}: is lost; build the pages anew with sphinx-build -E -a") from error


class _Casting:
    """From the objects of a kind to their pages. What these have in common is rendered when the first is made."""

    def __init__(self, kind: str, mould: Mould, frame: Path, press: Press) -> None:
        self._kind, self._mould, self._frame, self._press = kind, mould, frame, press

    def pages(self, things: Iterable[Thing], out_dir: Path) -> Iterator[Page]:
        """Those of objects, rendered as they are asked for."""
        for thing in things:
            path, end = self._mould.file_of(thing.page), self._seal.of(thing) if self._seal else ""
            stays = self._seal is not None and settled.stands(out_dir / path, end)
            yield Page(path, None if stays else self._page(thing) + end, end)

    def _page(self, thing: Thing) -> str:
        parts, mark = self._common
        self._press.origins.back(mark)
        # Themes may put a title into a script, where a backslash would mean something.
        made = {"title": str(escape(thing.title)).replace("\\", "&#92;"), "each": self._press.render(thing.selector)}
        page = "".join(part if isinstance(part, str) else made[part["slot"]] for part in parts)
        return self._press.origins.added(page)

    @cached_property
    def _common(self) -> tuple[Sequence[str | Selector], int]:
        """The parts of each page, and the mark of where the origins of what stands in them end."""
        parts = list(_parts(self._kind, _frame(self._frame), self._press.render))
        return parts, self._press.origins.mark()

    @cached_property
    def _seal(self) -> settled.Seal | None:
        return settled.Seal(self._common[0]) if self._kind in settled.KINDS else None


def _parts(kind: str, frame: str, render: Callable[[Selector], str]) -> Iterator[str | Selector]:
    """What the pages of a mould have in common, as text, and between it the places of title and object."""
    for piece in pieces(frame):
        if isinstance(piece, str):
            first, *rest = piece.split(TITLE)
            yield first
            for text in rest:
                yield from ({"slot": "title"}, text)
        else:
            yield piece if piece == {"slot": "each", "kind": kind} else render(piece)


def _remove_others(index: Index, made: set[str], out_dir: Path) -> None:
    """Takes away pages and badges of objects that are there no more."""
    for pattern in (*(mould.glob for mould in index.moulds.values()), "feed.xml", "badges/**/*.svg"):
        for file in sorted(out_dir.glob(pattern)):
            path = file.relative_to(out_dir).as_posix()
            if (index.makes(path) or is_outlet(path)) and path not in made:
                remove(file)


class Templates(Environment):
    """Jinja2's `record.name` tries the attribute, then the item; here it is the item that nearly always is there.

    words: what all slots share; no globals of Jinja2, for it makes a set of these for every part that is imported.
    """

    words: Mapping[str, Any] = {}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """The member of a record, unless it has the name of a method: a node may be called `values`."""
        if attribute not in _METHODS and isinstance(obj, Record) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


def environment(export: Export, compiled: Compiled | None = None) -> Templates:
    """The templates of the slots. Text is escaped in all of them; what is not defined is an error."""
    made = Templates(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=compiled,
    )
    elements = Elements(export.manifest)
    made.filters.update(FILTERS, **elements.filters(), **Locally(export).filters())
    made.filters.update(
        document_of=export.node,
        called=reading_words,
        weeks=weeks,
    )
    made.words = dict(
        FILTERS,
        export=export,
        now=elements.now,
        as_of=elements.as_of,
        is_new=elements.is_new,
        kinds=frozenset(file.stem for file in TEMPLATES.glob("kinds/*.html")),
        nodes_of=partial(nodes_of, export),
        compared=compared,
        scale_of=scale_of,
        subject_words=subject_words,
        item_page=partial(item_page, export),
        days_of=partial(days_of, export),
        problems_of=partial(problems_of, export),
        part_levels=LEVELS,
        level_of=level_of,
        style_of=style_of,
        host_style=host_style,
        wanting=wanting,
        fine=FINE,
        few=FEW,
        unowned=UNOWNED,
    )
    return made


class Press:
    """Renders the slots of one page. settled: whether it shall say nothing of the last pass."""

    def __init__(self, templates: Templates, place: Place, page: str, settled: bool = False) -> None:
        self.templates, self.export = templates, place.export
        self.origins = Origins(place.export, place.link, templates.filters)
        words = {"sourced": self.origins.sourced, "judged": self.origins.judged}
        told = {**place.words(), **words, "page": page, "settled": settled}
        self.shared = {**templates.globals, **templates.words, **told}

    def render(self, selector: Selector) -> str:
        """A slot's HTML. A thing that has gone is said to be gone."""
        found = find(self.export, selector)
        if isinstance(found, Gone):
            return self._template("gone", asdict(found) | {"inline": selector["slot"] in WITHIN})
        fields: dict[str, Any] = dict.fromkeys(FIELDS.get(selector["slot"], ())) | dict(selector)
        node = selector.get("node")
        document = self.export.node(node) if node is not None else None
        return self._template(selector["slot"], fields | {"found": found, "document": document})

    def _template(self, name: str, fields: Mapping[str, Any]) -> str:
        """As Template.render, which would copy all that is shared one by one for each slot."""
        template = self.templates.get_template(f"slots/{name}.html")
        return "".join(template.root_render_func(template.new_context({**self.shared, **fields}, shared=True)))


def is_brought(path: str) -> bool:
    """Whether a file below a site's root is no page, and `fill` brought it there from an export or made it."""
    return path in (PULSE, SEARCH) or is_outlet(path) or _BROUGHT.fullmatch(path) is not None
