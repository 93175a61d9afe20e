"""Imports `.scm_monitor.cnf` and `.libfab.cnf` of env's scm-backup-monitor (2008-2014, Python 2, Fabric 1.4).

`.scm_monitor.cnf` has a section per hub tag: srvnode, dbpath, jspath, select, reporturl, message, email. `.libfab.cnf`
has `[HUB]` (TAG = node node ...), `[ENV]` (keys set on Fabric's environment) and a section per node with keys of its
own. Source: simoncblyth/env at 0fbcc2d91, scm/monitor.py, scm/tgz.py and the functions of scm/scm-backup.bash.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from collector.config.base import is_name
from collector.config.reports import is_address
from collector.config.schema import FILE as SCHEMA
from collector.config.settings import Limits, Node
from collector.importers import ini, writing
from collector.importers.foreign import ForeignFile, ImportRefused
from collector.importers.scm_tags import folder_of, server_of, zone_of
from collector.importers.writing import assignment, disabled, note
from collector.model import printable

_HUB_KEYS = {"srvnode", "dbpath", "jspath", "select", "reporturl", "email", "message"}
_VARIABLE = re.compile(r"\$\{?(?!HOME\b)([A-Za-z_]\w*)")
_HOST = re.compile(r"(?:([^@\s]+)@)?([^@:\s]+)(?::(\d+))?")
_FABRIC_KEYS = {"user": "user", "port": "port", "key_filename": "key", "gateway": "jump"}
_HEAD = """\
What was wrong in the old system and is right here, so that figures may differ:
- Late: its limit was 6 hours, but it read local time as UTC, so that at UTC+8 it was 14 hours. Times are true here.
- Sizes: those below 11 MiB were shown ten times as large. They are bytes here, never multiplied.
- No answer: a node that never answered, or a select that matched nothing, was ok. It is unknown here.
- One odd line in one node's answer ended the whole run. It is a fault on that node's page here.
- Digests, lock folders and sizes were never judged."""


@dataclass(frozen=True, slots=True)
class _Old:
    """All that the two files say, sections in the order of their file. `zone` is the one asked for."""

    hubs: dict[str, ini.Section]
    lists: dict[str, list[str]]
    env: dict[str, str] = field(default_factory=dict)
    others: dict[str, ini.Section] = field(default_factory=dict)
    zone: ZoneInfo | None = None

    @property
    def nodes(self) -> list[str]:
        """The nodes of the hubs that have a section, each once."""
        return list(dict.fromkeys(node for hub in self.hubs for node in self.lists.get(hub, [])))


def recognises(text: str) -> bool:
    """Whether a text is one of the two files, by its sections and keys; a broken line elsewhere does not matter."""
    return _is_fabric(text) or bool(re.search(r"^(srvnode|jspath|dbpath|reporturl)\s*[:=]", text, re.MULTILINE))


def convert(files: Sequence[ForeignFile], zone: ZoneInfo | None) -> str:
    """The equal almanac.toml. `zone` is that of the hubs whose zone is not known. Raises ImportRefused."""
    old = _read(files, zone)
    named = " and ".join(re.sub(r".*/", "", file.name) for file in files)
    lines = [
        f"#:schema ./{SCHEMA}",
        "",
        f"# almanac.toml, made by `almanac import` from {named} of env's scm-backup-monitor.",
        "# A guess is marked CHECK. When those are right: almanac check --reach",
        "#",
        *note(_HEAD),
        "",
        *_site(old),
        *_limits(old.env),
        *(line for hub in old.hubs for line in _hub(old, hub)),
        *(line for node in old.nodes for line in _node(old, node)),
        *_unwatched(old),
        *_unused(old),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _is_fabric(text: str) -> bool:
    return bool(re.search(r"^\[(HUB|ENV|HOSTS)\]", text, re.MULTILINE))


def _read(files: Sequence[ForeignFile], zone: ZoneInfo | None) -> _Old:
    """Both files as one value. Raises ImportRefused with all that stands in the way."""
    fabric = [file for file in files if _is_fabric(file.text)]
    monitor = [file for file in files if file not in fabric]
    refusals = [
        f"{many[0].name} and {many[1].name}: both are a {name}; import one at a time"
        for name, many in ((".libfab.cnf", fabric), (".scm_monitor.cnf", monitor))
        if len(many) > 1
    ]
    if refusals:
        raise ImportRefused(refusals)
    hubs = ini.parse(monitor[0]) if monitor else {}
    others = ini.parse(fabric[0]) if fabric else {}
    lists = {hub: list(dict.fromkeys(nodes.split())) for hub, nodes in others.pop("HUB", ini.Section(0)).values.items()}
    env = others.pop("ENV", ini.Section(0)).values
    old = _Old(hubs, lists, env, others, zone)
    refusals += [line for file in monitor for line in _hub_refusals(old, file.name)]
    refusals += [line for file in fabric for line in _name_refusals(file.name, lists)]
    if refusals:
        raise ImportRefused(refusals)
    return old


def _hub_refusals(old: _Old, file: str) -> Iterator[str]:
    for hub, section in old.hubs.items():
        where = f"{file}: line {section.line}: [{printable(hub)}]"
        if not is_name(hub):
            yield f"{where}: a name may not hold a slash or a control character; write another"
        elif not is_name(section.values.get("srvnode", "")):
            yield f"{where}: srvnode is missing or no name; write srvnode = its short host name, as in backup/SRVNODE"
        elif old.zone is None and zone_of(hub, section.values["srvnode"]) is None:
            yield f"{where}: the hub's time zone is not known; say it with --time-zone, such as Asia/Taipei"


def _name_refusals(file: str, lists: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for hub, nodes in lists.items():
        for name in (hub, *nodes):
            if not is_name(name):
                yield f'{file}: [HUB]: "{printable(name)}" can be no name here: it holds a slash or a control character'


def _site(old: _Old) -> Iterator[str]:
    zones = list(dict.fromkeys(_zone(old, hub) for hub in old.hubs))
    if zones:
        yield "[site]"
        said = (
            f"CHECK: pages show times in it; hubs are in {' and '.join(zones)}"
            if zones[1:]
            else "pages show times in it"
        )
        yield assignment("time_zone", zones[0], said)
        yield ""


def _zone(old: _Old, hub: str) -> str:
    return str(zone_of(hub, old.hubs[hub].values["srvnode"]) or old.zone)


def _limits(env: Mapping[str, str]) -> Iterator[str]:
    if "timeout" in env:
        yield "[limits]"
        if (seconds := _seconds(env["timeout"])) is not None:
            said = "seconds: [ENV] timeout; CHECK: long enough to connect and log in?"
            yield assignment("connect", int(seconds) if seconds.is_integer() else seconds, said)
        else:
            yield from note(f'CHECK: [ENV] timeout = "{env["timeout"]}" is no number of seconds; not taken over.')
        yield from note(
            "The old timeout had no effect: it came as text, which Fabric's library swallowed. It is in force here."
        )
    if "verbose" in env:
        text = env["verbose"]
        was = "on, as every text was" if text and text != "True" else "off" if not text else "on"
        yield from note(f'[ENV] verbose = "{text}" meant {was}; not needed here: a pass is silent when all is well.')
    for key in (key for key in env if key not in {"timeout", "verbose", *_FABRIC_KEYS}):
        yield from note(f"[ENV] {_shown(key, env[key])} has no counterpart; left out.")
    if env:
        yield ""


def _seconds(text: str) -> float | None:
    """A number of seconds that limits.connect takes, None if the text is none."""
    try:
        return Limits.model_validate({"connect": float(text)}).connect
    except ValueError:
        return None


def _shown(key: str, value: str) -> str:
    """A key with its value, unless that is a secret."""
    return key if re.search("pass|secret|token", key, re.IGNORECASE) else f'{key} = "{value}"'


def _hub(old: _Old, hub: str) -> Iterator[str]:
    section = old.hubs[hub].values
    zone = _zone(old, hub)
    yield f"[{writing.path('hubs', hub)}]"
    if other := next((o for o in old.hubs if o != hub and o.removesuffix("R") == hub.removesuffix("R")), None):
        yield from note(f"CHECK: {hub} and {other} may be two logins of one hub; then keep one of them.")
    yield assignment("server", section["srvnode"], "srvnode")
    yield assignment("nodes", old.lists.get(hub, []), "" if hub in old.lists else "CHECK: [HUB] does not list them")
    known = zone_of(hub, section["srvnode"])
    said = f"CHECK: known of this hub in 2012{f', not {old.zone}' if str(old.zone) not in ('None', known) else ''}"
    said = said if known else "asked for"
    yield assignment("time_zone", zone, f"of its backup stamps; {said}")
    yield from _select(section.get("select", "").split())
    yield from _series_file(old, hub)
    yield from _report_url(section, hub)
    yield from _people(section)
    if "dbpath" in section:
        yield from note("dbpath: take the old database over as history with")
        yield f'#   almanac import "{writing.in_shell(section["dbpath"])}" --time-zone {zone}'
    for key in (key for key in section if key not in _HUB_KEYS):
        yield from note(f"{_shown(key, section[key])} was read by nothing but reporturl; left out.")
    yield ""


def _select(names: Sequence[str]) -> Iterator[str]:
    """Names lost the longest common beginning of all folders of a node, so some do not look like KIND/NAME."""
    wanted = ["/".join(name.split("/")[-2:]) for name in names]
    yield assignment("select", wanted, "" if names else "all; it was empty")
    for name in names:
        if name.count("/") != 1:
            yield from note(f'CHECK: "{name}" in select was cut by the old system; names are KIND/NAME here.')
    if names:
        yield from note("A name in select that no node has was ignored; it is said now.")


def _series_file(old: _Old, hub: str) -> Iterator[str]:
    section = old.hubs[hub].values
    if not (expanded := _jspath(section)):
        return
    same = _same_file(old, hub)
    line = assignment("series_file", expanded, "jspath", variables=True)
    yield from disabled([line]) if same else [line]
    if same:
        yield from note(f"CHECK: {same} would write the same file; give each a name of its own.")
    for name in sorted(set(_VARIABLE.findall(expanded))):
        yield from note(f"CHECK: cron does not read your profile: set {name} in the crontab, or write the path out.")
    for key in sorted({key for key in re.findall(r"%\((\w+)\)s", section["jspath"]) if key != "node"}):
        meant = "expanded here" if key in section else "CHECK: nothing has that name"
        yield from note(f"%({key})s crashed in jspath, where only %(node)s was known; {meant}.")
    if expanded.startswith("~"):
        yield from note("CHECK: ~ was not expanded in jspath; it is here.")


def _jspath(section: Mapping[str, str]) -> str:
    """jspath with all but %(node)s expanded, empty if there is none."""
    return writing.percent(section.get("jspath", ""), {key: value for key, value in section.items() if key != "node"})


def _same_file(old: _Old, hub: str) -> str:
    """Whose file has the name of one of this hub's: its own of another node, or that of a hub before it."""
    mine = _file_names(old, hub)
    if len(set(mine)) < len(mine):
        return f"several nodes of {hub}"
    before = list(old.hubs)[: list(old.hubs).index(hub)]
    return next((f"{hub} and {other}" for other in before if set(mine) & set(_file_names(old, other))), "")


def _file_names(old: _Old, hub: str) -> list[str]:
    path = _jspath(old.hubs[hub].values)
    nodes = list(dict.fromkeys(old.lists.get(hub, [])))
    return [Path(path.replace("%(node)s", node)).name for node in nodes] if path else []


def _report_url(section: Mapping[str, str], hub: str) -> Iterator[str]:
    if not (url := section.get("reporturl", "")):
        return
    yield assignment("report_url", writing.percent(url, {**section, "HUB": hub}), "reporturl")
    unknown = sorted(set(re.findall(r"%\((\w+)\)s", url)) - section.keys() - {"HUB"})
    for key in unknown:
        yield from note(f"CHECK: %({key})s crashed in reporturl: no key of that name.")
    if re.search(r"%(?!%|\(\w+\)s)", url.replace("%%", "")):
        yield from note("A plain % in reporturl crashed the old system; it stays as it is here.")


def _people(section: Mapping[str, str]) -> Iterator[str]:
    if message := section.get("message", "").strip().strip("\"'").strip():
        yield assignment("message", message, "nothing read it; it is shown on the hub's page here")
    if "email" not in section:
        yield from note(
            "No email: the old system crashed after any alarm (KeyError). Here nobody is mailed of this hub."
        )
        return
    written = section["email"].split()
    addresses = [one for one in written if is_address(one)]
    yield assignment("email", addresses, "they are mailed once there is a [mail]" if addresses else "nobody is told")
    for one in written:
        if not is_address(one):
            yield from note(f'CHECK: "{one}" in email is no mail address; left out.')


def _node(old: _Old, node: str) -> Iterator[str]:
    yield from _how_to_reach(old, node)
    for hub in old.hubs:
        if node in old.lists.get(hub, []):
            yield from _source(node, hub, old.hubs[hub].values["srvnode"])


def _how_to_reach(old: _Old, node: str) -> Iterator[str]:
    """The table of a node without its sources: what its name, its own section and [ENV] say of the connection."""
    own = old.others.get(node, ini.Section(0)).values
    user, address, port = host.groups() if (host := _HOST.fullmatch(node)) else (None, node, None)
    said = {_FABRIC_KEYS[key]: value for key, value in {**old.env, **own}.items() if key in _FABRIC_KEYS and value}
    said |= {key: value for key, value in (("user", user), ("port", port)) if value}
    yield f"[{writing.path('nodes', node)}]"
    if address == node:
        yield from note(f'Its address, user and key are those that ~/.ssh/config has for "{node}".')
    else:
        yield assignment("address", address, f'its user and key as ~/.ssh/config has them for "{address}"')
    for key, value in said.items():
        if not _fits(key, value):
            yield from note(f'CHECK: {key} = "{value}" can be no {key} here; not taken over.')
        else:
            yield assignment(key, int(value) if key == "port" else value)
    yield from _own_keys(own)


def _fits(key: str, value: str) -> bool:
    try:
        Node.model_validate({key: value})
    except ValidationError:
        return False
    return True


def _own_keys(own: Mapping[str, str]) -> Iterator[str]:
    for key, value in own.items():
        if key == "shell":
            yield from note(f'shell = "{value}" is not needed: a node is asked through plain sh, without its profile.')
        elif key not in _FABRIC_KEYS:
            yield from note(f"{_shown(key, value)} has no counterpart; left out.")
    if own:
        yield from note("Keys of a node's own section leaked to the nodes after it; they are this node's alone here.")


def _source(node: str, hub: str, server: str) -> Iterator[str]:
    fold = folder_of(node)
    said = f"CHECK: {'as known of this node in 2012' if fold else 'a guess'}; it is $SCM_FOLD/backup/{server} there"
    yield f"[[{writing.path('nodes', node, 'sources')}]]"
    yield assignment("kind", "tarballs")
    yield assignment("hub", hub)
    yield assignment("folder", f"{fold or '/var/scm'}/backup/{server}", said)
    yield ""


def _unwatched(old: _Old) -> Iterator[str]:
    """Entries of [HUB] without a section: ready to be switched on by removing one `# ` from each line."""
    missing = [hub for hub in old.lists if hub not in old.hubs]
    if not missing:
        return
    yield from note(
        "These stand in [HUB] but have no section in .scm_monitor.cnf, so the old system stopped when asked for them. "
        "To watch one, remove the first # of its lines."
    )
    yield ""
    written = set(old.nodes)
    for hub in missing:
        yield from disabled(_candidate(old, hub, written))
        yield ""
        written |= set(old.lists[hub])


def _candidate(old: _Old, hub: str, written: set[str]) -> Iterator[str]:
    server = server_of(hub) or hub
    zone = old.zone or zone_of(hub, server)
    yield f"[{writing.path('hubs', hub)}]"
    yield assignment("server", server, "CHECK: its short host name, as in .../backup/SERVER")
    yield assignment("nodes", old.lists[hub])
    yield assignment("time_zone", str(zone or "UTC"), "CHECK: of its backup stamps")
    for node in dict.fromkeys(old.lists[hub]):
        if node not in written:
            yield from _how_to_reach(old, node)
        yield from _source(node, hub, server)


def _unused(old: _Old) -> Iterator[str]:
    named = {node for nodes in old.lists.values() for node in nodes}
    for name in (name for name in old.others if name not in named):
        yield from note(f"[{name}] of .libfab.cnf is the name of no node in [HUB]; it was never read and is left out.")
