"""What the old system kept in bash and in no configuration file: each tag's machine, its folder, its clock.

Source: `base/local.bash` and `scm/scm-backup.bash` of simoncblyth/env, as they were in 2012 and 2013.
"""

from __future__ import annotations

import re

_FOLDERS = {  # tag -> $SCM_FOLD of that login's profile
    "C2": "/var/scm",
    "C2R": "/var/scm",
    "C": "/data/var/scm",
    "H1": "/home/hep/blyth/var/scm",
    "G": "/var/scm",
    "A": "/volume1/var/scm",
    "Z9": "/volume1/var/scm",
    "WW": "/home/scm",
    "ZZ": "/home/scm",
    "Y1": "/home/scm",
    "Y2": "/home/scm",
    "SDU": "/raid4/dybsdu/dybbackup/var/scm",
    "HKU": "/var/scm",
    "AA": "/var/scm",
}
_SERVERS = {
    "C2": "cms02",
    "C2R": "cms02",
    "G": "g4pb",
    "WW": "dayabay",
    "ZZ": "dayabay",
    "Y1": "dayabay",
    "Y2": "dayabay",
}
_ZONES = {"cms02": "Asia/Taipei", "g4pb": "Asia/Taipei", "dayabay": "Asia/Shanghai"}


def folder_of(node: str) -> str | None:
    """$SCM_FOLD of a node as the old lists write it: a tag, or `user@tag:port`. None if it was never known."""
    return _FOLDERS.get(re.sub(r"^[^@]*@|:\d+$", "", node))


def server_of(hub: str) -> str | None:
    """The short host name (srvnode) of a hub's tag."""
    return _SERVERS.get(hub)


def zone_of(hub: str, server: str) -> str | None:
    """The IANA zone of a hub's clock. Two institutes called their hub `dayabay`: Beijing, and Hong Kong under HKU."""
    return "Asia/Hong_Kong" if hub in ("HKU", "AA") else _ZONES.get(server)
