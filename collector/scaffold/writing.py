"""Writes the files of a new status site. Nothing that exists is ever overwritten, but for the schema, which is made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files as resources
from pathlib import Path

import jinja2

from collector import files
from collector.config.schema import FILE, schema
from collector.model import AlmanacError
from collector.scaffold.machine import Machine

# Pages of hubs, nodes, environments and groups are generated; of these folders only the index is part of a new site.
_GENERATED = ("hubs", "nodes", "environments", "groups")
_SKIPPED = ("__pycache__", "_build")


class ScaffoldRefused(AlmanacError):
    """Nothing was written. `lines` says why, one sentence for each thing in the way."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def scaffold(folder: Path, machine: Machine) -> list[Path]:
    """Writes almanac.toml with its schema and cron/, and site/ into a folder, made if need be; returns what it wrote.

    Where one of the two is there and the other is not, as after an import, it is the other alone; what is there of
    cron/ stays. Raises ScaffoldRefused, with nothing changed, if both are there, or one of these files is or can't be
    written.
    """
    file, site = folder / "almanac.toml", folder / "site"
    configuration = {file: almanac_toml(machine).encode()}
    cron = {folder / "cron" / name: content for name, content in _cron().items()}
    configuration |= {path: content for path, content in cron.items() if not path.exists()}
    pages = {site / name: content for name, content in _site().items()}
    if file.is_file() != (site / "conf.py").is_file():
        contents = pages if file.is_file() else configuration
    else:
        contents = configuration | pages
    taken = [path for path in contents if path.exists() or path.is_symlink()]
    if taken:
        more = f" (and {len(taken) - 1} more of its files)" if len(taken) > 1 else ""
        raise ScaffoldRefused([f"{taken[0]}: is there already{more} and stays as it is; name a new folder"])
    return _write(contents, folder / FILE if file in contents else None)


def write_imported(file: Path, text: str) -> list[Path]:
    """Writes an imported configuration, its schema, and a site/ where there is none; returns what was written. It may
    hold passwords, so that only who imports it may read it.

    Raises ScaffoldRefused, with nothing changed, if the file is there or one of them can't be written.
    """
    if file.exists() or file.is_symlink():
        raise ScaffoldRefused([f"{file}: is there already and stays as it is; name another with --output"])
    site = file.parent / "site"
    pages = {} if site.exists() else {site / name: content for name, content in _site().items()}
    return _write({file: text.encode()} | pages, file.parent / FILE, private=file)


def write_site(folder: Path) -> list[Path]:
    """Writes what is missing of a Sphinx source into a folder; returns what was written. Raises ScaffoldRefused."""
    contents = {folder / name: content for name, content in _site().items()}
    return _write({path: content for path, content in contents.items() if not path.exists()})


def almanac_toml(machine: Machine) -> str:
    """The text of a first configuration, with all else as examples in comments."""
    template = resources("collector.scaffold").joinpath("almanac.toml.jinja").read_text(encoding="utf-8")
    environment = jinja2.Environment(trim_blocks=True, keep_trailing_newline=True)  # noqa: S701  # TOML, not HTML
    return environment.from_string(template).render(machine=machine, schema=FILE)


def _site() -> dict[str, bytes]:
    """The site that comes with the program, by path below its folder."""
    root = Path(str(resources("collector") / "skeleton"))
    found = {path.relative_to(root): path for path in sorted(root.rglob("*")) if path.is_file()}
    return {str(name): path.read_bytes() for name, path in found.items() if _is_shipped(name)}


def _cron() -> dict[str, bytes]:
    """What runs the passes and serves the pages, by name: for cron, systemd, nginx and Apache."""
    return {path.name: path.read_bytes() for path in sorted(Path(str(resources("collector") / "cron")).iterdir())}


def _is_shipped(name: Path) -> bool:
    if any(part in _SKIPPED for part in name.parts) or name.suffix == ".png":  # pictures are the README's
        return False
    return name.parts[0] not in _GENERATED or name.name == "index.rst"


def _write(contents: Mapping[Path, bytes], schema_file: Path | None = None, private: Path | None = None) -> list[Path]:
    """Writes new files and makes the schema anew, all or none. Returns their paths. `private`: the one that only its
    owner may read."""
    made: list[Path] = []
    try:
        for path, content in contents.items():
            for folder in reversed([folder for folder in path.parents if not folder.exists()]):
                folder.mkdir()
                made.append(folder)
            with path.open("xb") as file:
                made.append(path)
                if path == private:
                    path.chmod(0o600)
                file.write(content)
        if schema_file:
            path = schema_file
            files.replace(path, (json.dumps(schema(), indent=2) + "\n").encode())
    except OSError as error:
        for one in reversed(made):
            one.rmdir() if one.is_dir() else one.unlink()
        raise ScaffoldRefused([f"{path}: can't be written: {error.strerror}; name another folder"]) from error
    return [*contents, *([schema_file] if schema_file else [])]
