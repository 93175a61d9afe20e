"""What paramiko, fabric and the sockets below them raise, told in our words: at this one place, most specific first."""

from __future__ import annotations

import socket

from paramiko import AuthenticationException, ChannelException, ConfigParseError, ProxyCommandFailure, SSHException
from paramiko.auth_strategy import AuthFailure
from paramiko.ssh_exception import NoValidConnectionsError

from collector.model import printable
from collector.reach import NoConnection, Refused, TooSlow, Unreached
from collector.reach.route import Hop

FAULTS = (SSHException, OSError, EOFError, ValueError)


def told(error: Exception, name: str, hop: Hop | None, seconds: float) -> Unreached:
    """One of FAULTS as ours. `hop`: the host that was being opened, None if the way to it could not even be read;
    `seconds`: the limit for it."""
    said = printable(str(error)) or type(error).__name__
    if hop is None:
        where = "" if isinstance(error, ConfigParseError) else f"nodes.{name} or ProxyJump in "
        return NoConnection(f"the way to it can't be read: {said}; mend {where}~/.ssh/config")
    match error:
        case AuthFailure():
            return _login(error, name, hop, seconds)
        case ChannelException():
            return _channel(hop, printable(error.text))
        case ProxyCommandFailure():
            last = printable(str(error.error))
            return NoConnection(f"the ProxyCommand to {hop.place} ended: {last}; try it with: {hop.ssh}")
        case SSHException() | EOFError():
            return _handshake(error, hop, said, seconds)
    return NoConnection(f"{hop.place}{_socket(error, name, hop, seconds)}")


def _socket(error: Exception, name: str, hop: Hop, seconds: float) -> str:
    match error:
        case NoValidConnectionsError():
            reasons = " and ".join(sorted({each.strerror for each in error.errors.values()}))
            return f": {reasons}; is it up, and is {_key(name, hop, 'port')} where its sshd listens?"
        case socket.gaierror():
            return f": the name is not known ({error.strerror}); mend {_key(name, hop, 'address')}"
        case TimeoutError():
            return f" did not answer within {seconds:g} s; is it up, is a firewall between?"
    return f": {getattr(error, 'strerror', None) or printable(str(error))}; try it with: {hop.ssh}"


def _key(name: str, hop: Hop, key: str) -> str:
    """Where it is written how a host is reached."""
    return f"nodes.{name}.jump (or ProxyJump in ~/.ssh/config)" if hop.jump else f"nodes.{name}.{key}"


def _login(error: AuthFailure, name: str, hop: Hop, seconds: float) -> Unreached:
    keys, user = error.result.strategy, hop.connection.user
    besides = "".join(f"; {trouble}" for trouble in keys.troubles)
    if not keys.offered:
        mend = besides or f"; there is no key file and no agent: name a key file with nodes.{name}.key"
        return Refused(f"{hop.place}: no key to log in with as {user}{mend}")
    if any("timeout" in str(tried.result).lower() for tried in error.result):
        return TooSlow(f"{hop.place} did not finish the login as {user} within {seconds:g} s; try it with: {hop.ssh}")
    if not any(_is_answer(tried.result) for tried in error.result):
        return NoConnection(
            f"{hop.place} broke off the login as {user} with {', '.join(keys.offered)} without a word{besides};"
            f" see its sshd's log, or try it with: {hop.ssh}"
        )
    return Refused(
        f"{hop.place} refused the login as {user} with {', '.join(keys.offered)}{besides};"
        f" put the public key into the file ~/.ssh/authorized_keys of {user} there"
    )


def _is_answer(result: object) -> bool:
    """Whether a host said something to a key; paramiko gives what it said, or raises it. Of a connection that has ended
    it says so in words alone."""
    if isinstance(result, Exception):
        return isinstance(result, AuthenticationException) and "saw EOF" not in str(result)
    return True


def _channel(hop: Hop, said: str) -> Unreached:
    """A channel that was not opened: on the host itself after login, else on the jump host before it."""
    if hop.connection.is_connected:
        return Refused(f"{hop.place} accepted the login but runs no command ({said}); try it with: {hop.ssh}")
    return NoConnection(f"{hop.place} can't be reached from the jump host before it: {said}; try it with: {hop.ssh}")


def _handshake(error: Exception, hop: Hop, said: str, seconds: float) -> Unreached:
    # paramiko's words when the time for the handshake is over; when that for the first line is, the cause alone tells.
    if "No existing session" in said or isinstance(error.__context__, TimeoutError):
        return TooSlow(f"{hop.place} did not speak SSH within {seconds:g} s; is its sshd stuck? Try it with: {hop.ssh}")
    if hop.connection.is_connected:
        return Refused(f"{hop.place} accepted the login but runs no command ({said}); try it with: {hop.ssh}")
    return NoConnection(f"{hop.place} broke off the SSH handshake: {said}; try it with: {hop.ssh}")
