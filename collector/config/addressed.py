"""Whether reports can reach whom they are for: names of nothing, mail without a way to send it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from collector.config.settings import Config

Said = tuple[tuple[str | int, ...], str]
KINDS = ("hub", "environment", "group")
"""What a report may be of, besides nodes, by the key that names it."""


def misdirected(config: Config, no_such: Callable[[str, str, list[str]], str]) -> Iterator[Said]:
    """Where each such fault stands, and how to mend it. `no_such` says that a name is none of those known."""
    for index, report in enumerate(config.reports):
        if report.to and config.mail is None:
            mend = 'there is no [mail] to send it by; add one with from = "..." and host = "..."'
            yield ("reports", index, "to"), mend
        for kind in KINDS:
            known = list(getattr(config, f"{kind}s"))
            for name in getattr(report, kind):
                if name not in known:
                    yield ("reports", index, kind), no_such(kind, name, known)
