"""A node over SSH, through fabric: ~/.ssh/config, jump hosts and proxy commands as ssh has them.

One connection, one command, `exec sh -s`, which every login shell understands; script and reply are bytes that we
write and read ourselves, since fabric decodes in pieces and has no deadline. Host keys: see `host_keys`; keys to log
in with: `logins`; the way through jump hosts: `route`; what can go wrong and how it is told: `ssh_faults`.
"""

from __future__ import annotations

import contextlib
import logging
import time
from typing import Any

from collector.config import Node
from collector.model import Outcome
from collector.reach import LATE, Hear, Limits, Reply
from collector.reach.route import Hop, hops_to
from collector.reach.ssh_faults import FAULTS, told

_COMMAND = "exec sh -s"
_AT_ONCE = 65_536

# Without a handler Python prints a library's warnings on standard error, and cron mails them.
logging.getLogger("paramiko").addHandler(logging.NullHandler())


def ask(name: str, node: Node, script: bytes, limits: Limits, hear: Hear | None = None) -> Reply:
    """Runs the script on the node. Raises Unreached if no login was to be had, on the node or on the way to it."""
    start = time.monotonic()
    connect = min(limits.connect, limits.node)
    hops: list[Hop] = []
    output = bytearray()
    try:
        for hop in hops_to(name, node, connect):
            hops.append(hop)
            hop.connection.open()
        until = time.monotonic() + limits.node + LATE
        channel = channel_of(hops[-1].connection.transport, until)
        sent = time.time()
        outcome = heard(channel, script, until, limits.output, hear or output.extend)
        status = status_of(channel, until) if outcome is Outcome.OK else None
    except FAULTS as error:
        raise told(error, name, hops[-1] if hops else None, connect) from error
    finally:
        for hop in reversed(hops):
            hop.connection.client.close()
    if outcome is Outcome.OK and status is None:
        outcome = Outcome.CUT_OFF
    return Reply(bytes(output), outcome, status, sent, time.monotonic() - start)


def channel_of(transport: Any, until: float) -> Any:
    """A channel with the command started. Both streams are one: before the script begins, a shell may complain on
    either; after that it is silent on the second."""
    left = max(0.1, until - time.monotonic())
    channel = transport.open_session(timeout=left)
    channel.settimeout(left)
    channel.set_combine_stderr(True)
    channel.exec_command(_COMMAND)
    return channel


def heard(channel: Any, script: bytes, until: float, cap: int, hear: Hear) -> Outcome:
    """Sends the script and passes on what comes until the other side has ended, or time or cap is used up."""
    left_to_say = cap
    try:
        with contextlib.suppress(OSError):  # nobody reads it any more: the output says why
            channel.sendall(script)
            channel.shutdown_write()
        while (left := until - time.monotonic()) > 0:
            channel.settimeout(left)
            chunk = channel.recv(_AT_ONCE)
            hear(chunk[:left_to_say])
            left_to_say -= len(chunk)
            if not chunk or left_to_say < 0:
                return Outcome.TOO_LONG if chunk else Outcome.OK
    except TimeoutError:
        pass
    return Outcome.TIMED_OUT


def status_of(channel: Any, until: float) -> int | None:
    """The exit status, None if the connection ended without one."""
    channel.status_event.wait(max(0.1, until - time.monotonic()))
    status: int = channel.exit_status
    return status if status >= 0 else None
