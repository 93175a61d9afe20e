"""Text as masks: put together from words, each drawn once."""

from __future__ import annotations

import numpy as np
import pytest

from collector.chart.glyphs import Glyphs


@pytest.mark.parametrize("size", [13, 26])
@pytest.mark.parametrize("word", ["svn/r0", "x", "gpq", "(@)", "_", "'"])
def test_all_words_of_a_text_stand_on_one_base_line(size: int, word: str) -> None:
    glyphs = Glyphs(size)
    letter, text = glyphs.word("H"), glyphs.word(f"H {word} H")
    rows, columns = letter.mask.shape
    above = slice(text.rise - letter.rise, text.rise - letter.rise + rows)
    assert np.array_equal(text.mask[above, :columns], letter.mask)
    assert np.array_equal(text.mask[above, -columns:], letter.mask)


def test_a_text_is_as_wide_as_its_words_with_the_spaces_between() -> None:
    glyphs = Glyphs(26)
    assert glyphs.width("a  b ") == glyphs.width("a ") + glyphs.width(" ") + glyphs.width("b ")
    assert glyphs.word("503.4 MB").mask.shape[1] == pytest.approx(glyphs.width("503.4 MB"), abs=6)


@pytest.mark.parametrize("text", ["", " ", "   "])
def test_where_nothing_is_written_nothing_is_covered(text: str) -> None:
    word = Glyphs(13).word(text)
    assert (word.mask.size, word.rise) == (0, 0)


def test_letters_that_the_font_lacks_become_a_sign() -> None:
    glyphs = Glyphs(13)
    assert np.array_equal(glyphs.word("a\x07b").mask, glyphs.word("a\ufffdb").mask)
