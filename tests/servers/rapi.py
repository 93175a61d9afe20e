"""Ganeti's Remote API over TLS, as `ganeti-rapi` 3.0 speaks it: HTTP Basic, users with the options read, write and none.

What it tells is a `tests.servers.ganeti.Cluster`, which a test may change while it runs. Faults on demand: `down`, an
answer `cut` in the middle with its length announced or not, and a code of HTTP.
"""

from __future__ import annotations

import json
import re
import ssl
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.servers.ganeti import Cluster
from tests.servers.ganeti_jobs import Refusal
from tests.servers.ganeti_orders import Request, body_of, told

NAME = "ganeti.example.com"
"""What Ganeti's own certificates call themselves, wherever they serve."""
READER, PASSWORD = "almanac", "p w\\\"'$(id)`%;#"
WRITER = "operator"
USERS = {READER: (PASSWORD, {"read"}), "plain": ("plain", set()), WRITER: (f"w {PASSWORD}", {"read", "write"})}
FEATURES = ["instance-create-reqv1", "instance-reinstall-reqv1", "node-migrate-reqv1", "node-evac-res1"]
FIXED = {"/version": 2, "/2/features": FEATURES}
PLAIN = {*FIXED, *(f"/2/{what}" for what in ("info", "nodes", "instances", "groups", "jobs", "query/job"))}
_NAME = re.compile(r"[\w.-]+")
"""What may be a name in a path; a percent sign may not, and is not decoded."""
_OPERATORS = {"==": lambda a, b: a == b, "!=": lambda a, b: a != b, ">": lambda a, b: a > b, "<": lambda a, b: a < b}


@dataclass
class Rapi:
    """The server. `asked`: each request that came. `faults`: by path, what goes wrong there: `cut`, `cut unseen`, a
    code, or a body to answer with."""

    cluster: Cluster
    folder: Path
    port: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)
    faults: dict[str, str | int | bytes] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    @property
    def certificate(self) -> Path:
        return self.folder / "rapi.pem"


def resource(cluster: Cluster, method: str, path: str, query: dict[str, list[str]], body: bytes) -> Any:
    """What stands at a path. Raises Refusal."""
    if method == "GET" and path in FIXED:
        return FIXED[path]
    bulk = query.get("bulk") == ["1"]
    match method, *path.strip("/").split("/"):
        case "GET", "2", "info":
            return cluster.info()
        case "GET", "2", ("nodes" | "instances" | "groups" | "jobs") as what:
            return _listed(cluster, what, bulk)
        case "GET", "2", ("nodes" | "instances" | "groups") as what, name:
            if one := _one(cluster, what, name):
                return one
        case (("GET" | "PUT"), "2", "query", "job"):
            asked = json.loads(body) if method == "PUT" else {"fields": query["fields"][0].split(",")}
            return jobs(cluster, asked["fields"], asked.get("qfilter"))
        case _, "2", ("jobs" | "instances" | "nodes") as what, name, *more if _NAME.fullmatch(name):
            asked = Request(method, what, name, _one(cluster, what, name), "/".join(more))
            return told(cluster, asked, query, body_of(body))
    raise Refusal(501 if path in PLAIN else 404)


def _records(cluster: Cluster, what: str) -> list[dict[str, Any]]:
    if what == "jobs":
        return [job for job in cluster.jobs if job["id"] not in cluster.archived]
    return {"nodes": cluster.nodes, "instances": cluster.instances, "groups": cluster.groups()}[what]


def _listed(cluster: Cluster, what: str, bulk: bool) -> list[dict[str, Any]]:
    key = {"nodes": "id", "instances": "id", "groups": "name", "jobs": "id"}[what]
    records = _records(cluster, what)
    if bulk:
        return [{name: value for name, value in one.items() if name not in ("oplog", "opresult")} for one in records]
    return [
        {key: one.get("name", one.get("id")), "uri": f"/2/{what}/{one.get('name', one.get('id'))}"} for one in records
    ]


def _one(cluster: Cluster, what: str, name: str) -> dict[str, Any] | None:
    records = cluster.jobs if what == "jobs" else _records(cluster, what)
    return next((one for one in records if str(one.get("name", one.get("id"))) == name), None)


def jobs(cluster: Cluster, fields: list[str], wanted: Any) -> dict[str, Any]:
    """`/2/query/job`: archived ones only where `archived` is among the fields, as Ganeti has it."""
    every = [{**job, "archived": job["id"] in cluster.archived} for job in cluster.jobs]
    shown = [job for job in every if "archived" in fields or not job["archived"]]
    rows = [[[0, job[name]] if name in job else [1, None] for name in fields] for job in shown if _fits(job, wanted)]
    told = [{"name": name, "title": name, "kind": "other", "doc": name} for name in fields]
    return {"fields": told, "data": rows}


def _fits(job: dict[str, Any], wanted: Any) -> bool:
    if wanted is None:
        return True
    operator, *rest = wanted
    if operator in ("&", "|"):
        return (all if operator == "&" else any)(_fits(job, one) for one in rest)
    if operator not in _OPERATORS:
        raise Refusal(400, f"Unknown filter operator {operator}")
    return bool(_OPERATORS[operator](job[rest[0]], rest[1]))


class Server(ThreadingHTTPServer):
    """Says nothing of clients that hang up, as those do who do not trust its certificate."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One request on one connection, as RAPI closes each."""

    rapi: Rapi

    def do_GET(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def _answer(self) -> None:
        url = urlsplit(self.path)
        self.rapi.asked.append((self.command, self.path))
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.rapi.faults.get(url.path)
        try:
            self._allowed(url.path)
            if isinstance(fault, int):
                raise Refusal(fault, "Service <unavailable>")
            if body and self.headers["Content-Type"] != "application/json":
                raise Refusal(415)
            answer = resource(self.rapi.cluster, self.command, url.path, parse_qs(url.query), body)
            reply = fault if isinstance(fault, bytes) else json.dumps(answer).encode()
            self._send(200, reply, fault if isinstance(fault, str) else "")
        except Refusal as refusal:
            short, long = self.responses[HTTPStatus(refusal.code)]
            error = {"code": refusal.code, "message": escape(str(refusal) or short), "explain": long}
            self._send(refusal.code, json.dumps(error).encode())

    def _allowed(self, path: str) -> None:
        logins = {
            "Basic " + b64encode(f"{user}:{password}".encode()).decode(): options
            for user, (password, options) in USERS.items()
        }
        login = self.headers.get("Authorization", "")
        if login not in logins:
            raise Refusal(401)
        reads = path.startswith("/2/query") or path.endswith("/console")
        changes = path.endswith("/wait") or (self.command != "GET" and not reads)
        if (reads and "read" not in logins[login]) or (changes and "write" not in logins[login]):
            raise Refusal(403)

    def _send(self, code: int, reply: bytes, fault: str = "") -> None:
        self.send_response(code)
        if code == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="Ganeti Remote API"')
        self.send_header("Content-Type", "application/json")
        if fault != "cut unseen":
            self.send_header("Content-Length", str(len(reply)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(reply[: len(reply) // 2] if fault else reply)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@contextmanager
def serving(cluster: Cluster, folder: Path, port: int = 0) -> Iterator[Rapi]:
    """A RAPI on a free port of the loopback, with a certificate of its own in `folder`."""
    rapi = Rapi(cluster, folder)
    if not rapi.certificate.exists():
        _certify(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(rapi.certificate, folder / "rapi.key")
    server = Server(("127.0.0.1", port), type("Bound", (Handler,), {"rapi": rapi}))
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    rapi.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield rapi
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _certify(folder: Path) -> None:
    made = ["-keyout", str(folder / "rapi.key"), "-out", str(folder / "rapi.pem"), "-days", "2", "-subj", f"/CN={NAME}"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *made]
    subprocess.run(command, check=True, capture_output=True)
