"""A dead man's switch: a service that alarms when it is not told in time that a pass has come.

It is told as https://healthchecks.io/docs/http_api/ says: ADDRESS/start when a pass begins, ADDRESS when it ended well,
ADDRESS/STATUS with the exit status when it did not. Whoever knows the address can keep the switch quiet, so it is in no
sentence, and neither is what the other side says, for it may repeat it. Every question runs in a thread of its own, so
that a pass neither waits for the switch nor fails with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Thread
from time import monotonic, sleep

from collector.config.watch import Watch, is_url
from collector.model import printable

MISSING = 'watch.ping needs the library httpx2; install it with: pip install "sphinxext-almanac[watch]"'
WELL = (0, 1)
"""Exit statuses of a pass that came to its end; that it found problems is not for the switch."""
LONGEST = 200
START = "start"
TRIES, PAUSE = 3, 1.0
"""So often it is asked where that may go better soon, and the seconds between, as long as `ping_limit` leaves time."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a question went wrong, and whether the same one may go well soon."""

    reason: str
    passing: bool = False


class Asking(Thread):
    """One question, and why it went wrong, empty if it did not."""

    def __init__(self, watch: Watch, word: str) -> None:
        super().__init__(name=f"ping {word}", daemon=True)
        self.word = word
        self._watch = watch
        self._until = monotonic() + watch.ping_limit
        self._fault = ""

    def run(self) -> None:
        """Asks; whatever goes wrong is told by its kind, for a thread's traceback would hold the address."""
        try:
            self._fault = asked(address(self._watch), self.word, self._watch.ping_limit)
        except Exception as error:
            self._fault = type(error).__name__

    def heard(self) -> str:
        """What became of it, waited for no longer than `ping_limit` after it was asked."""
        self.join(max(0.0, self._until - monotonic()))
        return _silent(self._watch.ping_limit) if self.is_alive() else self._fault


class Switch:
    """The switch of `[watch]`, told of one pass."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._begun: Asking | None = None
        self.said: str | None = None
        """What became of telling it: empty if it was told, why not, or None where there is no switch, or not yet."""

    @property
    def is_there(self) -> bool:
        """Whether there is one to be told."""
        return self._watch.ping is not None or self._watch.ping_file is not None

    def begin(self) -> None:
        """Tells it that a pass begins, without waiting for what it says."""
        if self.is_there and self._watch.ping_style == "healthchecks":
            self._begun = self._tell(START)

    def end(self, status: int) -> None:
        """Tells it, once, how the pass ended; each question is waited for as long as `ping_limit` says."""
        if not self.is_there or self.said is not None:
            return
        begun = self._begun.heard() if self._begun else ""  # what tells of the start must not come after the end
        ended = self._tell("" if status in WELL else str(status)).heard() if self._is_told(status) else ""
        self.said = f"the dead man's switch was not told: {ended}" if ended else ""
        if begun and not ended:
            self.said = f"the dead man's switch was not told that the pass began: {begun}"

    def _is_told(self, status: int) -> bool:
        return status in WELL or self._watch.ping_style == "healthchecks"

    def _tell(self, word: str) -> Asking:
        asking = Asking(self._watch, word)
        asking.start()
        return asking


def address(watch: Watch) -> str:
    """The address of the switch, empty if its file can't be read or holds none."""
    if watch.ping is not None:
        return watch.ping.get_secret_value()
    try:
        text = watch.ping_file.read_text(encoding="utf-8").strip() if watch.ping_file else ""
    except (OSError, ValueError):
        return ""
    return text if is_url(text) else ""


def asked(url: str, word: str, limit: float) -> str:
    """Asks an address with a word at the end of its path; why that went wrong, empty if it did not. The address is in
    no answer. What may pass is tried again within `limit` seconds."""
    if not url:
        return "watch.ping_file can't be read, or holds no address"
    until = monotonic() + limit
    fault: Fault | None = Fault(_silent(limit))
    for left in reversed(range(TRIES)):
        seconds = until - monotonic()
        if seconds <= 0:  # the pause took longer than that: the machine was busy, or slept
            break
        fault = _fault(url, word, seconds, limit)
        if fault is None or not fault.passing or not left or monotonic() + PAUSE >= until:
            break
        sleep(PAUSE)
    return fault.reason if fault else ""


def _fault(url: str, word: str, left: float, limit: float) -> Fault | None:
    """Asks once, for the seconds that are left of `limit`."""
    try:
        import httpx2  # noqa: PLC0415  an optional library, wanted where there is a switch
    except ImportError:
        return Fault(MISSING)
    try:
        whole = httpx2.URL(url)
        whole = whole.copy_with(path=f"{whole.path.rstrip('/')}/{word}") if word else whole
        with httpx2.Client(timeout=left) as client, client.stream("GET", whole) as answer:
            status = answer.status_code
            return None if answer.is_success else Fault(f"it answered with status {status}", status >= 500)
    except (httpx2.InvalidURL, UnicodeError):
        return Fault("its address is wrong")
    except httpx2.TimeoutException:
        return Fault(_silent(limit))
    except httpx2.ConnectError as error:  # in the words of the machine or of TLS, which may name the host
        said = printable(" ".join(str(error).split()))[:LONGEST]
        return Fault("it can't be connected to" if not said or whole.host in said else said, passing=True)
    except (httpx2.NetworkError, httpx2.ProtocolError):
        return Fault("it hung up, or answered no HTTP", passing=True)


def _silent(limit: float) -> str:
    return f"it did not answer within {limit:g} s"
