"""What this machine tells of itself, as far as a first configuration needs it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import available_timezones

_SOCKETS = ("/run/supervisor.sock", "/run/supervisor/supervisor.sock")
_WANTED = "/etc/systemd/system/multi-user.target.wants"
_SERVICES = ("apache2", "cron", "crond", "docker", "httpd", "mariadb", "nginx", "postgresql", "ssh", "sshd")


@dataclass(frozen=True, slots=True)
class Machine:
    """zone: its IANA zone.   supervisor: the socket of a supervisord that we may ask, None if there is none.

    units: systemd's services of a kind that people care for, as far as they are switched on here.
    """

    zone: str = "UTC"
    supervisor: str | None = None
    units: tuple[str, ...] = ()


def this_machine(root: Path = Path("/")) -> Machine:
    """The machine whose file system is below `root`. What can't be read is taken for absent."""
    sockets = [name for name in _SOCKETS if _may_ask(root / name[1:])]
    return Machine(_zone(root), sockets[0] if sockets else None, _units(root))


def _zone(root: Path) -> str:
    """The zone that /etc/localtime links to, else the one that /etc/timezone names, else UTC."""
    try:
        linked = str((root / "etc/localtime").readlink()).partition("zoneinfo/")[2]
    except OSError:
        linked = ""
    try:
        named = (root / "etc/timezone").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        named = ""
    known = available_timezones()
    return next((zone for zone in (linked, named) if zone in known), "UTC")


def _may_ask(socket: Path) -> bool:
    try:
        return socket.is_socket() and os.access(socket, os.R_OK | os.W_OK)
    except OSError:
        return False


def _units(root: Path) -> tuple[str, ...]:
    if not (root / "run/systemd/system").is_dir():
        return ()
    wanted = root / _WANTED[1:]
    return tuple(f"{name}.service" for name in _SERVICES if (wanted / f"{name}.service").is_symlink())
