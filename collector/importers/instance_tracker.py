"""Imports the settings of Instance Tracker (oddlord, 2014-2018): `tracker/settings.cfg`, Python that Flask executed.

Here it is parsed and never executed: assignments of literals to names in capitals, `timedelta(...)` in
CELERYBEAT_SCHEDULE, and imports, which do nothing. Whatever else stands there is refused with its line. What the file
leaves out was taken from settings.cfg.example, whose endpoints were mere examples, so they are not invented here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import ValidationError

from collector.config.instances import Crawled, Endpoint, known_locale
from collector.config.schema import FILE as SCHEMA
from collector.importers.foreign import ForeignFile, ImportRefused
from collector.importers.writing import assignment, note, path
from collector.model import printable

_KNOWN = re.compile(
    r"^(CRAWLING_ENDPOINTS|CRAWLED_FIELDS_SETTINGS|CELERYBEAT_SCHEDULE|BABEL_DEFAULT_(TIMEZONE|LOCALE))\s*=",
    re.MULTILINE,
)
_UNITS = ("days", "hours", "minutes", "seconds", "weeks")
_BABEL = ("BABEL_DEFAULT_TIMEZONE", "BABEL_DEFAULT_LOCALE")
_TAKEN = {"APP_NAME", *_BABEL, "CRAWLING_ENDPOINTS", "CRAWLED_FIELDS_SETTINGS", "CELERYBEAT_SCHEDULE"}
_HEAD = """\
The instances themselves are in the old database, not in this file: register them with almanac instance add.
It watches no machine yet, and a pass wants one: the table [nodes.here] below is this machine.
SECRET_KEY, the database and Celery's broker have no use here."""


def recognises(text: str) -> bool:
    """Whether a text is Instance Tracker's, by the keys that only it has."""
    return _KNOWN.search(text) is not None


def convert(files: Sequence[ForeignFile], zone: ZoneInfo | None) -> str:
    """The equal almanac.toml; `zone` takes the place of BABEL_DEFAULT_TIMEZONE. Raises ImportRefused."""
    if len(files) > 1:
        raise ImportRefused([f"{files[0].name} and {files[1].name}: both are settings; import one at a time"])
    settings = _settings(files[0])
    named = re.sub(r".*/", "", files[0].name)
    lines = [
        f"#:schema ./{SCHEMA}",
        "",
        f"# almanac.toml, made by `almanac import` from {named} of Instance Tracker. A guess is marked CHECK.",
        "#",
        *note(_HEAD),
        *(line for key in settings if key not in _TAKEN for line in note(f"- {key} is left out.")),
        "",
        *_site(settings, zone),
        *_node(),
        *_locale(settings),
        *_endpoints(files[0].name, settings),
        *_fields(files[0].name, settings),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _settings(file: ForeignFile) -> dict[str, Any]:
    """What is assigned to names in capitals; of a name assigned twice the last counts. Raises ImportRefused."""
    try:
        parsed = ast.parse(file.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = f"line {error.lineno}: " if isinstance(error, SyntaxError) and error.lineno else ""
        raise ImportRefused(
            [f"{file.name}: {line}is no Python: {getattr(error, 'msg', None) or 'too deep'}"]
        ) from error
    found: dict[str, Any] = {}
    refusals = []
    for statement in parsed.body:
        match statement:
            case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
                continue
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                try:
                    found[name] = _literal(value)
                except (ValueError, TypeError, OverflowError, RecursionError, MemoryError):
                    refusals.append(_refused(file, statement, f"{name} is computed; write its value out"))
            case _:
                refusals.append(_refused(file, statement, "is no assignment; write NAME = VALUE, or remove it"))
    if refusals:
        raise ImportRefused(refusals)
    return {name: value for name, value in found.items() if name.isupper()}


def _refused(file: ForeignFile, statement: ast.stmt, why: str) -> str:
    return f"{file.name}: line {statement.lineno}: {printable(why)}, as nothing in this file is executed"


def _literal(value: ast.expr) -> Any:
    """A literal, in which timedelta(...) may stand as the value of a key. Raises ValueError of anything else."""
    match value:
        case ast.Call(func=ast.Name(id="timedelta"), args=[], keywords=keywords):
            given = {one.arg: ast.literal_eval(one.value) for one in keywords if one.arg in _UNITS}
            if len(given) != len(keywords):
                raise ValueError("not of timedelta")
            return timedelta(**given)
        case ast.Dict(keys=keys, values=values):
            names = [ast.literal_eval(key) if key is not None else _unpacked() for key in keys]
            return dict(zip(names, map(_literal, values), strict=True))
    return ast.literal_eval(value)


def _unpacked() -> object:
    raise ValueError("a table unpacked into another")


def _site(settings: Mapping[str, Any], zone: ZoneInfo | None) -> Iterator[str]:
    yield "[site]"
    yield assignment("title", f"{settings.get('APP_NAME', 'Instance')} Tracker")
    old = settings.get("BABEL_DEFAULT_TIMEZONE", "UTC")
    if zone is None and old not in available_timezones():
        yield from note(f"CHECK: {old} is no time zone of the IANA database.")
    yield assignment("time_zone", str(zone or (old if old in available_timezones() else "UTC")))
    if (every := _every(settings)) is not None:
        yield assignment("every", every, "seconds; let cron run the pass as often")
    yield ""


def _every(settings: Mapping[str, Any]) -> int | None:
    """The shortest interval between crawls, in seconds; None if no timedelta says it."""
    jobs = settings.get("CELERYBEAT_SCHEDULE")
    tables = [job for job in jobs.values() if isinstance(job, dict)] if isinstance(jobs, dict) else []
    found = [int(at.total_seconds()) for job in tables if isinstance(at := job.get("schedule"), timedelta)]
    return min((seconds for seconds in found if seconds > 0), default=None)


def _node() -> Iterator[str]:
    yield "[nodes.here]"
    yield assignment("reach", "local")
    yield "[[nodes.here.sources]]"
    yield assignment("kind", "host")
    yield ""


def _locale(settings: Mapping[str, Any]) -> Iterator[str]:
    """How times are written, if that is said."""
    named = settings.get("BABEL_DEFAULT_LOCALE")
    if named is None:
        return
    yield "[instances]"
    try:
        yield assignment("locale", known_locale(named))
    except ValueError:
        yield from note(f"CHECK: {printable(str(named))} is no locale that Babel knows; en_GB is taken.")
    yield ""


def _endpoints(file: str, settings: Mapping[str, Any]) -> Iterator[str]:
    listed = settings.get("CRAWLING_ENDPOINTS")
    found = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list | tuple) else []
    urls = [one for one in found if one.get("url")]
    if not urls:
        wanted = 'write CRAWLING_ENDPOINTS = [{"url": "/stats"}] with what your application answers'
        raise ImportRefused([f"{file}: CRAWLING_ENDPOINTS: names no endpoint; {wanted}"])
    for number, one in enumerate(urls, 1):
        headers = one.get("headers") or {}
        try:
            Endpoint.model_validate({"url": one["url"], "headers": headers})
        except ValidationError as error:
            where = f"{file}: CRAWLING_ENDPOINTS: number {number}"
            raise ImportRefused([f"{where}: its url or headers can't be taken; write such as /stats"]) from error
        yield "[[instances.endpoints]]"
        yield assignment("url", one["url"])
        if headers:
            yield f"[{path('instances', 'endpoints', 'headers')}]"
            yield from (assignment(name, value) for name, value in headers.items())
        yield ""


def _fields(file: str, settings: Mapping[str, Any]) -> Iterator[str]:
    tables = settings.get("CRAWLED_FIELDS_SETTINGS")
    for name, table in tables.items() if isinstance(tables, dict) else ():
        where = f"{file}: CRAWLED_FIELDS_SETTINGS: {printable(str(name))}"
        if not isinstance(table, dict):
            raise ImportRefused([f'{where}: is no table; write such as {{"chart": True}}'])
        written = {key: value for key, value in table.items() if value is not None}
        if written.get("chart_type", "bar") not in ("bar", "line", "pie"):
            yield from note(f"CHECK: {name} was drawn as a bar, for its chart_type was unknown.")
            written["chart_type"] = "bar"
        try:
            Crawled.model_validate(written)
        except ValidationError as error:
            keys = ", ".join(sorted({str(one["loc"][0]) for one in error.errors() if one["loc"]}))
            raise ImportRefused([f"{where}: {printable(keys)}: is not what Instance Tracker knows; mend it"]) from error
        yield f"[{path('instances', 'fields', str(name))}]"
        yield from (assignment(key, value) for key, value in written.items())
        yield ""
