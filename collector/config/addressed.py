"""Whether reports and pages can reach whom they are for: names of nothing, mail or pages without a way."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from collector.config.catalogue import tells_of
from collector.config.settings import Config
from collector.config.toml import Finding

KINDS = ("hub", "environment", "group")
"""What a report may be of, besides nodes, by the key that names it."""


def misdirected(config: Config, no_such: Callable[[str, str, list[str]], str]) -> Iterator[Finding]:
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


def unserved(config: Config, no_such: Callable[[str, str, list[str]], str]) -> Iterator[Finding]:
    """The same for audiences, and consoles."""
    if config.consoles and config.site.web_group is None:
        yield ("consoles",), 'there is no site.web_group to keep passwords from others; write web_group = "www-data"'
    if config.consoles and config.site.url is None:
        yield ("consoles",), 'there is no site.url below which they are opened; write url = "https://..." in [site]'
    for name, audience in config.audiences.items():
        if config.site.web_group is None:
            mend = 'there is no site.web_group to keep its pages from others; write web_group = "www-data" or the like'
            yield ("audiences", name), mend
        if audience.owners and not any(asks_cluster(config, node) for node in config.nodes):
            mend = 'there is no source that tells of VMs and their owners; add one, such as kind = "cluster"'
            yield ("audiences", name, "owners"), mend
        for kind in KINDS:
            known = list(getattr(config, f"{kind}s"))
            for one in getattr(audience, f"{kind}s"):
                if one not in known:
                    yield ("audiences", name, f"{kind}s"), no_such(kind, one, known)


def asks_cluster(config: Config, node: str) -> bool:
    """Whether a cluster of VMs is asked on a node."""
    return any(tells_of(source.kind, "cluster") for source in config.sources_of(node))
