"""The intake within Apache, by Debian's mod_wsgi and the lines of cron/: it answers as it does under gunicorn."""

import json
import shutil
import tempfile
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.servers.intake import NEW, Served
from tests.servers.web import embedding
from tests.system.test_intake import almanac, is_refused

pytestmark = pytest.mark.system

TOML = """
[intake]
registration = "token"
tokens = ["token-token-token-token"]
"""


@pytest.fixture(scope="module")
def served():
    """Apache's port, and the folder of almanac.toml."""
    folder = Path(tempfile.mkdtemp(prefix="almanac-wsgi-"))
    folder.chmod(0o755)
    (folder / "almanac.toml").write_text(TOML)
    with embedding(folder) as port:
        yield Served(port, None), folder
    shutil.rmtree(folder)


def test_the_three_calls_and_their_faults_are_answered_and_what_is_registered_is_taken_in(served):
    server, folder = served
    status, made = server.ask("POST", "/api/instance/", NEW, bearer="token-token-token-token")
    assert (status, set(made)) == (200, {"uuid", "secret"})
    path = f"/instance/{made['uuid']}"
    assert server.ask("PATCH", path, {"contact": "Bob"}, bearer=made["secret"])[1]["contact"] == "Bob"
    assert server.ask("GET", f"/api{path}")[1]["contact"] == "Bob"
    assert server.ask("GET", "/openapi.json")[1]["openapi"] == "3.1.0"
    assert server.ask("POST", "/instance", NEW)[0] == 401
    assert server.ask("PATCH", path, {}, bearer="wrong")[1]["title"] == "Forbidden"
    assert server.ask("DELETE", path)[1]["title"] == HTTPStatus(405).phrase
    listed = json.loads(almanac(folder, "instance", "list", "--json").stdout)["instances"]
    assert [one["uuid"] for one in listed] == [made["uuid"]]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"TRACE /instance/x HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        (b"POST /instance/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 411),
        (b"POST /instance/ HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n", 413),
        (b"GET /instance/" + b"x" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"GET /instance/x HTTP/1.1\r\nHost: x\r\nExpect: more\r\n\r\n", 417),
        (b"get /x HTTP/1.1\r\nHost: x\r\n\r\n", 501),
    ],
)
def test_whatever_apache_refuses_itself_is_no_html(served, sent, status):
    is_refused(served[0].port, sent, status)


def test_what_it_can_not_run_is_no_html(served):
    server, folder = served
    (folder / "intake.wsgi").write_text("1 / 0")
    assert server.ask("GET", "/instance/x")[1]["status"] == 500
    (folder / "intake.wsgi").unlink()
    assert server.ask("GET", "/instance/x")[1]["status"] == 404
