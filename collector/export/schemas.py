"""The JSON Schemas of the export, generated from its types. `python -m collector.export.schemas` writes them anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from collector.export.clusters import Clusters
from collector.export.documents import LogDocument, Manifest, NodeDocument, SeriesDocument
from collector.export.registry import Registry

DOCUMENTS: dict[str, type[Any]] = {
    "manifest": Manifest,
    "node": NodeDocument,
    "series": SeriesDocument,
    "log": LogDocument,
    "registry": Registry,
    "clusters": Clusters,
}
FOLDER = Path(str(files("collector.export") / "schema"))


def schemas() -> Iterator[tuple[str, str]]:
    """File name and text of each schema (JSON Schema 2020-12)."""
    for name, document in DOCUMENTS.items():
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
        schema |= TypeAdapter(document).json_schema(mode="serialization")
        yield f"{name}.schema.json", json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for file, text in schemas():
        (FOLDER / file).write_text(text, encoding="utf-8")
