"""Names that have left the configuration are remembered from one manifest to the next."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter

from collector.export.documents import Manifest
from collector.export.gone import gone
from tests.sphinxext.sample_export import write_sample

LATER, LAST = "2026-11-23T18:10:00Z", "2026-11-24T18:10:00Z"


def sample(folder: Path) -> Manifest:
    return TypeAdapter(Manifest).validate_json((write_sample(folder) / "manifest.json").read_bytes())


def without(manifest: Manifest, time: str, *names: str) -> Manifest:
    """The manifest of a pass at `time`, without some names."""
    assert manifest.last_pass is not None
    tables = {
        table: {name: entry for name, entry in getattr(manifest, table).items() if name not in names}
        for table in ("nodes", "hubs", "environments")
    }
    return replace(manifest, last_pass=replace(manifest.last_pass, started=time), **tables)  # type: ignore[arg-type]


def test_a_name_that_left_keeps_the_time_of_the_first_pass_without_it(tmp_path: Path) -> None:
    first = sample(tmp_path)
    second = without(first, LATER, "C", "G")
    second = replace(second, gone=gone(first, second))
    assert second.gone == {"nodes": {"C": LATER}, "hubs": {"G": LATER}}
    third = without(first, LAST, "C", "G", "demos")
    assert gone(second, third) == second.gone | {"environments": {"demos": LAST}}


def test_a_name_that_comes_back_is_gone_no_more(tmp_path: Path) -> None:
    first = sample(tmp_path)
    assert gone(replace(first, gone={"nodes": {"C": LATER}}), first) == {}


def test_a_first_export_has_nothing_to_miss(tmp_path: Path) -> None:
    assert gone(None, sample(tmp_path)) == {}
