"""~/.ssh/config and /etc/ssh/ssh_config with the files that they include, as ssh_config(5) has it: paramiko knows no
Include."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator
from pathlib import Path

from paramiko import ConfigParseError, SSHConfig

_FILES = ("~/.ssh/config", "/etc/ssh/ssh_config")
_DEEPEST = 16  # as in OpenSSH
_LINE = re.compile(r"\s*(include|host|match)(?:\s*=\s*|\s+)(.*)", re.IGNORECASE)
_FOR_ALL = "Host *"


def read() -> SSHConfig:
    """Both files as one. Raises ConfigParseError and OSError; a file that is not there says nothing."""
    config = SSHConfig()
    for path in (Path(name).expanduser() for name in _FILES):
        if path.is_file():
            config.parse(_lines(path, path.parent, _FOR_ALL, 0))
    return config


def _lines(file: Path, folder: Path, block: str, depth: int) -> Iterator[str]:
    """The lines of a file, those of the files that it includes in place of each Include. `block`: the Host or Match
    line that it is included below."""
    if depth > _DEEPEST:
        raise ConfigParseError(f"{file} is included more than {_DEEPEST} deep")
    outer = block
    for number, line in enumerate(file.read_text(encoding="utf-8", errors="surrogateescape").splitlines(), 1):
        match = _LINE.match(line)
        if match is None:
            yield line
        elif match[1].lower() == "include":
            for included in _included(match[2], folder):
                yield from _lines(included, folder, block, depth + 1)
                yield block  # it begins blocks of its own
        elif outer != _FOR_ALL:
            raise ConfigParseError(
                f"{file} line {number} begins a block, but the file is included below {outer!r}, which holds for that"
                " too; include it above the first Host or Match"
            )
        else:
            block = line
            yield line


def _included(patterns: str, folder: Path) -> Iterator[Path]:
    """The files that an Include names, in ssh's order. What is not there is left out, as ssh does."""
    for quoted, plain in re.findall(r'"([^"]*)"|(\S+)', patterns):
        pattern = folder / Path(quoted or plain).expanduser()
        yield from map(Path, sorted(glob.glob(str(pattern))))  # noqa: PTH207 - Path.glob matches hidden files, too
