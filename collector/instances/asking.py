"""Asks one instance its endpoints over HTTP. Whatever it answers, it costs only its own time, and no more than that.

Redirects are followed within the host only, and never from HTTPS to HTTP. Certificates are verified for the name of the
host, though what is connected to is its address, resolved once. No sentence holds a header that was sent.
"""

from __future__ import annotations

import ssl
import time
from collections import deque
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx2

from collector.config.instances import Endpoint, Instances
from collector.instances.address import Forbidden, addresses
from collector.instances.line import Line
from collector.instances.veil import Veil
from collector.model import Outcome, printable

MOST_REDIRECTS = 5
MOST_ADDRESSES = 8
"""So many addresses of a host are looked at; a few, so that a name can't have us try hundreds."""
FIRST_PAUSE = 0.5
"""Seconds before the first repetition; doubled for each further one."""
_PORTS = {"http": 80, "https": 443}
_LATER = (429, 502, 503, 504)
"""Statuses that say: not now."""


class Unanswered(Exception):
    """An instance did not answer as it should.

    is_passing: whether it may do so in a moment.   wait: seconds that it wants to be left alone.   is_of_address:
    whether no connection came about, so another address of it may do better.
    """

    def __init__(
        self, outcome: Outcome, reason: str, is_passing: bool = False, wait: float = 0.0, is_of_address: bool = False
    ) -> None:
        super().__init__(reason)
        self.outcome, self.reason, self.is_passing = outcome, printable(reason)[:500], is_passing
        self.wait, self.is_of_address = wait, is_of_address


@dataclass(frozen=True, slots=True)
class Host:
    """Where an instance is: its base URL, and the addresses of its host, all of which may be asked."""

    base: str
    at: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """The answer of each endpoint, and the first, in order, of the addresses at which the host is."""

    bodies: tuple[bytes, ...]
    address: str


def found(base: str, settings: Instances) -> Host:
    """Where the instance at a base URL is. Raises Unanswered."""
    parts = urlsplit(base)
    try:
        return Host(base, addresses(parts.hostname or "", _port(parts), settings.private)[:MOST_ADDRESSES])
    except Forbidden as error:
        raise Unanswered(Outcome.REFUSED, str(error)) from error
    except (OSError, UnicodeError) as error:
        said = getattr(error, "strerror", None) or "its name is none"
        raise Unanswered(Outcome.UNREACHABLE, f"can't be found: {said}") from error


def ask(host: Host, settings: Instances, context: ssl.SSLContext, line: Line) -> Asked:
    """What the instance there answers. Raises Unanswered."""
    veil = Veil.of(settings.endpoints)
    with httpx2.Client(verify=context, trust_env=False, timeout=settings.connect) as client:
        asking = _Asking(client, host, settings, line)
        bodies = tuple(veil.over(asking.answer(endpoint)) for endpoint in settings.endpoints)
    return Asked(bodies, min(host.at))


class _Asking:
    """One instance being asked. Of its addresses the one that last took a connection comes first."""

    def __init__(self, client: httpx2.Client, host: Host, settings: Instances, line: Line) -> None:
        self._client, self._base, self._settings, self._line = client, host.base, settings, line
        self._name = urlsplit(host.base).hostname or ""
        self._at = deque(host.at)
        self._end = time.monotonic() + settings.time_limit

    def answer(self, endpoint: Endpoint) -> bytes:
        """What an endpoint answers, asked again a few times if it fails for a moment. Raises Unanswered."""
        attempt = 0
        while True:
            try:
                return self._anywhere(endpoint)
            except Unanswered as error:
                pause = max(FIRST_PAUSE * 2**attempt, error.wait)
                if not error.is_passing or attempt == self._settings.retries or time.monotonic() + pause > self._end:
                    raise
            time.sleep(pause)
            attempt += 1

    def _anywhere(self, endpoint: Endpoint) -> bytes:
        """The same, asked once, at the first of its addresses that takes a connection."""
        for _ in range(len(self._at) - 1):
            try:
                return self._followed(endpoint)
            except Unanswered as error:
                if not error.is_of_address or time.monotonic() > self._end:
                    raise
                self._at.rotate(-1)
        return self._followed(endpoint)

    def _followed(self, endpoint: Endpoint) -> bytes:
        url = self._base + endpoint.url
        for _ in range(MOST_REDIRECTS + 1):
            try:
                with self._client.stream(
                    "GET",
                    _pinned(url, self._at[0]),
                    headers=_headers(url, endpoint),
                    extensions={"sni_hostname": self._name, "trace": self._line.trace},
                    follow_redirects=False,
                ) as answer:
                    if not answer.has_redirect_location:
                        return self._body(answer)
                    url = _next(url, answer.headers["location"])
            except httpx2.HTTPError as error:
                raise _told(error, self._name) from error
            except (httpx2.InvalidURL, ValueError) as error:
                raise Unanswered(Outcome.FAILED, f"{endpoint.url} leads to what is no address") from error
        raise Unanswered(Outcome.FAILED, f"{endpoint.url} redirects more than {MOST_REDIRECTS} times")

    def _body(self, answer: httpx2.Response) -> bytes:
        """The body of a good answer, as it comes over the line: what is compressed could be of any size."""
        if not answer.is_success:
            raise _unwilling(answer)
        if answer.headers.get("content-encoding", "identity").lower() != "identity":
            raise Unanswered(Outcome.FAILED, "answers compressed, though it was asked not to")
        body, cap = bytearray(), self._settings.output
        for piece in answer.iter_raw():
            body += piece
            if len(body) > cap:
                raise Unanswered(Outcome.TOO_LONG, f"answers more than {cap} bytes; see instances.output")
            if time.monotonic() > self._end:
                raise Unanswered(Outcome.TIMED_OUT, "did not end its answer in time; see instances.time_limit")
        return bytes(body)


def _unwilling(answer: httpx2.Response) -> Unanswered:
    status, wait = answer.status_code, _wait(answer.headers.get("retry-after", ""), time.time())
    wish = f", and wants to be left alone for {wait:.0f} seconds" if wait else ""
    return Unanswered(Outcome.FAILED, f"answers with status {status}{wish}", status in _LATER, wait)


def _wait(told: str, now: float) -> float:
    """Seconds in Retry-After: a number of them, or a date (RFC 9110, 10.2.3); 0 if it is neither."""
    if told.isascii() and told.isdigit():
        return float(told[:9])
    try:
        return max(parsedate_to_datetime(told).timestamp() - now, 0.0)
    except (ValueError, OverflowError):
        return 0.0


def _pinned(url: str, address: str) -> str:
    """The same URL at an address."""
    parts = urlsplit(url)
    literal = f"[{address}]" if ":" in address else address
    return parts._replace(netloc=f"{literal}:{_port(parts)}").geturl()


def _headers(url: str, endpoint: Endpoint) -> httpx2.Headers:
    """Ours, and over them the configured ones, however their names are written."""
    headers = httpx2.Headers(
        {"Host": urlsplit(url).netloc, "Accept": "application/json", "Accept-Encoding": "identity"}
    )
    headers.update({name: value.get_secret_value() for name, value in endpoint.headers.items()})
    headers["User-Agent"] = "almanac"
    return headers


def _next(url: str, location: str) -> str:
    """Where a redirect leads. Raises Unanswered if that is elsewhere."""
    wanted = urljoin(url, location)
    old, new = urlsplit(url), urlsplit(wanted)
    is_host = new.hostname == old.hostname and new.scheme in _PORTS and new.username is None
    is_upgrade = (old.scheme, new.scheme) == ("http", "https")
    if not is_host or not (is_upgrade or (new.scheme == old.scheme and _port(new) == _port(old))):
        raise Unanswered(Outcome.REFUSED, f"redirects to {new.scheme}://{new.netloc}, which is not followed")
    return wanted


def _port(parts: SplitResult) -> int:
    return parts.port or _PORTS[parts.scheme]


def _told(error: httpx2.HTTPError, host: str) -> Unanswered:
    """The library's exceptions in our words, the most specific first. Its own words may hold headers."""
    match error:
        case httpx2.TimeoutException():
            reason, is_unmet = "did not answer in time; see instances.connect", isinstance(error, httpx2.ConnectTimeout)
            return Unanswered(Outcome.TIMED_OUT, reason, is_passing=True, is_of_address=is_unmet)
        case httpx2.ConnectError() if "certificate" in str(error).lower():
            return Unanswered(Outcome.REFUSED, f"has a certificate that is not good for {host}: {error}")
        case httpx2.ConnectError():
            return Unanswered(Outcome.UNREACHABLE, f"takes no connection: {error}", is_passing=True, is_of_address=True)
        case httpx2.ReadError() | httpx2.RemoteProtocolError() | httpx2.WriteError():
            return Unanswered(Outcome.CUT_OFF, "ended its answer in the middle, or speaks no HTTP", True)
    return Unanswered(Outcome.FAILED, f"could not be asked: {type(error).__name__}")
