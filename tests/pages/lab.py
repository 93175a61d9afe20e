"""A small site of one's own with the sample's export, for what is built of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from collector.config import Config, load
from tests.sphinxext.sample_export import write_sample

SITE = Path(__file__).parents[2] / "site"
BUILD = "import sys; from pathlib import Path; from collector.config import load; from collector.pages.site import build; build(load(Path(sys.argv[1])))"
LISTS = ("hubs", "environments", "groups", "nodes")


def lab(root: Path, write: Callable[[Path], Path] = write_sample) -> Config:
    """A configuration with a small site: an overview, and a list with the pages of each kind."""
    (root / "site").mkdir()
    for name in ("conf.py", "robots.txt"):
        shutil.copy(SITE / name, root / "site")
    toctree = "\n.. toctree::\n   :glob:\n\n"
    (root / "site/index.rst").write_text(f"Overview\n========\n\n.. almanac:overview::\n{toctree}   */index\n")
    for name in LISTS:
        (root / "site" / name).mkdir()
        page = f"{name}\n============\n\n.. almanac:{name}::\n{toctree}   *\n"
        (root / "site" / name / "index.rst").write_text(page)
    return configured(root, write)


def configured(root: Path, write: Callable[[Path], Path] = write_sample) -> Config:
    (root / "almanac.toml").write_text("")
    config = load(root / "almanac.toml")
    write(config.export)
    return config


def tree(folder: Path) -> dict[str, bytes]:
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def edit_manifest(config: Config, edit: Callable[[dict], None]) -> None:  # type: ignore[type-arg]
    file = config.export / "manifest.json"
    told = json.loads(file.read_text())
    edit(told)
    for name, entry in told["nodes"].items():  # whoever tells of another node by a copy of its line gets its document
        document = json.loads((config.export / entry["file"]).read_text())
        if document["name"] != name:
            entry["file"] = f"nodes/of-{sha256(name.encode()).hexdigest()[:16]}.json"
            (config.export / entry["file"]).write_text(json.dumps(document | {"name": name, "page": entry["page"]}))
    file.write_text(json.dumps(told))
