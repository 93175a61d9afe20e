import json
import tomllib
from importlib.resources import files

import jsonschema
import pytest

from collector.config import kinds
from collector.config.schema import schema
from collector.demo import making
from collector.scaffold import Machine
from collector.scaffold.writing import almanac_toml

SOURCE = 'nodes.a.sources = [{{ kind = "{}", {} }}]'


@pytest.fixture(scope="module")
def validator():
    whole = json.loads(json.dumps(schema()))
    jsonschema.Draft202012Validator.check_schema(whole)
    return jsonschema.Draft202012Validator(whole)


@pytest.mark.parametrize(
    "text",
    [
        "",
        almanac_toml(Machine("UTC", "/run/supervisor.sock", ("cron.service",))),
        making._filled("almanac.toml", "/tmp/demo"),
        'environments = { production = ["a"], test = { nodes = ["b"] } }\n[nodes.a]\n[nodes.b]\n',
        'limits = { node = "2m", output = "8MB", connect = 10 }',
        'limits = { node = "$LIMIT", output = "8 MiB", connect = "10" }\nsite.keep = "$KEEP"\nsite.every = "1.5 d"',
        'nodes."Z9:229" = { port = "$PORT" }\nnodes.b.port = "22"',
        SOURCE.format("tarballs", 'folder = "/b", verify = "newest"'),
        '[[rules]]\nname = "load"\nwarning = 5\ncritical = "6"\nsubject = "host:*"\noff = true\npasses = "$PASSES"',
        '[[rules]]\nname = "a"\nrule = "state"\nstate = "state"\nwanted = ["UP"]\ncritical = ["DOWN"]',
        SOURCE.format("tarballs", 'folder = "/b", verify = ["newest", "digest"], time_limit = "5m"'),
    ],
)
def test_what_loads_is_valid(text, validator):
    assert [error.message for error in validator.iter_errors(tomllib.loads(text))] == []


@pytest.mark.parametrize(
    "text",
    [
        "sight = {}",
        'file = "almanac.toml"',
        "nodes.a.port = 70000",
        'nodes.a.port = "ssh"',
        'nodes."a/b" = {}',
        'nodes."" = {}',
        f"nodes.{'x' * 101} = {{}}",
        'limits.node = "5 parsecs"',
        'limits.output = "8 mb"',
        "limits.output = 2000000000000",
        "limits.output = 1.5",
        "limits.connect = 1e12",
        "site.keep = 5000",
        'nodes.a.reach = "telnet"',
        "hubs.a = {}",
        'environments = { production = "a" }',
        "nodes.a.sources = [{}]",
        SOURCE.format("unheard", "x = 1"),
        SOURCE.format("host", 'folder = "/b"'),
        SOURCE.format("tarballs", 'folder = "/b", verify = "all"'),
        SOURCE.format("tarballs", "hub = 'x'"),
        "[[rules]]\nwarning = 5",
        '[[rules]]\nname = "a"\nrule = "more"',
        '[[rules]]\nname = "a"\nrule = "state"\ncritical = []',
        '[[rules]]\nname = "a"\nrule = "own"',
        '[[rules]]\nname = "a"\nwarning = true',
    ],
)
def test_what_does_not_load_is_invalid(text, validator):
    assert list(validator.iter_errors(tomllib.loads(text)))


def test_every_kind_completes_its_own_keys():
    whole = schema()
    assert [one["$ref"] for one in whole["$defs"]["SourceSettings"]["oneOf"]] == [
        f"#/$defs/{kind}" for kind in kinds.names()
    ]
    for kind in kinds.names():
        assert set(whole["$defs"][kind]["properties"]) == set(kinds.find(kind).Settings.model_fields)


def test_references_lead_somewhere(validator):
    text = json.dumps(validator.schema)
    named = {part.split('"')[0] for part in text.split("#/$defs/")[1:]}
    assert named <= set(validator.schema["$defs"])


def test_the_demos_template_is_shipped():
    assert files("collector.demo").joinpath("almanac.toml").is_file()
