"""The mail as a mail program gets it: headers, both parts, pictures; nothing of a node's text steers it."""

from __future__ import annotations

import re

import pytest

from collector.digest import message
from tests.digest.conftest import tell
from tests.digest.reading import read

ALL = '[[reports]]\nto = ["ops@example.org"]\n'


def mailed(place, server, mailbox, text=ALL, number=0):
    server()
    done = tell(place.configure(text), number)
    assert done.undelivered == ()
    return [read(raw) for _, _, raw in mailbox.received]


def test_a_report_says_it_all_in_its_headers(place, server, mailbox):
    (mail,) = mailed(place, server, mailbox)
    headers = mail.headers
    assert re.fullmatch(r"\d+ critical, \d+ warnings?(, \d unknown)?: \S+ .*", headers["Subject"])
    assert str(headers["From"]).endswith("<almanac@example.org>")
    assert (headers["To"], headers["Auto-Submitted"]) == ("ops@example.org", "auto-generated")
    assert headers["List-Id"] == "<almanac.example.org>"
    assert headers["Date"].datetime.year == 2026
    assert re.fullmatch(r"<[0-9a-f]{32}@example\.org>", headers["Message-ID"])
    assert headers["References"] is None
    assert mailbox.received[0][0] == "almanac@example.org"


def test_text_comes_first_and_is_whole_in_72_columns(place, server, mailbox):
    (mail,) = mailed(place, server, mailbox)
    kinds = [part.get_content_type() for part in mail.headers.walk()]
    assert kinds[:4] == ["multipart/alternative", "text/plain", "multipart/related", "text/html"]
    assert set(kinds[4:]) == {"image/png"}
    for problem in place.manifest["problems"]:
        assert " ".join(filter(None, (problem["node"], problem["label"])))[:20] in mail.text.replace("\\", "\\")
    long = [line for line in mail.text.splitlines() if len(line) > 72]
    assert all("://" in line or " " not in line.strip() for line in long), long
    assert "https://status.example.org/problems/" in mail.text


def test_every_picture_is_shown_and_every_one_shown_is_there(place, server, mailbox):
    (mail,) = mailed(place, server, mailbox)
    shown = re.findall(r'src="cid:([^"]+)"', mail.html)
    assert shown
    assert sorted(shown) == sorted(mail.pictures)
    assert all(picture.startswith(b"\x89PNG") for picture in mail.pictures.values())


def test_the_mail_is_ascii_in_lines_that_any_server_takes(place, server, mailbox):
    mailed(place, server, mailbox)
    (raw,) = (raw for _, _, raw in mailbox.received)
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


HOSTILE = 'x\r\nBcc: all@example.org\r\n\r\n<script>alert(1)</script>\u202e<img src=x onerror=1>"{{ 7*7 }}'


@pytest.mark.parametrize("length", range(60, 161, 4))
@pytest.mark.parametrize("letter", ["x", "\u00fc"])
def test_a_subject_of_any_length_arrives_as_it_was_written(length, letter):
    wanted = ("2 critical, 1 new: SDU " + f"repos/{letter * 9} " * 20)[:length].strip()
    head = message.Head("almanac@example.org", "ops@example.org", "<1@example.org>", 0)
    sent = message.as_text(message.mail(head, "Lab", message.Written(wanted, "text", "<p>text</p>"), {}))
    assert read(sent.encode()).headers["Subject"] == wanted
    assert re.search(r"^Subject: \S", sent, re.MULTILINE)
    assert max(map(len, sent.splitlines())) <= 200


def test_text_of_a_node_steers_neither_headers_nor_text_nor_html(place, server, mailbox):
    (first, *rest) = place.manifest["problems"]
    hostile = {**first, "level": "critical", "label": HOSTILE, "text": f"{HOSTILE}\n.\r\nQUIT{'A' * 100_000}"}
    place.manifest["problems"] = [hostile, *rest]
    place.manifest["changes"] = [{"node": first["node"], "text": HOSTILE}]
    place.manifest["hubs"]["ZZ"]["message"] = HOSTILE
    place.manifest["hubs"]["ZZ"]["report_url"] = "javascript:alert(1)"
    place.manifest["title"] = f"Lab\r\nBcc: x@example.org {HOSTILE}"
    place.night(0)
    (mail,) = mailed(place, server, mailbox)
    assert mail.headers["Bcc"] is None
    assert [address.addr_spec for address in mail.headers["From"].addresses] == ["almanac@example.org"]
    assert mailbox.addresses == ["ops@example.org"]
    assert "<script" not in mail.html
    assert "<img src=x" not in mail.html
    assert "javascript:alert" in mail.html
    assert 'href="javascript' not in mail.html
    whole = mail.text + mail.html + str(mail.headers["Subject"])
    assert "\u202e" not in whole
    assert "{{ 7*7 }}" in whole
    assert len(whole) < 100_000
    assert len(str(mail.headers["Subject"])) <= 160


def test_what_a_hub_wants_said_stands_in_its_report(place, server, mailbox):
    place.manifest["hubs"]["ZZ"] |= {"message": "Call the computing centre.", "report_url": "https://dayabay.example/"}
    place.night(0)
    (mail,) = mailed(place, server, mailbox, '[[reports]]\nto = ["zz@example.org"]\nhub = "ZZ"\n')
    assert "HUB ZZ\n\nCall the computing centre.\nhttps://dayabay.example/\n" in mail.text
    assert '<a href="https://dayabay.example/"' in mail.html


def test_raw_output_of_a_node_is_mailed_only_where_it_is_asked_for(place, server, mailbox):
    server()
    tell(place.configure('[[reports]]\nto = ["a@x.org"]\n[[reports]]\nto = ["b@x.org"]\nraw = true\n'))
    mails = {to: read(one) for _, (to,), one in mailbox.received}
    plain, raw = mails["a@x.org"], mails["b@x.org"]
    assert "WHAT COULD NOT BE UNDERSTOOD" not in plain.text
    assert "WHAT COULD NOT BE UNDERSTOOD" in raw.text


def test_links_are_left_out_where_the_site_says_no_address(place, server, mailbox):
    place.manifest["url"] = None
    place.night(0)
    (mail,) = mailed(place, server, mailbox)
    assert "status.example.org" not in mail.text + mail.html
    assert "<a " not in mail.html.partition("Its report")[0]
