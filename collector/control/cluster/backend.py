"""What is asked of a kind of cluster, and which module speaks to it. Pure.

A back end makes sh text for the node by which the cluster is asked, and reads what that prints. To add one, write a
module with these functions and name it in `of`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from collector.control.cluster import ganeti
from collector.control.cluster.account import Account
from collector.control.cluster.courses import Console, Course, Sent
from collector.control.cluster.orders import Step
from collector.sources import cluster
from collector.sources._machines import Cluster


class Backend(Protocol):
    """Speaks to one kind of cluster. `account` is None for that of a pass."""

    def read(self, body: bytes, /) -> Cluster:
        """The cluster, in the answer to what its source asks. Raises Unreadable."""
        ...

    def send(self, settings: cluster.Settings, account: Account | None, steps: Sequence[Step], /) -> str:
        """The text that gives orders, each once."""
        ...

    def sent(self, body: bytes, steps: Sequence[Step], /) -> tuple[Sent, ...]:
        """What came of those that were given at all, in their order."""
        ...

    def follow(self, settings: cluster.Settings, account: Account | None, jobs: Sequence[int], mark: str, /) -> str:
        """The text that tells of jobs until nobody hears it any more, in frames as `following` reads them."""
        ...

    def course(self, job: int, body: bytes, /) -> Course:
        """How far a job is, in a frame of its. Raises Unreadable."""
        ...

    def show_console(self, settings: cluster.Settings, account: Account | None, vm: str, /) -> str:
        """The text that asks how a VM's console is opened."""
        ...

    def console(self, body: bytes, /) -> Console:
        """How it is opened. Raises Unreadable."""
        ...


def of(settings: cluster.Settings) -> Backend:
    """The back end of a source's cluster."""
    del settings  # there is one kind so far
    return ganeti
