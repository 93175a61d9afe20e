"""The JSON Schema of almanac.toml, by which editors complete and check it; made from the models."""

from __future__ import annotations

from typing import Any

from collector.config import kinds
from collector.config.settings import Config, SourceSettings

FILE = "almanac.schema.json"
_SOURCE = SourceSettings.__name__


def schema() -> dict[str, Any]:
    """The schema of the whole file, each kind of source that is installed here with its own keys."""
    whole = Config.model_json_schema()
    definitions = whole["$defs"]
    for kind in kinds.names():
        definitions |= _definitions(kind)
    definitions[_SOURCE] = {
        "type": "object",
        "description": "a source: what is observed on a node; `kind` says which keys it takes",
        "required": ["kind"],
        "oneOf": [{"$ref": f"#/$defs/{kind}"} for kind in kinds.names()],
    }
    _close_tables(whole)
    del whole["properties"]["file"]  # where the file was read: known to the program, not written by people
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **whole, "title": "almanac.toml"}


def _close_tables(part: Any) -> None:
    """Of tables by name pydantic says what the fitting names hold, and nothing of any others: they are refused."""
    if isinstance(part, dict):
        if "patternProperties" in part:
            part["additionalProperties"] = False
            part["propertyNames"] = {"minLength": 1, "maxLength": 100}
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            _close_tables(inner)


def _definitions(kind: str) -> dict[str, Any]:
    """A kind's settings under its own name, what they are made of as `KIND.NAME`."""
    settings = kinds.find(kind).Settings.model_json_schema(ref_template=f"#/$defs/{kind}.{{model}}")
    inner = {f"{kind}.{name}": part for name, part in settings.pop("$defs", {}).items()}
    settings["properties"]["kind"] = {"const": kind, "description": "the kind of source"}
    return {kind: {**settings, "title": kind}, **inner}
