"""Finds the module of a source kind by its name: in collector.sources, or an entry point of the group almanac.sources.

Found when asked for, never imported from above, so that configuration stays below the rooms that it describes.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import pkgutil
from difflib import get_close_matches
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

PACKAGE = "collector.sources"
GROUP = "almanac.sources"


@cache
def _outside() -> dict[str, Any]:
    return {entry.name: entry for entry in entry_points(group=GROUP)}


@cache
def names() -> tuple[str, ...]:
    """All kinds there are, sorted. A module whose name begins with an underscore is part of a kind, not one itself."""
    package = importlib.import_module(PACKAGE)
    inside = {module.name for module in pkgutil.iter_modules(package.__path__) if not module.name.startswith("_")}
    return tuple(sorted(inside | set(_outside())))


@cache
def find(kind: str) -> Any:
    """The module of a kind. Raises ValueError that lists the kinds and suggests the nearest."""
    if kind in _outside():
        return _outside()[kind].load()
    if kind not in names():
        near = get_close_matches(str(kind), names(), n=1)
        raise ValueError(
            f'no source of kind "{kind}"; '
            + (f'did you mean "{near[0]}"? ' if near else "")
            + f"kinds: {', '.join(names())}"
        )
    return importlib.import_module(f"{PACKAGE}.{kind}")


def file(kind: str) -> Path:
    """The file of a kind's module, which is not loaded where it is one of ours. Raises ValueError as `find` does."""
    spec = None if kind in _outside() else importlib.util.find_spec(f"{PACKAGE}.{kind}")
    return Path(find(kind).__file__ if spec is None or spec.origin is None else spec.origin)


def resumes(kind: str) -> bool:
    """Whether a kind goes on where it stopped: its `probe` takes the cursor as well as the settings."""
    return len(inspect.signature(find(kind).probe).parameters) > 1
