"""A dead man's switch: a service that alarms when it is not told in time that a pass has come.

It is told as https://healthchecks.io/docs/http_api/ says: ADDRESS/start when a pass begins, ADDRESS when it ended well,
ADDRESS/STATUS with the exit status when it did not. Whoever knows the address can keep the switch quiet, so it is in no
sentence. Every question runs in a thread of its own, so that a pass neither waits for the switch nor fails with it.
"""

from __future__ import annotations

from threading import Thread

from collector.config.watch import Watch, is_url
from collector.model import printable

MISSING = 'watch.ping needs the library httpx2; install it with: pip install "sphinxext-almanac[watch]"'
WELL = (0, 1)
"""Exit statuses of a pass that came to its end; that it found problems is not for the switch."""
LONGEST = 200


class Switch:
    """The switch of `[watch]`, told of one pass."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._asking: list[Thread] = []
        self._faults: list[str] = []
        self.said: str | None = None
        """What became of telling it: empty if it was told, why not, or None where there is no switch, or not yet."""

    @property
    def is_there(self) -> bool:
        """Whether there is one to be told."""
        return self._watch.ping is not None or self._watch.ping_file is not None

    def begin(self) -> None:
        """Tells it that a pass begins, without waiting for what it says."""
        if self.is_there and self._watch.ping_style == "healthchecks":
            self._tell("start")

    def end(self, status: int) -> None:
        """Tells it, once, how the pass ended, and waits as long as `ping_limit` says."""
        if not self.is_there or self.said is not None:
            return
        self._wait()  # what tells of the start must not come after the end
        if status in WELL:
            self._tell("")
        elif self._watch.ping_style == "healthchecks":
            self._tell(str(status))
        self._wait()
        self.said = f"the dead man's switch was not told: {self._faults[0]}" if self._faults else ""

    def _tell(self, word: str) -> None:
        thread = Thread(target=self._ask, args=[word], name=f"ping {word}", daemon=True)
        self._asking.append(thread)
        thread.start()

    def _wait(self) -> None:
        for thread in self._asking:
            thread.join(self._watch.ping_limit)
            if thread.is_alive():
                self._faults.append(f"it did not answer within {self._watch.ping_limit:g} s")
        self._asking.clear()

    def _ask(self, word: str) -> None:
        """Runs in a thread of its own."""
        try:
            if fault := asked(address(self._watch), word, self._watch.ping_limit):
                self._faults.append(fault)
        except Exception as error:  # a daemon thread's traceback would hold the address
            self._faults.append(type(error).__name__)


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
    no answer."""
    if not url:
        return "watch.ping_file can't be read, or holds no address"
    try:
        import httpx2  # noqa: PLC0415  an optional library, wanted where there is a switch
    except ImportError:
        return MISSING
    whole = httpx2.URL(url)
    whole = whole.copy_with(path=f"{whole.path.rstrip('/')}/{word}") if word else whole
    try:
        with httpx2.Client(timeout=limit) as client, client.stream("GET", whole) as answer:
            return "" if answer.is_success else f"it answered with status {answer.status_code}"
    except httpx2.HTTPError as error:
        said = printable(" ".join(str(error).split()))[:LONGEST]
        return type(error).__name__ if whole.path.strip("/") in said or not said else said
