"""What reports need and is not there, found before a pass needs it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from collector.config import Config
from collector.model import AlmanacError


class Lacking(AlmanacError):
    """A file that `[mail]` or `[[reports]]` names can't be used."""


def lacking(config: Config) -> Iterator[Lacking]:
    """Each such file, with the key that names it."""
    mail = config.mail
    named = [("mail.ca_file", mail.ca_file), ("mail.password_file", mail.password_file)] if mail else []
    named += [(f"reports[{index}].channels_file", one.channels_file) for index, one in enumerate(config.reports)]
    for key, file in named:
        if file is not None and (reason := _unreadable(file)):
            yield Lacking(f"{file}: can't be read: {reason}; correct {key}")
    if mail and mail.sendmail and not os.access(mail.sendmail, os.X_OK):
        yield Lacking(f"{mail.sendmail}: there is no such program; correct mail.sendmail")


def _unreadable(file: Path) -> str:
    try:
        with file.open("rb"):
            return ""
    except OSError as error:
        return error.strerror or type(error).__name__
