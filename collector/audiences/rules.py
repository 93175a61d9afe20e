"""What web servers need to show each view to its people only: passwords, and rules for nginx and Apache. Pure.

Rules name each view, shown to anybody or not, so that only another audience in almanac.toml changes them; people come
and go in the files of passwords, which servers read at each request.

Sources: ngx_http_auth_basic_module, ngx_http_core_module (alias, location); Apache 2.4: mod_auth_basic, mod_authn_file,
mod_alias.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from collector.config import Config
from collector.model import AlmanacError, printable
from collector.people.audiences import admins, closed, trees, views
from collector.store.persons import Person

WHOLE = "_whole"
"""The tree of all nodes; no audience can be called so."""
SERVERS = ("nginx", "apache")
_UNFIT = re.compile(r"[^\w./ +@,:=~-]")


class Unfit(AlmanacError):
    """A path that can't be written into a web server's rules."""


def folder(config: Config) -> Path:
    """Where the rules lie."""
    return closed(config) / "rules"


def passwords(config: Config, everyone: Iterable[Person]) -> dict[str, str]:
    """The files of passwords by their names: `NAME:HASH`, a line each."""
    people = {one.name: one for one in everyone}
    shown = {f"{view.name}.htpasswd": view.people for view in views(config, people.values())}
    shown[f"{WHOLE}.htpasswd"] = admins(people.values())
    return {file: "".join(f"{name}:{people[name].web}\n" for name in names) for file, names in shown.items()}


def servers(config: Config) -> dict[str, str]:
    """The rules by the names of their files. Raises Unfit."""
    fit(closed(config).absolute(), "site.publish")
    words = {
        "rules": folder(config).absolute(),
        "trees": trees(config).absolute(),
        "views": views(config, ()),
        "whole": WHOLE,
    }
    return {f"{name}.conf": rendered(f"{name}.conf", words) for name in SERVERS}


def rendered(name: str, words: Mapping[str, object]) -> str:
    """The file of this name."""
    return _TEMPLATES.get_template(f"{name}.jinja").render(words)


def fit(place: Path, key: str) -> Path:
    """The same path, which a web server takes for nothing else. key: where it is written. Raises Unfit."""
    if bad := _UNFIT.search(str(place)):
        raise Unfit(
            f'{printable(str(place))}: holds "{printable(bad[0])}", which web servers take for more than a name;'
            f" name another folder in {key}"
        )
    return place


_TEMPLATES = Environment(
    loader=PackageLoader("collector.audiences"),
    autoescape=False,  # noqa: S701 -- no HTML; only names and paths that are checked stand in it
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
