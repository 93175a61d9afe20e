"""Who is told of what: `[[reports]]` and the `email` of hubs, by person. One who is named twice gets one message."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from collector.config import Config
from collector.config.reports import Report
from collector.model import AlmanacError, Level, LevelWord


class UnreadableChannels(AlmanacError):
    """A file of channels can't be read."""

    exit_status = 4


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets messages. `name`: the mail address, or of a channel, whose address holds secrets, a digest of it."""

    name: str
    reports: tuple[Report, ...]
    channel: str | None = None

    @property
    def shown(self) -> str:
        """The recipient in a sentence."""
        return self.name if self.channel is None else f"{self.channel.partition(':')[0][:20]} ({self.name})"


def recipients(config: Config) -> tuple[Recipient, ...]:
    """All of them, in the order of the file. Raises UnreadableChannels."""
    found: dict[str, Recipient] = {}
    for name, report, channel in [*_named(config.reports), *_of_hubs(config)]:
        known = found.get(name)
        found[name] = Recipient(name, (*(known.reports if known else ()), report), channel)
    return tuple(found.values())


def everything(address: str) -> Recipient:
    """One who watches the whole fleet."""
    return Recipient(address, (Report(to=(address,)),))


def _named(reports: Iterable[Report]) -> Iterator[tuple[str, Report, str | None]]:
    for report in reports:
        yield from ((address, report, None) for address in report.to)
        for channel in _channels(report):
            yield f"channel {sha256(channel.encode()).hexdigest()[:8]}", report, channel


def _channels(report: Report) -> Iterator[str]:
    """The addresses of other services, those in a file one a line, `#` before a remark."""
    yield from (channel.get_secret_value() for channel in report.channels)
    if report.channels_file is None:
        return
    try:
        lines = report.channels_file.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or "is not UTF-8"
        raise UnreadableChannels(f"{report.channels_file}: can't be read: {said}; mend channels_file") from error
    yield from (line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#"))


def _of_hubs(config: Config) -> Iterator[tuple[str, Report, None]]:
    """Who is named by hubs, each with all the hubs that do so."""
    addresses = dict.fromkeys(address for hub in config.hubs.values() for address in hub.email)
    for address in addresses if config.mail else ():
        hubs = tuple(name for name, hub in config.hubs.items() if address in hub.email)
        yield address, Report(to=(address,), hub=hubs), None


@dataclass(frozen=True, slots=True)
class Concern:
    """What decides whom a problem concerns: its node, its hub if it has one, how bad it is."""

    node: str
    hub: str | None
    level: LevelWord


class Reach:
    """What a report is about: the hubs it names, the nodes it names or means; everything if it names nothing."""

    def __init__(self, config: Config, report: Report) -> None:
        self._least = Level.of(report.level)
        self._hubs = frozenset(report.hub)
        self._members = {hub: frozenset([*config.hubs[hub].nodes, config.hubs[hub].node]) for hub in report.hub}
        nodes = [config.environments[name].nodes for name in report.environment]
        nodes += [config.groups[name].nodes for name in report.group]
        self._nodes = frozenset(report.node).union(*nodes)
        self._whole = not (self._hubs or report.environment or report.group or report.node)

    def is_about(self, node: str, hub: str | None = None) -> bool:
        """Whether it is about a node at all, or about what belongs to a hub on it."""
        if self._whole or node in self._nodes:
            return True
        return any(node in members and hub in (None, name) for name, members in self._members.items())

    def takes(self, concern: Concern) -> bool:
        """Whether a problem is told in it."""
        return self.is_about(concern.node, concern.hub) and Level.of(concern.level) >= self._least
