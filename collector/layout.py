"""How backups are laid out in a folder: templates such as `{name}/{yyyy}-{mm}-{dd}/{file}.tar.gz`, read both ways.

A template is a path below the folder in which fields stand in braces; everything else is taken as it is written:

    {kind} {name}       a repository kind and an item's name; the item is `kind/name`, or `name` where there is no kind
    {yyyy} {mm} {dd}    the local date of the backup       {HH} {MM} {SS}    its time of day
    {n}                 a number of one to four digits: of a rotation (the lowest is the newest) or of a repetition
    {rev}               a revision, letters and digits     {file}            any text
    {sep}               one of - _ . T or nothing          {ext}             the ending of a tarball, see ENDINGS

No field matches a slash, and no name begins with a dot. Each field but {sep} may stand once. A template without a
date takes the file's time of modification. The same templates become `sed` commands (`Layout.sed`) and `find`
patterns (`Layout.globs`), so that a node can tell which tarball is the newest of its item.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property

ENDINGS = ("tar.gz", "tgz", "tar.bz2", "tbz2", "tar.xz", "txz", "tar.zst", "tzst", "tar")

_TEXT = ("[^/.][^/]*?", "[^/.][^/]*", "*")
_FIELDS = {  # as Python's regular expression, as POSIX's basic one, as a pattern of find -name
    "kind": _TEXT,
    "name": _TEXT,
    "file": _TEXT,
    "yyyy": ("[0-9]{4}", r"[0-9]\{4\}", "[0-9]*"),
    "mm": ("[0-9]{2}", "[01][0-9]", "[0-9]*"),  # sed takes no date for another that can't be; Python says what is wrong
    "dd": ("[0-9]{2}", "[0-3][0-9]", "[0-9]*"),
    "HH": ("[0-9]{2}", "[0-2][0-9]", "[0-9]*"),
    **dict.fromkeys(("MM", "SS"), ("[0-9]{2}", "[0-5][0-9]", "[0-9]*")),
    "n": ("[0-9]{1,4}", r"[0-9]\{1,4\}", "[0-9]*"),
    "rev": ("[0-9A-Za-z]+", "[0-9A-Za-z][0-9A-Za-z]*", "*"),
    "sep": ("[-_.T]?", r"[-_.T]\{0,1\}", "*"),
    "ext": (f"(?:{'|'.join(map(re.escape, ENDINGS))})", "", ""),  # written out one by one for sed and find
}
_CLOCK = ("yyyy", "mm", "dd", "HH", "MM", "SS")
_DATE = "{yyyy}{sep}{mm}{sep}{dd}"
_TIMES = ("{sep}{HH}{sep}{MM}{sep}{SS}", "{sep}{HH}{sep}{MM}", "")
_BY_ITEM = re.compile(r"(\{kind\})?|(\{kind\}/)?\{name\}(/.*)?")
_REVISION = re.compile("-([0-9]+)(?:-([0-9]{1,9}))?")


def _also_below_a_kind(*templates: str) -> tuple[str, ...]:
    return tuple(folder + template for template in templates for folder in ("", "{kind}/"))


PRESETS = {
    # env's scm-backup: /var/scm/backup/cms02/repos/env/2012/11/13/161023/env-3591.tar.gz
    "scm": ("{kind}/{name}/{yyyy}/{mm}/{dd}/{HH}{MM}{SS}/{file}.{ext}",),
    "dated-folders": _also_below_a_kind(
        *(f"{_DATE}{time}/{{name}}.{{ext}}" for time in _TIMES), "{yyyy}/{mm}/{dd}/{name}.{ext}"
    ),
    "dated-files": _also_below_a_kind(*(f"{{name}}{{sep}}{_DATE}{time}.{{ext}}" for time in _TIMES)),
    "rotations": _also_below_a_kind("{name}.{ext}.{n}", "{name}.{n}.{ext}", "{name}.{ext}"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """What a tarball's path tells. `stamp` is local time without a zone, None where the path holds no date.

    precise: the stamp tells hours and minutes.   number: {n}, or the INDEX of env's NAME-REV-INDEX, else 0.
    revision: {rev}, or the REV of env's NAME-REV; empty if there is none.
    """

    item: str
    stamp: datetime | None
    precise: bool
    number: int
    revision: str


class Template:
    """One template, checked. Raises ValueError that says what is wrong and how to mend it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.parts = _parts(text)
        self.fields = [field for field, _ in self.parts if field]
        _check(self.fields)
        self.pattern = re.compile("".join(_python(field, literal) for field, literal in self.parts))

    def expanded(self) -> Iterator[list[tuple[str, str]]]:
        """The parts with {ext} written out, once for each ending."""
        for ending in ENDINGS if "ext" in self.fields else ("",):
            yield [("", ending) if field == "ext" else (field, literal) for field, literal in self.parts]


class Layout:
    """One or several templates, tried in order. `dated`: paths tell the time; else `rotated` if they are numbered."""

    def __init__(self, *templates: str) -> None:
        self.templates = tuple(Template(text) for text in templates)
        self.dated = any("yyyy" in template.fields for template in self.templates)
        self.rotated = not self.dated and any("n" in template.fields for template in self.templates)

    def read(self, path: str) -> Place:
        """What a path below the folder tells. Raises ValueError with the reason if it fits no template.

        `db-2024-2026-11-24.tar.gz` fits one in the 20th month of 2024, and the next one as it is meant.
        """
        impossible = None
        for template in self.templates:
            if match := template.pattern.fullmatch(path):
                try:
                    return _place(match.groupdict())
                except ValueError as error:
                    impossible = impossible or error
        unlike = "its path has no stamp of the layout" if self.dated else "its path is not of the layout"
        raise impossible or ValueError(unlike)

    @cached_property
    def by_item(self) -> bool:
        """Whether all tarballs of an item lie below its own folder, or just below its kind's."""
        return all(_BY_ITEM.fullmatch(template.text.rpartition("/")[0]) for template in self.templates)

    @cached_property
    def globs(self) -> tuple[str, ...]:
        """Patterns of `find -name` that the file names of all tarballs match (and some others perhaps)."""
        names = {_glob(parts) for template in self.templates for parts in template.expanded()}
        return tuple(sorted(names))

    @cached_property
    def sed(self) -> tuple[str, ...]:
        """Commands for `sed -n` that turn `./PATH` into `ITEM//RANK//./PATH` and leave the rest out.

        RANK is a number: the stamp's digits (the highest is the newest), or {n} (the lowest, or none, is the newest).
        """
        return tuple(command for template in self.templates for parts in template.expanded() for command in _sed(parts))


@cache
def layout(preset: str, pattern: str | None = None) -> Layout:
    """The layout of a preset, or of one's own pattern. Raises ValueError about the pattern."""
    return Layout(pattern) if pattern is not None else Layout(*PRESETS[preset])


def _parts(text: str) -> list[tuple[str, str]]:
    """A template as (field, "") and ("", literal) in turn."""
    if not text.isprintable() or text.startswith("/") or "//" in text:
        raise ValueError(
            "expected a path below the folder, without a slash in front or two in a row; write {name}.{ext}"
        )
    parts: list[tuple[str, str]] = []
    for index, piece in enumerate(re.split(r"\{([^{}]*)\}", text)):
        if index % 2:
            if piece not in _FIELDS:
                raise ValueError(f"there is no field {{{piece}}}; the fields are {', '.join(_FIELDS)}")
            parts.append((piece, ""))
        elif "{" in piece or "}" in piece:
            raise ValueError(f'a brace without its other half in "{piece}"; write fields as {{name}}')
        elif piece:
            parts.append(("", piece))
    return parts


def _check(fields: list[str]) -> None:
    """A name there must be, nothing twice, and no minutes without their hour."""
    if "name" not in fields:
        raise ValueError("{name} is missing: it tells which item a tarball is of; write it where the name stands")
    for field in fields:
        if field != "sep" and fields.count(field) > 1:
            raise ValueError(f"{{{field}}} stands twice; write it once, and {{file}} for text that does not matter")
    date = [field for field in ("yyyy", "mm", "dd") if field in fields]
    if len(date) in (1, 2):
        raise ValueError("a date needs all of {yyyy} {mm} {dd}; write all three or none")
    for field, needed in (("HH", "dd"), ("MM", "HH"), ("SS", "MM")):
        if field in fields and needed not in fields:
            raise ValueError(f"{{{field}}} tells nothing without {{{needed}}}; write that too")


def _python(field: str, literal: str) -> str:
    if not field:
        return re.escape(literal)
    expression = _FIELDS[field][0]
    return expression if field == "sep" else f"(?P<{field}>{expression})"


def _place(told: dict[str, str]) -> Place:
    revision, number = told.get("rev", ""), told.get("n", "0")
    rest = told["file"].removeprefix(told["name"]) if "file" in told else ""
    if match := _REVISION.fullmatch(rest):
        revision, number = revision or match[1], match[2] or number
    item = f"{told['kind']}/{told['name']}" if "kind" in told else told["name"]
    return Place(item, _stamp(told), "MM" in told, int(number), revision)


def _stamp(told: dict[str, str]) -> datetime | None:
    if "yyyy" not in told:
        return None
    try:
        return datetime(*(int(told[field]) for field in _CLOCK if field in told))  # type: ignore[arg-type]
    except ValueError as error:
        raise ValueError(f"its path has an impossible date: {error}") from None


def _glob(parts: list[tuple[str, str]]) -> str:
    """The last component as a pattern of `find -name`."""
    whole = "".join(_FIELDS[field][2] if field else re.sub(r"([\[*?\\])", r"\\\1", literal) for field, literal in parts)
    return re.sub(r"\*+(\[0-9\]\*|\*)*", "*", whole.rpartition("/")[2])


def _sed(parts: list[tuple[str, str]]) -> tuple[str, str]:
    """One substitution and the jump past the others. Basic expressions know nine groups; at most eight are needed."""
    fields = [field for field, _ in parts if field]
    dated = "yyyy" in fields
    wanted = [field for field in fields if field in ("kind", "name", *(_CLOCK if dated else ("n",)))]
    group = {field: f"\\{index}" for index, field in enumerate(wanted, 1)}
    expression = ""
    for field, literal in parts:
        basic = _FIELDS[field][1] if field else re.sub(r"([\[*.^$\\#])", r"\\\1", literal)
        expression += rf"\({basic}\)" if field in group else basic
    item = "/".join(group[field] for field in ("kind", "name") if field in group)
    rank = "".join(group.get(field, "00") for field in _CLOCK) if dated else group.get("n", "0")
    return rf"s#^\./{expression}$#{item}//{rank}//&#p", "t"
