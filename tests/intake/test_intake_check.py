"""What is told of the settings: what they let others do."""

import re

import pytest

from collector.config import parse
from collector.intake.check import told
from tests.intake.conftest import TOKEN

KEY = 'X-Key = "kkkk"'


@pytest.mark.parametrize(
    ("lines", "headers", "who"),
    [
        ('registration = "open"', KEY, ["whoever registers"]),
        ('registration = "token"\ntokens = ["$TOKEN"]', KEY, ["whoever shows a token"]),
        ('registration = "token"\ntokens = ["$TOKEN"]\nuuid_suffices = true', KEY, ["whoever knows a UUID"]),
        ('registration = "held"\ntokens = ["$TOKEN"]', KEY, ["whoever shows a token"]),
        ('registration = "held"\nuuid_suffices = true', KEY, []),
        ('registration = "open"', "", []),
    ],
)
def test_those_who_are_sent_our_headers_without_approval_are_named(tmp_path, lines, headers, who):
    text = f'[intake]\n{lines}\n[[instances.endpoints]]\nurl = "/x"\nheaders = {{ {headers} }}\n'
    sentences = "\n".join(told(parse(text, tmp_path / "almanac.toml", {"TOKEN": TOKEN})))
    assert re.findall(r"warning: intake: (.*) has our next pass ask an address without approval", sentences) == who
    assert "kkkk" not in sentences
