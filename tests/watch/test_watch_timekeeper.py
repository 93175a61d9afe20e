"""Stages of a pass, noted as they end."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.model import AlmanacError
from collector.store import spent
from collector.store.errors import StoreError
from collector.store.store import Store
from collector.watch.timekeeper import Timekeeper


def test_an_end_that_could_not_be_noted_is_noted_with_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    end_stage = Store.end_stage

    def refused(store: Store, pass_id: int, number: int, took: float, reason: str = "") -> None:
        if number == 1 and len(asked) == 0:
            asked.append(number)
            raise StoreError("no room")
        end_stage(store, pass_id, number, took, reason)

    asked = list[int]()
    monkeypatch.setattr(Store, "end_stage", refused)
    with Store.open(tmp_path / "almanac.db") as store:
        stages = Timekeeper(store, 1000)
        with pytest.raises(AlmanacError, match=r"^broken$"), stages.stage(), stages.stage("exporting"):
            raise AlmanacError("broken")
        before = spent.before(store.db, store.begin_pass(2000))
    assert asked == [1]
    assert before is not None
    assert [(one.name, one.reason, one.took is None) for one in before.stages] == [("exporting", "broken", False)]
    assert before.whole.reason == "broken"
