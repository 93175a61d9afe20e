"""The fan-out: every node is asked, some at once, and answers come out as they come in. One node's fault stays its own.

A thread per question rather than a pool: a pool waits for its threads when the program ends, and a thread that hangs
would take its place in the pool with it. Here a thread that outlives its time is given up: its node is told as timed
out, the next one is asked in its place, and as a daemon it does not keep the program from ending.
"""

from __future__ import annotations

import importlib
import queue
import secrets
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from collector import recording
from collector.config import Config, Node
from collector.model import NodeAnswer, Outcome, printable
from collector.question import ALL, Heard, Question, Sought, answer, question
from collector.reach import LATE, Unreached
from collector.reach.script import compose

_GRACE = LATE + 5.0  # seconds beyond a node's own limits, which the way to it keeps by itself


def sweep(
    config: Config,
    nodes: Iterable[str],
    now: int,
    sought: Sought = ALL,
    record: Path | None = None,
) -> Iterator[NodeAnswer]:
    """Asks the nodes from now on and yields each one's answer as it comes in, every node exactly once, all within
    `limits.total`.

    now: UTC seconds, the time of the pass.       record: a folder in which what is heard is kept, for
    `recording.replay`.
    Raises recording.RecordingError when it can't be kept; before anybody is asked, if the folder won't do.
    """
    if record is not None:
        recording.begin(record, now)
    questions = [question(config, node, secrets.token_hex(16), sought) for node in dict.fromkeys(nodes)]
    return _answers(config, hear(config, questions, now), record)


def hear(config: Config, questions: Iterable[Question], now: int) -> Iterator[Heard]:
    """Puts questions, one to a node, from now on and yields what came of each as it comes in, all within
    `limits.total`."""
    return _Asking(config, questions, now).heard()


def _answers(config: Config, every: Iterable[Heard], record: Path | None) -> Iterator[NodeAnswer]:
    for heard in every:
        if record is not None:
            recording.write(record, heard)
        yield answer(config, heard)


def _way(node: Node) -> Any:
    """The module that reaches a node."""
    return importlib.import_module(f"collector.reach.{node.reach}")


class _Asking:
    """Questions that wait, that are being asked, and what has arrived, which alone the askers' threads touch."""

    def __init__(self, config: Config, questions: Iterable[Question], now: int) -> None:
        self._config = config
        self._now = now
        self._end = time.monotonic() + config.limits.total
        self._waiting = deque(questions)
        self._asked: dict[str, tuple[Question, float]] = {}  # by node: its question, and when it is given up
        self._arrived: queue.SimpleQueue[Heard] = queue.SimpleQueue()
        self._ask_more()

    def heard(self) -> Iterator[Heard]:
        """What came of each question, in the order of coming."""
        while self._waiting or self._asked:
            self._ask_more()
            until = min((given_up for _, given_up in self._asked.values()), default=self._end)
            try:
                heard = self._arrived.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                yield from self._overdue()
            else:
                # What comes from a thread after it was given up has been told already.
                if self._asked.pop(heard.question.node, None):
                    yield heard

    def _ask_more(self) -> None:
        while self._waiting and len(self._asked) < self._config.limits.jobs and time.monotonic() < self._end:
            asked = self._waiting.popleft()
            given_up = time.monotonic() + asked.limits.connect + asked.limits.node + _GRACE
            self._asked[asked.node] = asked, min(given_up, self._end)
            # Loaded first, for beside other loads it would hold nodes up; what breaks it is told by `_ask`.
            with suppress(Exception):
                _way(self._config.nodes[asked.node])
            threading.Thread(target=self._ask, args=[asked], name=f"ask {asked.node}", daemon=True).start()

    def _ask(self, asked: Question) -> None:
        """Runs in a thread of its own."""
        node = self._config.nodes[asked.node]
        try:
            script = compose(asked.sections, asked.marker, asked.limits.node)
            heard = Heard(asked, self._now, _way(node).ask(asked.node, node, script, asked.limits))
        except Unreached as error:
            heard = Heard(asked, self._now, None, error.outcome, str(error))
        except Exception as error:  # whatever it is, it is this node's alone
            reason = f"asking it failed unexpectedly: {type(error).__name__}: {printable(str(error))}"
            heard = Heard(asked, self._now, None, Outcome.FAILED, reason)
        self._arrived.put(heard)

    def _overdue(self) -> Iterator[Heard]:
        """The questions whose time is over; when the whole sweep's is, all that are left."""
        now = time.monotonic()
        for asked, given_up in list(self._asked.values()):
            if given_up <= now:
                del self._asked[asked.node]
                yield self._told_late(asked, "did not end within its time limit and was given up")
        while now >= self._end and self._waiting:
            yield self._told_late(self._waiting.popleft(), "was not asked")

    def _told_late(self, asked: Question, what: str) -> Heard:
        total = self._config.limits.total
        over = f": the time of the whole sweep is over; raise limits.total ({total:g} s) or limits.jobs"
        late = time.monotonic() >= self._end
        return Heard(asked, self._now, None, Outcome.TIMED_OUT, what + (over if late else ""))
