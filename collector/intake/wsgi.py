"""What a WSGI server is given: `collector.intake.wsgi:app`. ALMANAC_CONFIG names the configuration."""

from __future__ import annotations

import os
from pathlib import Path

from collector.config import load
from collector.intake.app import made

app = made(load(Path(os.environ.get("ALMANAC_CONFIG", "almanac.toml"))))
