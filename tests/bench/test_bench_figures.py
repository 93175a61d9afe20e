"""The arithmetic of the benchmark, its table and its JSON; its run is `make bench`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.bench.figures import Figure, both, document, ratio, table, told
from tests.bench.spending import in_turn, spent
from tests.bench.weight import weight

KEPT = Figure("sweep", 0.4, 0.5, "kept")
EXACT = Figure("unchanged", 0.0, 0.0, "kept, just")
MISSED = Figure("history", 1.1000001, 1.1, "missed by what no print would show")


def test_a_ratio_is_the_median_of_the_rounds_ratios() -> None:
    assert ratio([(1.0, 2.0), (30.0, 100.0), (4.0, 4.0)]) == 0.5
    assert both([(1.0, 2.0), (30.0, 100.0), (4.0, 4.0)], "s") == "4 s beside 4 s"


def test_a_bar_is_kept_by_the_value_and_not_by_its_print() -> None:
    assert [figure.ok for figure in (KEPT, EXACT, MISSED)] == [True, True, False]


def test_what_is_to_be_large_is_kept_from_its_bar_on() -> None:
    assert [Figure("recall", value, 0.97, "", least=True).ok for value in (0.96999, 0.97, 1.0)] == [False, True, True]


def test_the_json_has_value_bar_ok_and_what_by_name() -> None:
    assert json.loads(document([KEPT, MISSED])) == {
        "sweep": {"value": 0.4, "bar": 0.5, "ok": True, "what": "kept"},
        "history": {"value": 1.1000001, "bar": 1.1, "ok": False, "what": "missed by what no print would show"},
    }


def test_two_figures_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="same name"):
        document([KEPT, KEPT])


def test_the_table_says_in_a_word_what_is_missed_and_the_exit_status_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert table([KEPT, MISSED]) == (
        "figure       value       bar          what\n"
        "sweep          0.4       0.5  ok      kept\n"
        "history        1.1       1.1  MISSED  missed by what no print would show"
    )
    assert (told([KEPT, EXACT]), told([KEPT, MISSED])) == (0, 1)
    assert capsys.readouterr().out.count("sweep") == 2


def test_what_a_program_leaves_behind_is_waited_for_and_counted() -> None:
    burn = "import time\nwhile time.process_time() < 0.3: pass"
    cost = spent(["sh", "-c", f"'{sys.executable}' -c '{burn}' & exit 0"])
    assert cost.cpu >= 0.3
    assert cost.wall >= 0.3


def test_a_program_that_fails_is_told_with_what_it_said() -> None:
    with pytest.raises(RuntimeError, match=r"ended with status 3:\s+no such thing"):
        spent(["sh", "-c", "echo no such thing; exit 3"])
    assert spent(["sh", "-c", "exit 1"], fine=(0, 1)).wall < 60


def test_both_sides_are_measured_one_right_after_the_other() -> None:
    order: list[str] = []
    assert in_turn(2, lambda: order.append("ours"), lambda: order.append("theirs")) == [(None, None)] * 2
    assert order == ["ours", "theirs"] * 2


def test_a_page_weighs_its_html_and_each_style_sheet_and_script_once(tmp_path: Path) -> None:
    (tmp_path / "nodes").mkdir()
    (tmp_path / "style.css").write_bytes(b"*" * 100)
    (tmp_path / "script.js").write_bytes(b"*" * 30)
    (tmp_path / "icon.svg").write_bytes(b"*" * 7)
    page = tmp_path / "nodes/n.html"
    page.write_text(
        '<link rel="icon" href="../icon.svg"><link rel="stylesheet" href="../style.css?v=1">'
        '<link rel="alternate stylesheet" href="../style.css"><script src="../script.js" defer></script><script></script>'
    )
    assert weight(page) == (page.stat().st_size, 130)
