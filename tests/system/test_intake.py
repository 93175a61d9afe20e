"""`almanac intake` under real gunicorn: during a pass, killed in the middle, asked by what is no HTTP, behind nginx."""

import http.client
import json
import shutil
import socket
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.servers.intake import ALMANAC, NEW, serving
from tests.servers.ports import free_port
from tests.servers.waiting import until
from tests.servers.web import CRON, get, started

pytestmark = pytest.mark.system

SITE = Path(__file__).parents[2] / "site"
PASS = """
[nodes.here]
reach = "local"
[[nodes.here.sources]]
kind = "command"
name = "gate"
command = "touch {folder}/begun; until [ -e {folder}/go ]; do sleep 0.1; done; echo 1"
time_limit = "10m"
[limits]
node = "10m"
[intake]
listen = "127.0.0.1:PORT"
requests = 100000
registrations = 100000
"""
PROXIED = """
[intake]
listen = "127.0.0.1:PORT"
registration = "open"
requests = 100000
registrations = 3
listeners = 3
[intake.displays]
"halls/north" = "north-north-north-north"
kiosk = "kiosk-kiosk-kiosk-kiosk"
"""
KEYS = {"halls/north": "north-north-north-north", "kiosk": "kiosk-kiosk-kiosk-kiosk"}


def new(number):
    return NEW | {"url": f"https://app-{number}.example.org/"}


def almanac(folder, *words):
    return subprocess.run([ALMANAC, *words], cwd=folder, capture_output=True, text=True, check=False)


def test_fifty_register_at_once_while_a_pass_runs(tmp_path):
    (tmp_path / "site").mkdir()
    for name in ("conf.py", "robots.txt"):
        shutil.copy(SITE / name, tmp_path / "site")
    (tmp_path / "site/index.rst").write_text("Nodes\n=====\n\n.. toctree::\n   :glob:\n\n   nodes/*\n")
    with serving(tmp_path, PASS.format(folder=tmp_path)) as server, ThreadPoolExecutor(50) as threads:
        assert server.ask("POST", "/api/instance/", new("first"))[0] == 200
        night = subprocess.Popen([ALMANAC, "nightly"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        until((tmp_path / "begun").exists)
        made = list(threads.map(lambda number: server.ask("POST", "/api/instance/", new(number)), range(50)))
        assert [status for status, _ in made] == [200] * 50
        known = {one["uuid"]: one["secret"] for _, one in made}
        assert len(known) == 50
        changes = list(
            threads.map(lambda one: server.ask("PATCH", f"/instance/{one}", {"contact": one}, bearer=known[one]), known)
        )
        shown = dict(zip(known, threads.map(lambda one: server.ask("GET", f"/instance/{one}"), known), strict=True))
        assert changes == list(shown.values())
        assert {one["contact"] for _, one in changes} == set(known)
        assert night.poll() is None
        (tmp_path / "go").touch()
        said = night.communicate()[0].decode()
    assert "instances waiting for approval: 1; see: almanac instance list --waiting" in said
    assert night.returncode == 1
    waiting = json.loads(almanac(tmp_path, "instance", "list", "--waiting", "--json").stdout)["instances"]
    assert {one["uuid"] for one in waiting if one["contact"] == one["uuid"]} == set(known)
    assert len(waiting) == 51


def test_killed_in_the_middle_all_that_was_answered_is_there_and_whole(tmp_path):
    toml = PASS.format(folder=tmp_path)
    with serving(tmp_path, toml) as server, ThreadPoolExecutor(10) as threads:
        asked = [threads.submit(server.ask, "POST", "/instance/", new(number)) for number in range(3000)]
        for one in asked[:60]:
            one.result()
        server.kill()
        answered = [one.result()[1]["uuid"] for one in asked if one.exception() is None]
    assert 60 <= len(answered) < 3000
    told = almanac(tmp_path, "instance", "list", "--json")
    listed = {one["uuid"]: one for one in json.loads(told.stdout)["instances"]}
    assert set(answered) <= set(listed)
    assert {(one["contact"], one["organisation"]) for one in listed.values()} == {("Ada", "CERN")}
    assert "refused" not in almanac(tmp_path, "activity").stdout
    with serving(tmp_path, toml) as server:
        assert server.ask("GET", f"/instance/{answered[-1]}")[1]["waiting"]


@contextmanager
def proxied():
    """A server in a folder that nginx may enter, and nginx before it: both, and nginx's port."""
    folder = Path(tempfile.mkdtemp(prefix="almanac-intake-"))
    folder.chmod(0o755)
    with serving(folder, PROXIED) as server:
        snippet = (CRON / "intake-nginx.conf").read_text()
        assert snippet.count("127.0.0.1:8411") == 3
        (folder / "ours.conf").write_text(snippet.replace("127.0.0.1:8411", f"127.0.0.1:{server.port}"))
        port = free_port()
        with started("nginx", folder, port):
            yield server, port
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def served():
    with proxied() as served:
        yield served


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nbad header\r\n\r\n", 400),
        (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 9000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        (b"GET /\x00<script> HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (
            b"POST /instance/ HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            + b"4000\r\n"
            + b" " * 0x4000
            + b"\r\n2\r\n{}\r\n0\r\n\r\n",
            413,
        ),
    ],
)
def test_whatever_is_sent_the_answer_is_no_html(served, sent, status):
    is_refused(served[0].port, sent, status)


def is_refused(port, sent, status):
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(sent)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        told = json.loads(answer.read())
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (told["type"], told["title"], told["status"]) == ("about:blank", HTTPStatus(status).phrase, status)
    return answer


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET /instance/x HTTP/1.1\r\nHost: x\r\nContent-Length: no\r\n\r\n", 400),
        (b"GET /instance/x HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 40_000 + b"\r\n\r\n", 400),
        (b"POST /instance/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"TRACE /instance/x HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        (b"POST /instance/ HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n", 413),
        (b"PUT /beat/x HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n", 413),
        (b"GET /instance/" + b"x" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"POST /instance/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: foo\r\n\r\n", 501),
        (b"GET /instance/x HTTP/3.1\r\n\r\n", 505),
    ],
)
def test_whatever_nginx_refuses_itself_is_no_html_and_not_kept(served, sent, status):
    answer = is_refused(served[1], sent, status)
    assert answer.headers.get_all("Cache-Control") == ["no-store"]


def listening(port, display="halls/north", key=KEYS["halls/north"], below=""):
    """A browser that listens, once its stream stands: the answer and its connection. below: where the pages lie."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", f"{below}/display/{display}/events", headers={"Authorization": f"Bearer {key}"})
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/event-stream; charset=utf-8")
    assert answer.headers["Content-Encoding"] is None
    assert heard(answer) == []
    return answer, connection


def heard(answer):
    """The next of a stream: an event's messages, none for a comment."""
    lines = list(iter(lambda: answer.readline().decode(), "\n"))
    return [json.loads(line.removeprefix("data: ")) for line in lines if not line.startswith(":")]


@pytest.mark.parametrize(("way", "below"), [("gunicorn", ""), ("nginx", ""), ("nginx", "/our/status")])
def test_displays_hear_a_menu_and_make_room_when_they_have_gone(served, way, below):
    server, port = served
    port = port if way == "nginx" else server.port
    streams = [listening(port, below=below) for _ in range(3)]
    other = listening(port, "kiosk", KEYS["kiosk"], below)
    assert server.ask("GET", "/display/halls/north/events", bearer=KEYS["halls/north"])[0] == 503
    said = [{"do": "next"}, {"do": "show", "screen": "\n\ndata: {}"}, {"do": "pause"}]
    for message in said:
        assert server.ask("POST", "/display/halls/north", message, bearer=KEYS["halls/north"]) == (202, {"displays": 3})
    assert server.ask("POST", "/display/kiosk", {"do": "start"}, bearer=KEYS["kiosk"]) == (202, {"displays": 1})
    for answer, _ in streams:
        assert [one for _ in said for one in heard(answer)] == said
    assert heard(other[0]) == [{"do": "start"}]
    menu = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    menu.request("POST", f"{below}/displays", json.dumps(KEYS), {"Content-Type": "application/json"})
    answer = menu.getresponse()
    told = [heard(answer)[0] for _ in KEYS]
    assert told == [{"display": name, "displays": n, "told": None} for name, n in (("halls/north", 3), ("kiosk", 1))]
    for _, connection in [*streams, other, (answer, menu)]:
        connection.sock.shutdown(socket.SHUT_RDWR)
        connection.close()
    until(
        lambda: (
            not any(
                server.ask("POST", f"/display/{name}", {"do": "next"}, bearer=key)[1]["displays"]
                for name, key in KEYS.items()
            )
        )
    )


def test_a_server_that_stops_ends_what_displays_listen_to(tmp_path):
    with serving(tmp_path, PROXIED) as server:
        answer, connection = listening(server.port)
        server.process.terminate()
        assert answer.read() == b""
        assert server.process.wait(300) == 0
        connection.close()


def test_behind_nginx_the_real_address_counts_and_its_faults_are_problems_too():
    with proxied() as (server, port):
        server.port = port
        made = [server.ask("POST", "/api/instance/", new(n), X_Forwarded_For=f"192.0.2.{n}")[0] for n in range(4)]
        assert made == [200, 200, 200, 429]
        assert server.ask("GET", "/openapi.json/")[1]["openapi"] == "3.1.0"
        for path in ("/openapi.json", "/beat/hush-hush-hush-hush", "/display/kiosk/events"):
            assert get(port, path).headers.get_all("Cache-Control") == ["no-store"]
        assert server.ask("GET", "/instance/x")[1]["status"] == 404
        too_long = server.ask("POST", "/instance/", b"x" * 70_000)
        assert (too_long[0], too_long[1]["title"]) == (413, "Request Entity Too Large")
        assert get(port, "/beat/hush-hush-hush-hush").status == 204
        files = ("index.html", "our/display/hall.html", "charts/display/a.png", "our/data/series/display/a.2026.json")
        assert [get(port, f"/{file}").status for file in files] == [401] * 4
        log = (Path(f"/proc/{server.process.pid}/cwd").resolve() / "other.log").read_text()
        assert ("hush" in log, "/openapi.json" in log) == (False, True)
        server.kill()
        away = server.ask("GET", "/instance/x")
        assert (away[0], away[1]["status"], away[1]["type"]) == (503, 503, "about:blank")
