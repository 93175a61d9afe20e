"""Who is told what, as almanac.toml says it: all errors at once, and no secret in any text."""

from pathlib import Path

import pytest

from collector.config import ConfigError, parse

FILE = Path("/etc/almanac/almanac.toml")
NODE = '[nodes.a]\nreach = "local"\n'


def read(text, **environ):
    return parse(NODE + text, FILE, environ)


def error(text):
    with pytest.raises(ConfigError) as caught:
        read(text)
    (line,) = caught.value.lines
    return line.removeprefix(f"{FILE}: ")


def test_what_is_left_out_has_a_sensible_default():
    config = read('[mail]\nfrom = "a@b.org"\nhost = "h"\n[[reports]]\nto = ["x@y.org"]\nnode = "a"\n')
    (report,) = config.reports
    assert (config.mail.tls, config.mail.listens) == ("starttls", 587)
    assert (report.node, report.level, report.when, report.remind) == (("a",), "unknown", "change", 7 * 86400)


def test_paths_are_relative_to_the_file():
    config = read(
        '[mail]\nfrom = "a@b"\nhost = "h"\nuser = "u"\npassword_file = "pw"\nca_file = "ca.pem"\n'
        '[[reports]]\nchannels_file = "channels"\n'
    )
    assert (config.mail.password_file, config.mail.ca_file) == (FILE.parent / "pw", FILE.parent / "ca.pem")
    assert config.reports[0].channels_file == FILE.parent / "channels"


def test_no_secret_is_told_by_what_shows_the_settings():
    text = (
        '[mail]\nfrom = "a@b"\nhost = "h"\nuser = "u"\npassword = "$PW"\n[[reports]]\nchannels = ["tgram://$PW/chat"]\n'
    )
    config = read(text, PW="geheim")
    assert config.mail.password.get_secret_value() == "geheim"
    assert "geheim" not in repr(config) + str(config) + config.model_dump_json() + str(config.model_dump())


MAIL = '[mail]\nfrom = "a@b"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            MAIL,
            'line 3: mail: needs one way to send; write either host = "smtp.example.org" or '
            'sendmail = "/usr/sbin/sendmail"',
        ),
        (
            '[mail]\nfrom = "a@b.org\\nBcc: x@y"\nhost = "h"',
            "line 4: mail.from: 'a@b.org\\nBcc: x@y' is no mail address; write one such as ops@example.org",
        ),
        ('[mail]\nfrm = "a@b"\nfrom = "a@b"\nhost = "h"', "line 4: mail.frm: no such key; did you mean from?"),
        (
            f'{MAIL}host = "h"\nuser = "u"',
            'line 3: mail: user and its password go together; write user = "..." and password_file = "..."',
        ),
        (
            f'{MAIL}host = "h"\ntls = "none"\nuser = "u"\npassword = "geheim"',
            'line 3: mail: would send its password in clear; write tls = "starttls" or tls = "tls"',
        ),
        (
            f'{MAIL}host = "h"\nuser = "u"\npassword = "geheim"\npassword_file = "f"',
            "line 3: mail: has both password and password_file; remove one of the two",
        ),
        ("[[reports]]\n", 'line 3: reports[0]: tells nobody; write to = ["ops@example.org"]'),
        (
            '[[reports]]\nto = ["x@y"]',
            'line 4: reports[0].to: there is no [mail] to send it by; add one with from = "..." and host = "..."',
        ),
        (
            '[[reports]]\nchannels_file = "c"\nnode = ["b"]',
            'line 5: reports[0].node: there is no node "b"; add a table [nodes."b"]',
        ),
        (
            '[environments]\nweb = ["a"]\n[[reports]]\nchannels_file = "c"\nenvironment = "wbe"',
            'line 7: reports[0].environment: there is no environment "wbe"; did you mean "web"?',
        ),
        ('[[reports]]\nchannels = "tgram://geheim"', "line 4: reports[0].channels: expected a list in brackets"),
        ("[[reports]]\nchannels = [7]", "line 4: reports[0].channels[0]: expected text in quotes"),
    ],
)
def test_an_error_is_told_with_its_mend_and_without_secrets(text, said):
    assert error(text) == said
