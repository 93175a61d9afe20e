"""Reads back what was exported: for commands that tell the state of the fleet without touching the database."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError
from pydantic_core import from_json

from collector import files
from collector.export.adapters import MANIFEST, NODE
from collector.export.documents import VERSION, Manifest, NodeDocument
from collector.model import AlmanacError

_CHART = re.compile(rb'"(?:light|dark)":"(charts/[^"]+)"')

if TYPE_CHECKING:
    from collector.export.clusters import Clusters


class NoExport(AlmanacError):
    """There is no export yet, or one that this version can't read."""


def read_manifest(folder: Path) -> Manifest:
    """The manifest of an export folder. Raises NoExport."""
    file = folder / "manifest.json"
    try:
        manifest = MANIFEST.validate_json(file.read_bytes())
    except FileNotFoundError:
        raise NoExport(f"{file}: nothing was exported yet; run: almanac nightly") from None
    except (OSError, ValidationError) as error:
        raise _unreadable(file, error) from error
    if manifest.version != VERSION:
        raise NoExport(f"{file}: has version {manifest.version}, not {VERSION}; make it anew with: almanac export")
    return manifest


def told_of(folder: Path) -> int | None:
    """When the pass began that an export tells of, UTC seconds; None where there is no export of this version that says
    so. Nothing else of it is looked at."""
    try:
        told = from_json((folder / "manifest.json").read_bytes())
        started = int(datetime.fromisoformat(told["last_pass"]["started"]).timestamp())
        return started if told["version"] == VERSION else None
    except (OSError, ValueError, LookupError, TypeError):
        return None


def read_node(folder: Path, manifest: Manifest, name: str) -> NodeDocument:
    """One node's document. Raises NoExport; the name must stand in the manifest."""
    file = folder / manifest.every[name].file
    try:
        return NODE.validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        raise _unreadable(file, error) from error


def lost_charts(folder: Path, manifest: Manifest) -> list[str]:
    """The pictures that the documents of an export name, and that are not there. Raises OSError."""
    documents = [
        "manifest.json",
        *(entry.file for entry in manifest.every.values()),
        *filter(None, [manifest.registry]),
    ]
    named = {name.decode() for document in documents for name in _CHART.findall((folder / document).read_bytes())}
    return sorted(named - {f"charts/{path}" for path in files.paths(folder / "charts")})


def read_clusters(folder: Path, manifest: Manifest) -> Clusters | None:
    """What the dashboard of clusters tells, None where there is none. Raises NoExport."""
    if manifest.clusters is None:
        return None
    # Loaded here, for most fleets have no clusters.
    from collector.export.dashboard import ADAPTER  # noqa: PLC0415

    file = folder / manifest.clusters
    try:
        return ADAPTER.validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        raise _unreadable(file, error) from error


def _unreadable(file: Path, error: Exception) -> NoExport:
    return NoExport(f"{file}: can't be read ({type(error).__name__}); make it anew with: almanac export")
