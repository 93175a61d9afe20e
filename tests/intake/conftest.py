"""The application itself, asked without a socket: what a configuration lets it answer."""

import json
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator

from collector.config import parse
from collector.intake.app import made

DOCUMENT = json.loads(files("collector.intake").joinpath("openapi.json").read_text())
TOKEN, KITCHEN = "tok-" * 8, "kitchen-" * 4


def fits(schema, told):
    whole = {"$ref": f"#/components/schemas/{schema}", "components": DOCUMENT["components"]}
    Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(told)
    return told


def refused(answer, status, **more):
    """An answer that refuses: what problem details must hold, and the members named."""
    told = fits("Problem", json.loads(answer.data))
    assert (answer.status_code, answer.content_type, told["status"]) == (status, "application/problem+json", status)
    assert {name: told.get(name) for name in more} == more
    return told["detail"]


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
