"""Other services through apprise, for real: a local HTTP server gets its json:// notification; secrets stay inside."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from tests.digest.conftest import tell


class Service(BaseHTTPRequestHandler):
    """Keeps what it is told, and answers with `status`."""

    heard: ClassVar[list[tuple[str | None, Any]]] = []
    status: ClassVar[int] = 200

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        Service.heard.append((self.headers["Authorization"], json.loads(content)))
        self.send_response(Service.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        return


@pytest.fixture
def service() -> Iterator[int]:
    Service.heard.clear()
    Service.status = 200
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def everything(folder):
    return b"".join(file.read_bytes() for file in (folder / "data/spool").rglob("*") if file.is_file()).decode()


def test_a_channel_gets_title_and_text_once(place, service):
    (place.folder / "channels").write_text(f"# the team's chat\njson://almanac:geheim@127.0.0.1:{service}/x\n")
    config = place.configure('[[reports]]\nchannels_file = "channels"\nlevel = "critical"\n', "sendmail = 'x'")
    (sent,) = tell(config).sent
    assert sent.startswith("channel ")
    assert tell(config).sent == ()
    ((login, message),) = Service.heard
    assert login is not None
    assert message["title"].startswith("3 critical: ")
    assert "\nWHAT IS WRONG\n" in message["message"].replace("\r\n", "\n")
    assert "geheim" not in everything(place.folder)


def test_a_service_that_fails_is_told_without_its_secret_and_tried_again(place, service, capfd):
    Service.status = 500
    config = place.configure(f'[[reports]]\nchannels = ["json://u:geheim@127.0.0.1:{service}/"]\n', "sendmail = 'x'")
    (said,) = tell(config).undelivered
    assert str(said).endswith("waits for the next pass: the service did not take it")
    Service.status = 200
    place.night(1)
    assert len(tell(config, 1).sent) == 1
    told = capfd.readouterr()
    assert "geheim" not in str(said) + everything(place.folder) + told.out + told.err


@pytest.mark.parametrize("channel", ["nothing://geheim", "geheim"])
def test_an_address_that_apprise_does_not_know_is_told_without_it(place, channel, capfd):
    (said,) = tell(place.configure(f'[[reports]]\nchannels = ["{channel}"]\n', "sendmail = 'x'")).undelivered
    assert "apprise can't read the address of channel " in str(said)
    told = capfd.readouterr()
    assert "geheim" not in str(said) + told.out + told.err


def test_a_file_of_channels_that_is_not_there_is_told(place):
    with pytest.raises(Exception, match="channels: can't be read: No such file or directory; mend channels_file"):
        tell(place.configure('[[reports]]\nchannels_file = "channels"\n', "sendmail = 'x'"))


def test_the_library_is_asked_for_where_it_is_missing(place, monkeypatch):
    monkeypatch.setitem(sys.modules, "apprise", None)  # so Python says of a library that is not installed
    (said,) = tell(place.configure('[[reports]]\nchannels = ["json://x"]\n', "sendmail = 'x'")).undelivered
    assert str(said).endswith('install it with: pip install "sphinxext-almanac[channels]"')
    assert len(place.waiting()) == 1
