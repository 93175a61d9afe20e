"""XML-RPC as supervisord speaks it: several calls as one request, and their replies.

Format: http://xmlrpc.com/spec.md, and `system.multicall` of https://supervisord.org/api.html: a call that failed is a
record of `faultCode` and `faultString` in its place.
"""

from __future__ import annotations

import re
import xmlrpc.client
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from collector.model import Fault, printable

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ASIDE = 0x10_0000
"""Added to a control character, which no XML may hold, while a reply is read."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call: `Call("supervisor.stopProcess", ("web:gunicorn", False))`."""

    method: str
    words: tuple[str | int | bool, ...] = ()


def request(calls: Sequence[Call]) -> str:
    """The body of a request that makes some calls, one after another, on one line. Raises ValueError if a name holds
    what XML can't."""
    if any(_CONTROL.search(word) for call in calls for word in call.words if isinstance(word, str)):
        raise ValueError("a name holds a control character, which XML can't")
    many = [{"methodName": call.method, "params": list(call.words)} for call in calls]
    return xmlrpc.client.dumps((many,), "system.multicall").partition("?>")[2].replace("\n", "")


def replies(text: str, number: int, odd: Callable[[str], str] = printable) -> list[object] | Fault:
    """The reply to each of so many calls, or why there are none. Control characters, which supervisord sends as they
    are although no XML may hold them, are replaced by what `odd` says: spelt out. Never raises."""
    if "<!DOCTYPE" in text:
        return Fault(0, "", "holds a document type, which supervisord never sends")
    try:
        (found,), _ = xmlrpc.client.loads(_CONTROL.sub(lambda match: odd(match[0]), text))
    except xmlrpc.client.Fault as fault:
        return Fault(0, printable(str(fault.faultString)), f"supervisord answered with fault {fault.faultCode}")
    except Exception as error:  # the library raises almost anything on well-formed XML of a wrong structure
        return Fault(0, printable(str(error)), "is no reply of supervisord")
    if not isinstance(found, list) or len(found) != number:
        return Fault(0, printable(repr(found)[:200]), "is no reply of supervisord")
    return found


def aside(sign: str) -> str:
    """A control character as one that XML may hold, for `replies`."""
    return chr(_ASIDE + ord(sign))


def back(text: str) -> str:
    """A text of replies with all that was put `aside` as it came."""
    return "".join(chr(ord(one) - _ASIDE) if ord(one) >= _ASIDE else one for one in text)
