"""Lines of keys in a TOML text."""

import pytest

from collector.config.toml import line_of, places

TEXT = """# comment
title = "x"
[nodes."Z9:229"]
port = 229   # comment
"a b".c = 1
[[nodes.a.sources]]
kind = "host"
[[nodes.a.sources]]
kind = "x"
folder = '''
kind = not a key'''
[nodes.a.sources.deep]
k = { z = 1 }
text = ''' # "
[nodes.fake]
title = 1
''' # not opened: '''
after = 1
[nodes."a#b"]
[nodes.c.inner]
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("nodes", "Z9:229"), 3),
        (("nodes", "Z9:229", "port"), 4),
        (("nodes", "Z9:229", "a b", "c"), 5),
        (("nodes", "a", "sources", 0, "kind"), 7),
        (("nodes", "a", "sources", 1, "kind"), 9),
        (("nodes", "a", "sources", 1, "deep", "k", "z"), 13),
        (("nodes", "a", "sources", 1, "deep", "after"), 18),
        (("nodes", "fake"), None),
        (("nodes", "a#b"), 19),
        (("nodes", "c"), 20),
        (("nodes", "nowhere"), None),
    ],
)
def test_the_line_of_a_key_or_of_what_holds_it(path, line):
    assert line_of(places(TEXT), path) == line
