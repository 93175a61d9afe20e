"""Selectors as comments, and names as people write them."""

from __future__ import annotations

import pytest
from docutils.core import publish_doctree
from hypothesis import given
from hypothesis import strategies as st

from sphinxext.almanac.export import nearest
from sphinxext.almanac.names import quoted, split, split_reading, unquoted
from sphinxext.almanac.slots import comment, filled

TEXT = st.text(max_size=40) | st.sampled_from(
    ["-->", "--!>", "<!--almanac:{}-->", '"', "\\", "\\u002d", "]]>", "</title>"]
)


@given(st.dictionaries(TEXT, TEXT, max_size=3))
def test_a_selector_comes_back_from_its_comment_which_nothing_can_end(selector: dict[str, str]) -> None:
    seen: list[object] = []

    def render(found: object) -> str:
        seen.append(found)
        return comment({"slot": "never scanned again"})

    text = comment(selector)
    assert text.count("-->") == 1
    assert text.count("<") == 1
    assert filled(f"<p>{text}</p>", render) == f"<p>{comment({'slot': 'never scanned again'})}</p>"
    assert seen == [selector]


@given(st.text(min_size=1, max_size=40).filter(lambda name: not name[0].isspace() and not set(name) & set("/\r\n\x00")))
def test_any_name_comes_back_from_rst(name: str) -> None:
    document = publish_doctree(f".. image:: {quoted(name)}\n", settings_overrides={"report_level": 5})
    source = document.rawsource or f".. image:: {quoted(name)}\n"
    assert len(source.splitlines()) == 1
    assert unquoted(quoted(name)) == name


@pytest.mark.parametrize(("name", "text"), [
    ("SDU", "SDU"), ("C H1", "C H1"), ("Z9:229", "Z9:229"), (":x: y", '":x: y"'), ("*", '"*"'), ("a ", '"a "'),
    ('"q"', '"\\"q\\""'), ("\u2028", '"\\u2028"'), ("<x>", '"<x>"'), ("tarball:ZZ/svn/dybsvn", "tarball:ZZ/svn/dybsvn"),
    ("host:", '"host:"'),
])  # fmt: skip
def test_names_are_quoted_where_rst_could_read_them_otherwise(name: str, text: str) -> None:
    assert quoted(name) == text


@pytest.mark.parametrize(("text", "parts"), [
    ("SDU tarball:ZZ/svn/dybsvn", ("SDU", "tarball:ZZ/svn/dybsvn")),
    ('"C H1" "process:a b"', ("C H1", "process:a b")),
    ('SDU "process:a b"', ("SDU", "process:a b")),
    ("SDU process:a b", ("SDU", "process:a b")),
    ('"broken rest', ('"broken', "rest")),
    ("SDU", ("SDU", "")),
])  # fmt: skip
def test_a_node_and_the_rest(text: str, parts: tuple[str, str]) -> None:
    assert split(text, None) == parts


@pytest.mark.parametrize(("text", "default", "parts"), [
    ("SDU tarball:ZZ/svn/dybsvn size", None, ("SDU", "tarball:ZZ/svn/dybsvn", "size")),
    ("SDU process:cron beat uptime", None, ("SDU", "process:cron beat", "uptime")),
    ('SDU "process:cron beat" uptime', None, ("SDU", "process:cron beat", "uptime")),
    ("SDU process:web", "state", ("SDU", "process:web", "state")),
    ("SDU process:web", None, ("SDU", "process:web", None)),
    ("SDU", "state", ("SDU", "", "state")),
])  # fmt: skip
def test_a_node_a_subject_and_what_is_read(text: str, default: str | None, parts: tuple[str, str, str | None]) -> None:
    assert split_reading(text, None, default) == parts


@pytest.mark.parametrize(("name", "near"), [("sdu", "SDU"), ("SUD", "SDU"), ("prod", "production"), ("zzzzzz", None)])
def test_the_nearest_name_is_the_one_a_person_meant(name: str, near: str | None) -> None:
    assert nearest(name, ["H1", "production", "SDU"]) == near
