"""Asks one instance its endpoints over HTTP. Whatever it answers, it costs only its own time, and no more than that.

Redirects are followed within the host only, and never from HTTPS to HTTP. Certificates are verified for the name of the
host, though what is connected to is its address, resolved once. No sentence holds a header that was sent.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx2

from collector.config.instances import Endpoint, Instances
from collector.instances.address import Forbidden, addresses
from collector.model import Outcome, printable

MOST_REDIRECTS = 5
FIRST_PAUSE = 0.5
"""Seconds before the first repetition; doubled for each further one."""
_PORTS = {"http": 80, "https": 443}
_LATER = (429, 502, 503, 504)
"""Statuses that say: not now."""


class Unanswered(Exception):
    """An instance did not answer as it should. is_passing: whether it may do so in a moment."""

    def __init__(self, outcome: Outcome, reason: str, is_passing: bool = False) -> None:
        super().__init__(reason)
        self.outcome, self.reason, self.is_passing = outcome, printable(reason)[:500], is_passing


@dataclass(frozen=True, slots=True)
class Target:
    """The host of an instance, its addresses, and when its time is over (monotonic seconds)."""

    host: str
    at: tuple[str, ...]
    end: float


@dataclass(frozen=True, slots=True)
class Asked:
    """The answer of each endpoint, and the first, in order, of the addresses at which the host is."""

    bodies: tuple[bytes, ...]
    address: str


def ask(base: str, settings: Instances, context: ssl.SSLContext) -> Asked:
    """What the instance at a base URL answers. Raises Unanswered."""
    parts = urlsplit(base)
    host, end = parts.hostname or "", time.monotonic() + settings.time_limit
    try:
        at = addresses(host, _port(parts), settings.private)
    except Forbidden as error:
        raise Unanswered(Outcome.REFUSED, str(error)) from error
    except (OSError, UnicodeError) as error:
        said = getattr(error, "strerror", None) or "its name is none"
        raise Unanswered(Outcome.UNREACHABLE, f"{host} can't be found: {said}") from error
    target = Target(host, at, end)
    with httpx2.Client(verify=context, trust_env=False, timeout=settings.connect) as client:
        bodies = tuple(_repeated(client, target, base, endpoint, settings) for endpoint in settings.endpoints)
    return Asked(bodies, min(at))


def _repeated(client: httpx2.Client, target: Target, base: str, endpoint: Endpoint, settings: Instances) -> bytes:
    """What an endpoint answers, asked again a few times if it fails for a moment; each time at the next address."""
    attempt = 0
    while True:
        try:
            return _followed(client, target, base + endpoint.url, endpoint, (attempt, settings.output))
        except Unanswered as error:
            pause = FIRST_PAUSE * 2**attempt
            if not error.is_passing or attempt == settings.retries or time.monotonic() + pause > target.end:
                raise
        time.sleep(pause)
        attempt += 1


def _followed(client: httpx2.Client, target: Target, url: str, endpoint: Endpoint, how: tuple[int, int]) -> bytes:
    attempt, cap = how
    secrets = {name: value.get_secret_value() for name, value in endpoint.headers.items()}
    address = target.at[attempt % len(target.at)]
    for _ in range(MOST_REDIRECTS + 1):
        try:
            with client.stream(
                "GET",
                _pinned(url, address),
                headers=_headers(url, secrets),
                extensions={"sni_hostname": target.host},
                follow_redirects=False,
            ) as answer:
                if not answer.is_redirect:
                    return _body(answer, target, cap)
                url = _next(url, answer.headers.get("location", ""))
        except httpx2.HTTPError as error:
            raise _told(error, target) from error
        except (httpx2.InvalidURL, ValueError) as error:
            raise Unanswered(Outcome.FAILED, f"{endpoint.url} leads to what is no address") from error
    raise Unanswered(Outcome.FAILED, f"{endpoint.url} redirects more than {MOST_REDIRECTS} times")


def _pinned(url: str, address: str) -> str:
    """The same URL at an address."""
    parts = urlsplit(url)
    literal = f"[{address}]" if ":" in address else address
    return parts._replace(netloc=f"{literal}:{_port(parts)}").geturl()


def _headers(url: str, secrets: Mapping[str, str]) -> dict[str, str]:
    ours = {"Host": urlsplit(url).netloc, "Accept": "application/json", "Accept-Encoding": "identity"}
    return {**ours, **secrets, "User-Agent": "almanac"}


def _next(url: str, location: str) -> str:
    """Where a redirect leads. Raises Unanswered if that is elsewhere."""
    wanted = urljoin(url, location)
    old, new = urlsplit(url), urlsplit(wanted)
    is_host = bool(location) and new.hostname == old.hostname and new.scheme in _PORTS and new.username is None
    is_upgrade = (old.scheme, new.scheme) == ("http", "https")
    if not is_host or not (is_upgrade or (new.scheme == old.scheme and _port(new) == _port(old))):
        raise Unanswered(Outcome.REFUSED, f"redirects to {new.scheme}://{new.netloc}, which is not followed")
    return wanted


def _port(parts: SplitResult) -> int:
    return parts.port or _PORTS[parts.scheme]


def _body(answer: httpx2.Response, target: Target, cap: int) -> bytes:
    """The body of a good answer, as it comes over the line: what is compressed could be of any size."""
    status = answer.status_code
    if not answer.is_success:
        raise Unanswered(Outcome.FAILED, f"answers with status {status}", status in _LATER)
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise Unanswered(Outcome.FAILED, "answers compressed, though it was asked not to")
    body = b""
    for piece in answer.iter_raw():
        body += piece
        if len(body) > cap:
            raise Unanswered(Outcome.TOO_LONG, f"answers more than {cap} bytes; see instances.output")
        if time.monotonic() > target.end:
            raise Unanswered(Outcome.TIMED_OUT, "did not end its answer in time; see instances.time_limit")
    return body


def _told(error: httpx2.HTTPError, target: Target) -> Unanswered:
    """The library's exceptions in our words, the most specific first. Its own words may hold headers."""
    match error:
        case httpx2.TimeoutException():
            return Unanswered(Outcome.TIMED_OUT, "did not answer in time; see instances.connect", True)
        case httpx2.ConnectError() if "certificate" in str(error).lower():
            return Unanswered(Outcome.REFUSED, f"its certificate is not good for {target.host}: {error}")
        case httpx2.ConnectError():
            return Unanswered(Outcome.UNREACHABLE, f"no connection to {target.host}: {error}", True)
        case httpx2.ReadError() | httpx2.RemoteProtocolError() | httpx2.WriteError():
            return Unanswered(Outcome.CUT_OFF, "its answer ended in the middle, or was no HTTP", True)
    return Unanswered(Outcome.FAILED, f"could not be asked: {type(error).__name__}")
