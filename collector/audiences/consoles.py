"""What web servers and websockify need to show consoles of VMs to those who may control them. Pure.

noVNC is served as it lies in its folder; websockify asks a file for each token where to connect to. The token stands in
the part of the address that browsers keep to themselves, and then in that of the web socket, which is not logged.

Sources: ngx_http_proxy_module and "WebSocket proxying" of nginx; websockify(1), TokenFile; app/ui.js of noVNC 1.3.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from collector.audiences.rules import fit, folder, rendered
from collector.config import Config
from collector.people.roles import Act, Role, allowed
from collector.store.persons import Person

PASSWORDS = "_consoles.htpasswd"
"""No audience can be called so."""


def tokens(config: Config) -> Path:
    """The folder of tokens."""
    return config.site.data / "consoles"


def texts(config: Config, everyone: Iterable[Person], user: str) -> dict[str, str]:
    """The rules by the names of their files, none without `[consoles]`. user: whose tokens they are. Raises Unfit."""
    if config.consoles is None:
        return {}
    words = {
        "rules": fit(folder(config).absolute(), "site.publish"),
        "novnc": fit(config.consoles.novnc, "consoles.novnc"),
        "tokens": fit(tokens(config).absolute(), "site.data"),
        "port": config.consoles.port,
        "passwords": PASSWORDS,
        "user": user,
    }
    known = "".join(f"{one.name}:{one.web}\n" for one in everyone if allowed(Role(one.role), Act.CONTROL))
    names = ("consoles-nginx.conf", "websockify.service")
    return {PASSWORDS: known, **{name: rendered(name, words) for name in names}}
