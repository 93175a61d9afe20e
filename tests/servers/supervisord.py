"""A real supervisord with a process in each state, over a UNIX socket and over TCP, both with a password."""

from __future__ import annotations

import subprocess
import xmlrpc.client
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collector.sources.processes import Settings

PASSWORD = "p w\\\"'$(id)`%;#"
"""Of the UNIX socket; that of TCP is `plain`."""

CONFIG = """
[unix_http_server]
file = {folder}/s.sock
chmod = 0700
username = al mac
password = {quoted}
[inet_http_server]
port = 127.0.0.1:{port}
username = u
password = plain
[supervisord]
logfile = {folder}/log
pidfile = {folder}/pid
childlogdir = {folder}
nodaemon = true
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[program:clock]
command = sleep 1000
startsecs = 0
[program:a]
command = sleep 1000
startsecs = 0
[group:x]
programs = a
[group:y]
programs = a
[program:fatal]
command = /no/such/command
startretries = 0
[program:quits]
command = sh -c 'echo out; printf "no <such> & host\\n\\033[31mred\\033[0m \\000 caf\\303\\n" >&2; exit 4'
startretries = 0
[program:exited]
command = sh -c 'exit 3'
startsecs = 0
autorestart = false
[program:killed]
command = sh -c 'kill -9 $$'
startsecs = 0
autorestart = false
[program:stopped]
command = sleep 1000
autostart = false
[program:backoff]
command = sh -c 'exit 1'
startretries = 1000
[program:<b>"o'dd]
command = sleep 1000
startsecs = 0
"""


@dataclass(frozen=True)
class Supervisor:
    """A running supervisord: its folder and port, and its records as a client of its own reads them."""

    folder: Path
    port: int

    def records(self) -> dict[str, dict[str, Any]]:
        client: Any = xmlrpc.client.ServerProxy(f"http://u:plain@127.0.0.1:{self.port}/RPC2")
        with client:
            return {f"process:{one['group']}:{one['name']}": one for one in client.supervisor.getAllProcessInfo()}

    def over_socket(self, **keys: Any) -> Settings:
        login = {"username": "al mac", "password": PASSWORD, **keys}
        return Settings(kind="processes", supervisor=f"unix://{self.folder}/s.sock", **login)

    def over_tcp(self, login: str = "u:plain@") -> Settings:
        return Settings(kind="processes", supervisor=f"http://{login}127.0.0.1:{self.port}")


@contextmanager
def running(folder: Path, config: str) -> Iterator[None]:
    (folder / "supervisord.conf").write_text(config)
    command = ["/usr/bin/supervisord", "-c", str(folder / "supervisord.conf")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd="/") as daemon:
        try:
            yield
        finally:
            daemon.terminate()
