"""What browsers get of style sheets and scripts."""

from __future__ import annotations

from pathlib import Path

import pytest

from sphinxext.almanac.squeeze import script, style
from tests.sphinxext.sphinx_site import project


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("/* one\n   two */\n.a .b,\n.c { color : red; margin: 0 }\n", ".a .b,.c{color :red;margin:0}"),
        ('.a :is(b, i)::before { content: attr(data-h) " "; }', '.a :is(b,i)::before{content:attr(data-h) " "}'),
        (
            "@media (max-width: 4rem) {\n  & > b { width: calc(1rem - (2 * 3px)); }\n}",
            "@media (max-width:4rem){& > b{width:calc(1rem - (2 * 3px))}}",
        ),
        ("", ""),
    ],
)
def test_a_style_sheet_says_the_same_in_fewer_letters(written: str, sent: str) -> None:
    assert style(written) == sent


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ('/* Head\n   of it. */\n"use strict";\n{\n  const a = "/* no comment */";\n}\n', '"use strict";\n{\nconst a = "/* no comment */";\n}\n'),
        ("/* a */ go();\nstop(); /* b */\n", "/* a */ go();\nstop(); /* b */\n"),
        ("  const far = 5; /* seconds */\n  /* a line */\n\n  go(far);\n", "const far = 5; /* seconds */\ngo(far);\n"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_script_keeps_its_lines(written: str, sent: str) -> None:
    assert script(written) == sent


def test_pages_of_any_theme_load_what_was_squeezed(tmp_path: Path) -> None:
    made = project(tmp_path, ".. almanac:nodes::\n")
    assert made.build(html_theme="alabaster") == ""
    files = made.files()
    assert not [name for name in files if name.startswith("_static/almanac") and b"\n  " in files[name]]
    assert b".almanac{--paper:" in files["_static/almanac-parts.css"]
