"""As whom a cluster is told to do something: by the environment, else `control` of its source, else as a pass asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from collector.config import Config
from collector.model import AlmanacError
from collector.sources import cluster

USER, PASSWORD = "ALMANAC_CLUSTER_USER", "ALMANAC_CLUSTER_PASSWORD"
"""The variables of the environment."""


class NoAccount(AlmanacError):
    """A password that can't be had."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the cluster's, and the password."""

    username: str
    password: str = field(repr=False)


def account(config: Config, settings: cluster.Settings, environ: Mapping[str, str]) -> Account | None:
    """The account for changes; None for that of a pass. Raises NoAccount."""
    user, password = environ.get(USER, ""), environ.get(PASSWORD, "")
    if bool(user) != bool(password):
        raise NoAccount(f"{PASSWORD if user else USER} is missing in the environment; set both, or neither")
    if user:
        return Account(_plain(user, USER), _plain(password, PASSWORD))
    return _from_file(config, settings.control) if settings.control else None


def _from_file(config: Config, control: cluster.Controller) -> Account:
    file = config.file.absolute().parent / control.password_file
    try:
        if file.stat().st_mode & 0o007:
            raise NoAccount(f"{file}: anybody on this machine may read the password; run: chmod o= {file}")
        first = file.read_text(encoding="utf-8").partition("\n")[0]
    except (OSError, UnicodeDecodeError) as error:
        said = getattr(error, "strerror", None) or "it is no UTF-8"
        raise NoAccount(f"{file}: the password can't be read: {said}; control.password_file names it") from error
    return Account(control.username, _plain(first, str(file)))


def _plain(text: str, where: str) -> str:
    if not text or not text.isprintable():
        raise NoAccount(f"{where}: is empty or holds control characters; write one line of plain text")
    return text
