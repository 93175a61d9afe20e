"""What an audience reads of its own nodes: sentences without the names of nodes that it is not shown."""

from dataclasses import replace
from pathlib import Path

import pytest

from collector.config import parse
from collector.export.documents import ActivityDocument, EventDocument, ExcerptDocument, LogDay, NodeDocument
from collector.export.narrow import Hidden, narrowed
from collector.export.readings import HoldDocument, ProblemDocument

CONFIG = parse(
    """
    [nodes]
    web = {}
    web-1 = { title = "The shop" }
    gate = { address = "gate.example.org" }
    "Z9:229" = { title = "Deep store" }
    "two words" = {}
    twin = { address = "web.example.org" }
    """,
    Path("almanac.toml"),
    {},
)
HIDDEN = Hidden.of(CONFIG, {"web"})


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Differs from web-1: 3 bytes.", "Differs from another node: 3 bytes."),
        ("Is behind gate.", "Is behind another node."),
        ("ssh: root@gate.example.org:22 refused", "ssh: root@another node:22 refused"),
        ("Z9:229 and Z9:2290", "another node and Z9:2290"),
        ("Deep store, two words", "another node, another node"),
        ("web, web-10 and gateway stay", "web, web-10 and gateway stay"),
        ("(gate)/gate'gate\"", "(another node)/another node'another node\""),
        ("", ""),
    ],
)
def test_whole_words_that_name_a_hidden_node_are_replaced(text, wanted):
    assert HIDDEN.without(text) == wanted
    assert (HIDDEN.named(text) is None) == (text == wanted)


def test_a_word_that_names_a_shown_node_too_stays():
    config = parse('[nodes]\na = { address = "box" }\nbox = {}\n', Path("almanac.toml"), {})
    assert Hidden.of(config, {"a"}).without("box") == "box"


PROBLEM = ProblemDocument("web", "tarball:ZZ/gate", "gate", "copy", "critical", "Differs from gate.", "2026")
DOCUMENT = NodeDocument(
    1, "web", "web", "nodes/web", "ssh", "web", (), (), (), "ok", True, "ok", "", None, None, None, None, (), (), ()
)


def test_sentences_and_pointers_are_cut_and_names_of_its_own_things_stay():
    held = HoldDocument("behind", node="gate")
    acts = (ActivityDocument("2026", "ann", "ann", "run", "web", "", "done", "run ping gate"),)
    whole = _with(problems=(PROBLEM,), hidden=(_held(held),), activity=acts, reason="gate is down")
    cut = narrowed(whole, HIDDEN, logs=True)
    assert (cut.problems[0].text, cut.problems[0].subject) == ("Differs from another node.", "tarball:ZZ/gate")
    assert cut.hidden[0].held == HoldDocument("behind", node="another node")
    assert cut.activity[0].text == "run ping another node"
    assert cut.reason == "another node is down"


def test_what_names_nobody_is_the_same_object():
    whole = _with(events=(EventDocument("log", "2026", "info", "web is up"),))
    assert narrowed(whole, HIDDEN, logs=True) is whole


def test_who_reads_no_logs_is_told_no_events():
    told = EventDocument("log", "2026", "info", "secret")
    whole = _with(
        events=(told,),
        logs=(LogDay("2026-11-24", 1, 0, "logs/web/x.json", "logs/web~2026-11-24"),),
        excerpts=(ExcerptDocument("process:a:b", "stderr", "2026", "secret"),),
    )
    for kept in ({"events": (told,)}, {"logs": whole.logs}, {"excerpts": whole.excerpts}):
        assert narrowed(_with(**kept), HIDDEN, logs=False) == _with()
    assert narrowed(whole, HIDDEN, logs=True) is whole


def _with(**fields):
    return replace(DOCUMENT, **fields)


def _held(hold):
    return replace(PROBLEM, held=hold)
