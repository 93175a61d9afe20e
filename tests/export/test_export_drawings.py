"""Charts that are ordered ahead of the export that names them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.chart.workshop import Workshop
from collector.config import Config, parse
from collector.export.drawings import Drawings
from collector.export.write import begun, export
from collector.life import stage
from collector.model import Observation, Reading
from collector.store.store import Store
from tests.store.answers import ITEM, night, record


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[tuple[Config, Store]]:
    config = parse(
        '[hubs.ZZ]\nserver = "dayabay"\nnodes = ["SDU"]\n[nodes.SDU]\naddress = "x"\n'
        '[[nodes.SDU.sources]]\nkind = "tarballs"\nfolder = "/x"\n',
        tmp_path / "almanac.toml",
        {},
    )
    with Store.open(config.database) as store:
        told = tuple(Observation(ITEM, "size", night(n), 1e6 + n * n, "bytes") for n in range(-40, 1))
        record(store, 0, Reading(told))
        yield config, store


def charts(config: Config) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (config.export / "charts").rglob("*.png")}


@pytest.mark.parametrize("most", [stage.MOST_VALUES, 1])
def test_charts_that_are_ordered_ahead_are_those_of_the_export(fleet: tuple[Config, Store], most: int) -> None:
    config, store = fleet
    assert export(config, store).charts == len(charts(config)) / 2 > 0
    late = charts(config)
    for file in (config.export / "charts").rglob("*.png"):
        file.unlink()
    records = stage.Records(config, store, stage.last_pass(store), most)
    with Workshop() as drawing:
        drawings = Drawings(records.config, store, records.last, config.export, drawing)
        drawings.order(records)
        assert records.keeps("SDU") == (most > 1)
        with begun(config, store, records, drawings) as pressing:
            assert pressing.finish().charts == len(late) / 2
    assert charts(config) == late


def test_the_words_for_who_does_not_see_a_chart_name_it_as_people_do(fleet: tuple[Config, Store]) -> None:
    config, store = fleet
    told = Observation("disk:/data", "used_ratio", night(0), 0.5, "ratio")
    record(store, 0, Reading((told,)))
    document = export(config, store).nodes[0]
    (disk,) = (subject for subject in document.subjects if subject.kind == "disk")
    assert all(chart.alt.startswith("/data used ratio, ") for chart in disk.metrics[0].charts)
    assert len(disk.metrics[0].charts) == 3
