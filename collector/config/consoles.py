"""The model of `[consoles]`: where noVNC lies and websockify listens, by which VMs are seen in a browser."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from collector.config.base import Settings
from collector.config.values import LocalPath, Port


class Consoles(Settings):
    """`[consoles]`: the web server shows noVNC, and passes on to websockify what it asks for."""

    novnc: LocalPath = Field(Path("/usr/share/novnc"), description="the folder of noVNC, which holds vnc.html")
    port: Port = Field(6080, description="the port of this machine's loopback at which websockify listens")
