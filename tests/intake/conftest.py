"""The application itself, asked without a socket: what a configuration lets it answer."""

import json

import pytest

from collector.config import parse
from collector.intake.app import made

TOKEN, KITCHEN = "tok-" * 8, "kitchen-" * 4


class Desk:
    """An application with its folder: `ask(method, path, body, bearer=...)` gives the answer, with its document."""

    def __init__(self, config):
        self.config = config
        self.app = made(config)

    def ask(self, method, path, body=None, bearer=None, kind="application/json", **options):
        headers = options.pop("headers", {}) | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.app.test_client().open(path, method=method, data=raw, content_type=kind, headers=headers, **options)


@pytest.fixture
def desk(tmp_path):
    """Makes an application by the lines of its [intake]; `more` is the rest of the file."""

    def make(lines="", more=""):
        text = f"{more}\n[intake]\n{lines}"
        return Desk(parse(text, tmp_path / "almanac.toml", {"TOKEN": TOKEN, "KITCHEN": KITCHEN}))

    return make
