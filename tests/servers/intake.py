"""`almanac intake` as it runs: gunicorn on a free port, in a process group of its own."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.servers.ports import free_port
from tests.servers.waiting import until

NEW = {"url": "https://indico.example.org/", "contact": "Ada", "email": "ada@example.org", "organisation": "CERN"}
ALMANAC = Path(sys.executable).with_name("almanac")


class Served:
    """A server that runs: its port, and the process."""

    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        self.port, self.process = port, process

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Status and document of an answer. A body that is no bytes is sent as JSON; `bearer` becomes Authorization."""
        sent = {name.replace("_", "-"): value for name, value in headers.items() if name != "bearer"}
        sent |= {"Authorization": f"Bearer {headers['bearer']}"} if "bearer" in headers else {}
        raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request(method, path, raw, {"Content-Type": "application/json"} | sent)
            answer = connection.getresponse()
            told = answer.read()
            return answer.status, json.loads(told) if told else None
        finally:
            connection.close()

    def answers(self) -> bool:
        assert self.process.poll() is None, "the server did not come up"
        return self.ask("GET", "/openapi.json")[0] > 0

    def kill(self) -> None:
        """Ends it as a power cut would: master and worker at once."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def serving(folder: Path, toml: str) -> Iterator[Served]:
    """Writes almanac.toml, `PORT` in it replaced, and runs the server there until the block ends."""
    port = free_port()
    (folder / "almanac.toml").write_text(toml.replace("PORT", str(port)))
    with (folder / "intake.log").open("wb") as log:
        process = subprocess.Popen([ALMANAC, "intake"], cwd=folder, stderr=log, start_new_session=True)
    served = Served(port, process)
    try:
        until(served.answers)
        yield served
    finally:
        if process.poll() is None:
            served.kill()
