"""Imports the configuration of cesi, the Centralized Supervisor Interface (gamegos, 2014-2020), in all its forms.

    1.x          ini: [node:NAME] with username, password, host, port; [environment:NAME] with members; [cesi]
    2.0          the same; a node in no environment is in one named `defaults`
    2.1 to 2.5   ini: the key `environment` of a node in the place of [environment:NAME], empty = `default`
    2.6, 2.7     TOML: [cesi], and [[nodes]] with name, environment, username, password, host, port; in 2.7 a host may
                 carry http:// or https:// and a path

Source: gamegos/cesi at v1.0, v1.5, v2.0 to v2.7.1, `cesi/core.py` and `cesi/util.py`. User and password went into a URL
as they were written and came out of it percent-decoded, so they are decoded here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from collector.config import toml
from collector.config.base import is_name
from collector.config.schema import FILE as SCHEMA
from collector.importers import ini, writing
from collector.importers.foreign import ForeignFile, ImportRefused
from collector.importers.writing import assignment, note
from collector.model import printable
from collector.sources import processes

_KNOWN = re.compile(r"^\s*\[\s*(cesi|node:[^]\n]+|\[\s*nodes\s*\])\s*\]", re.MULTILINE)
_TOML_NODES = re.compile(r"^\s*\[\[\s*nodes\s*\]\]", re.MULTILINE)
_INI_NODES = re.compile(r"^\s*\[\s*(node|environment):", re.MULTILINE)
_IN_QUOTES = re.compile(r"^\s*\w+\s*=\s*[\"']", re.MULTILINE)
_SINCE_2 = re.compile(r"^\s*(admin_username|admin_password|auto_reload|environment)\s*[=:]", re.MULTILINE)
_HOST = re.compile(r"(?:(https?)://)?([^/\s]+?)(/\S*)?")
_HEAD = """\
cesi asked every supervisord by TCP, each time somebody looked. So does a pass here, from this machine: reach = "local".
Better is to ask over SSH, so that supervisord listens on its UNIX socket only:
- for the node: address = "HOST", user = "almanac", no reach; in its source: supervisor = "unix:///run/supervisor.sock".
This file holds passwords and is yours alone to read; password_file or "$NAME" keeps them elsewhere.
Users are not taken over: cesi kept their passwords as plain text, or let anybody in as admin/admin.
- Its Admin, Standart User, Only Log and Read Only are roles here: admin, standard, log-reader, read-only."""


@dataclass(frozen=True, slots=True)
class _Node:
    """A node as it is written, and where. environments: None where nothing is said of any."""

    where: str
    name: str
    values: Mapping[str, str]
    environments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Old:
    """All that the file says. cesi: its own section. remarks: what is not taken over, and guesses."""

    nodes: tuple[_Node, ...]
    cesi: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def recognises(text: str) -> bool:
    """Whether a text is cesi's, by its sections."""
    return _KNOWN.search(text) is not None


def convert(files: Sequence[ForeignFile], zone: ZoneInfo | None) -> str:
    """The equal almanac.toml. There are no times in it, so `zone` is only that of the pages. Raises ImportRefused."""
    if len(files) > 1:
        raise ImportRefused([f"{files[0].name} and {files[1].name}: both are cesi's; import one at a time"])
    old = _of_toml(files[0]) if _is_toml(files[0].text) else _of_ini(files[0])
    if refusals := [line for node in old.nodes for line in _refusals(node)]:
        raise ImportRefused(refusals)
    named = re.sub(r".*/", "", files[0].name)
    lines = [
        f"#:schema ./{SCHEMA}",
        "",
        f"# almanac.toml, made by `almanac import` from {named} of cesi. A guess is marked CHECK.",
        "#",
        *note(_HEAD),
        *(line for remark in old.remarks for line in note(f"- {remark}")),
        "",
        *_site(old, zone),
        *(line for node in old.nodes for line in _node(node)),
        *_environments(old),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _is_toml(text: str) -> bool:
    """By the sections of its nodes; one that has none by its quotes."""
    return bool(_TOML_NODES.search(text) or (not _INI_NODES.search(text) and _IN_QUOTES.search(text)))


def _of_toml(file: ForeignFile) -> _Old:
    try:
        raw = tomllib.loads(file.text)
    except (ValueError, RecursionError) as error:
        raise ImportRefused([f"{file.name}: {toml.told(error)}"]) from error
    nodes: dict[str, _Node] = {}
    remarks = []
    written = raw.get("nodes", [])
    for number, table in enumerate(written if isinstance(written, list) else [], 1):
        values = _texts(table)
        name = values.get("name", "")
        if name in nodes:
            remarks.append(f'CHECK: node "{name}" stood there twice; cesi took the first one, and so does this.')
            continue
        named = values.get("environment", "")
        nodes[name] = _Node(f"{file.name}: [[nodes]] number {number}", name, values, (named or "default",))
    return _Old(tuple(nodes.values()), _texts(raw.get("cesi")), (*remarks, *_unnamed(nodes.values())))


def _texts(table: object) -> dict[str, str]:
    return {key: str(value) for key, value in table.items()} if isinstance(table, dict) else {}


def _unnamed(nodes: Iterable[_Node]) -> Iterator[str]:
    if any(node.values.get("environment") == "" for node in nodes):
        yield 'An empty environment was "default" in most versions of cesi; it is here.'


def _of_ini(file: ForeignFile) -> _Old:
    is_2 = _SINCE_2.search(file.text) is not None
    sections = {name.strip(): section for name, section in ini.parse(file, inline_comments=not is_2).items()}
    own = sections.pop("cesi", ini.Section(0))
    members, remarks = _members(sections)
    nodes = []
    for section, found in sections.items():
        kind, _, name = (part.strip() for part in section.partition(":"))
        if kind == "node":
            values = _expanded(found.values)
            environments = tuple(env for env, some in members.items() if name in some)
            if "environment" in values:
                environments = (values["environment"] or "default",)
            elif is_2 and not environments:
                environments = ("defaults",)
            nodes.append(_Node(f"{file.name}: line {found.line}: [{printable(section)}]", name, values, environments))
        elif kind != "environment":
            remarks.append(f"[{section}] had no effect in cesi and is left out.")
    unknown = {name for some in members.values() for name in some} - {node.name for node in nodes}
    remarks += [f'CHECK: "{name}" in members is no node; left out.' for name in sorted(unknown)]
    return _Old(tuple(nodes), _expanded(own.values), (*remarks, *_unnamed(nodes)))


def _members(sections: Mapping[str, ini.Section]) -> tuple[dict[str, list[str]], list[str]]:
    """The nodes of each [environment:NAME], in the order of the file, and remarks."""
    found, remarks = {}, []
    for section, values in sections.items():
        kind, _, name = (part.strip() for part in section.partition(":"))
        if kind == "environment":
            found[name] = [one.strip() for one in _expanded(values.values).get("members", "").split(",") if one.strip()]
            if not found[name]:
                remarks.append(f'Environment "{name}" has no members; left out.')
    return found, remarks


def _expanded(values: Mapping[str, str]) -> dict[str, str]:
    """Keys as configparser had them, in small letters, and % in values as it expanded it."""
    low = {key.lower(): value for key, value in values.items()}
    return {key: writing.percent(value, low) for key, value in low.items()}


def _refusals(node: _Node) -> Iterator[str]:
    if not is_name(node.name):
        yield f"{node.where}: its name is missing, or holds a slash or a control character; write another"
    for name in node.environments:
        if not is_name(name):
            yield f'{node.where}: environment "{printable(name)}" can be no name here; write another'
    if not node.values.get("host"):
        yield f"{node.where}: host is missing; write host = where its supervisord listens"
    elif not _supervisor(node):
        shown = f"{node.values['host']}:{node.values.get('port', '')}"
        yield f'{node.where}: "{printable(shown)}" is no host with a port; write such as host = "web-1", port = "9001"'


def _supervisor(node: _Node) -> str:
    """Where its supervisord listens, as a URL; empty if that is none."""
    match = _HOST.fullmatch(node.values["host"].strip())
    port = node.values.get("port", "5000").strip()  # 1.5: each section without one had 5000
    if match is None or not port.isdecimal():
        return ""
    path = f"{match[3].rstrip('/')}/RPC2" if match[3] and match[3] != "/" else ""
    url = f"{match[1] or 'http'}://{match[2]}:{port}{path}"
    try:
        processes.Settings.model_validate({"kind": "processes", "supervisor": url})
    except ValueError:
        return ""
    return url


def _site(old: _Old, zone: ZoneInfo | None) -> Iterator[str]:
    title = old.cesi.get("name", "")
    if title or zone:
        yield "[site]"
    if title:
        yield assignment("title", title, "name in [cesi]")
    if zone:
        yield assignment("time_zone", str(zone), "pages show times in it")
    if title or zone:
        yield ""


def _node(node: _Node) -> Iterator[str]:
    yield f"[{writing.path('nodes', node.name)}]"
    yield assignment("reach", "local")
    yield f"[[{writing.path('nodes', node.name, 'sources')}]]"
    yield assignment("kind", "processes")
    yield assignment("supervisor", _supervisor(node), "" if "port" in node.values else "CHECK: 5000 by default")
    yield from _login(node.values)
    yield ""


def _login(values: Mapping[str, str]) -> Iterator[str]:
    user, password = (unquote(values.get(key, "")) for key in ("username", "password"))
    if bool(user) != bool(password):
        yield from note(f"CHECK: a {'user' if user else 'password'} alone, as cesi had it, opens nothing; left out.")
    elif not (user + password).isprintable() or ":" in user:
        yield from note("CHECK: user or password hold what no login can; left out.")
    elif user:
        encoded = (user, password) != (values["username"], values["password"])
        yield assignment("username", user)
        yield assignment("password", password, "percent-decoded, as cesi did" if encoded else "")


def _environments(old: _Old) -> Iterator[str]:
    names = dict.fromkeys(name for node in old.nodes for name in node.environments)
    if names:
        yield "[environments]"
    for name in names:
        yield assignment(name, [node.name for node in old.nodes if name in node.environments])
