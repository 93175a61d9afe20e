"""The wanted values are what `RawConfigParser` of Python 2.7.18 says of the same text, with optionxform = str."""

import pytest

from collector.importers import ini
from collector.importers.foreign import ForeignFile, ImportRefused


def values(text):
    return {name: section.values for name, section in ini.parse(ForeignFile("old.cnf", text)).items()}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", {}),
        ("# c\n; c\nREM c\n\n[S]\n", {"S": {}}),
        ("[S]\na = 1\nb: 2\nc=\n", {"S": {"a": "1", "b": "2", "c": ""}}),
        ("[S]\nG = Z9:229\nZ9:229 = x\n", {"S": {"G": "Z9:229", "Z9": "229 = x"}}),
        ("[S]\nKey = 1\nkey = 2\nkey = 3\n", {"S": {"Key": "1", "key": "3"}}),
        ('[S]\nm = "a b "\ne = ""\n', {"S": {"m": '"a b "', "e": ""}}),
        (
            "[S]\nu = http://h/a%20b;c#d\nv = 1 ; said\nw = 1 # said\n",
            {"S": {"u": "http://h/a%20b;c#d", "v": "1", "w": "1 # said"}},
        ),
        ("[S]\ns = a\n  b\n\n\t# c\n d ; e\n", {"S": {"s": "a b # c d ; e"}}),
        ("[S]\n  a = 1\n", "refused"),
        ("[DEFAULT]\nx = 1\n[A]\n[B]\nx = 2\n", {"A": {"x": "1"}, "B": {"x": "2"}}),
        ("[A]\nx = 1\n[B]\n[A]\ny = 2\n", {"A": {"x": "1", "y": "2"}, "B": {}}),
        ("[Z9:229]\r\nshell = /opt/bin/bash -l -c\r\n", {"Z9:229": {"shell": "/opt/bin/bash -l -c"}}),
        ("a = 1\n[S]\n", "refused"),
        ("[S]\nno value\n", "refused"),
        ("[S]\n[]\n", "refused"),
    ],
)
def test_an_ini_reads_as_in_python_2(text, wanted):
    if wanted == "refused":
        with pytest.raises(ImportRefused):
            values(text)
    else:
        assert values(text) == wanted


def test_every_odd_line_is_named_with_its_number():
    with pytest.raises(ImportRefused) as refused:
        values("[S]\na = 1\nodd \x1b[31m\nb = 2\nodd too\n")
    assert refused.value.lines == (
        'old.cnf: line 3: "odd \\x1b[31m" is neither [SECTION] nor KEY = VALUE; mend or remove it',
        'old.cnf: line 5: "odd too" is neither [SECTION] nor KEY = VALUE; mend or remove it',
    )


def test_a_nul_character_is_refused_wherever_it_stands():
    with pytest.raises(ImportRefused) as refused:
        values("[S]\na = 1\x00\n b\x00\n[T\x00]\n")
    assert [line.partition('" ')[2] for line in refused.value.lines] == [
        "holds a NUL character, as no text does; remove it"
    ] * 3


def test_a_section_knows_its_line():
    assert [section.line for section in ini.parse(ForeignFile("f", "\n[A]\n\n[B]\n[A]\n")).values()] == [2, 4]
