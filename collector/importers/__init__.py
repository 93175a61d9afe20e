"""Configurations of the systems that Almanac replaces, parsed and never executed.

An importer is one module of this package with two names; it is found by asking each whether it knows the text:

    recognises(text) -> bool                     by sections and keys, not by the file's name
    convert(files, zone) -> str                  the text of an equal, commented almanac.toml; raises ImportRefused

`tgzs` reads the one old database there is.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

from collector.importers.foreign import ForeignFile, ImportRefused, read

__all__ = ["ForeignFile", "ImportRefused", "import_files"]


def import_files(paths: Sequence[Path], zone: ZoneInfo | None = None) -> str:
    """The text of an almanac.toml equal to the given files of one old system.

    `zone` is the zone of times that carry none. Raises ImportRefused with all that stands in the way.
    """
    known = [(file, _importer_of(file)) for file in map(read, paths)]
    refusals = [
        f"{file.name}: not a configuration that can be imported; known are: {', '.join(_importers())}"
        for file, importer in known
        if importer is None
    ]
    importers = {importer.__name__: importer for _, importer in known if importer}
    if len(importers) > 1:
        refusals.append(f"{', '.join(file.name for file, _ in known)}: of different systems; import one at a time")
    if refusals:
        raise ImportRefused(refusals)
    (importer,) = importers.values()
    text: str = importer.convert([file for file, _ in known], zone)
    return text


def _importers() -> dict[str, ModuleType]:
    modules = (importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    return {module.__name__.rpartition(".")[2]: module for module in modules if hasattr(module, "recognises")}


def _importer_of(file: ForeignFile) -> ModuleType | None:
    return next((module for module in _importers().values() if module.recognises(file.text)), None)
