"""Delivery for real: over TLS with a login, to servers that are down, slow, refuse, die; by sendmail; never twice."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap

import pytest

from tests.digest.conftest import tell
from tests.digest.reading import read
from tests.servers.ports import free_port
from tests.servers.smtp import PASSWORD, USER, Authority, Server

ALL = '[[reports]]\nto = ["ops@example.org"]\n'
TWO = '[[reports]]\nto = ["a@example.org", "b@example.org"]\n'


def secured(place, authority, tls, password=PASSWORD, ca=None):
    (place.folder / "password").write_text(f"{password}\n")
    login = f'user = "{USER}"\npassword_file = "password"\n' if tls == "starttls" else ""
    return f'host = "127.0.0.1"\nport = {place.port}\ntls = "{tls}"\nca_file = "{ca or authority.ca}"\n{login}'


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_report_goes_encrypted_to_a_server_that_is_who_it_says(place, server, mailbox, authority, tls):
    server(tls)
    assert tell(place.configure(ALL, secured(place, authority, tls))).sent == ("ops@example.org",)
    assert mailbox.addresses == ["ops@example.org"]


def test_a_server_that_nobody_vouches_for_gets_neither_password_nor_report(place, server, mailbox, authority, tmp_path):
    server("starttls")
    other = Authority(tmp_path / "other")
    (said,) = tell(place.configure(ALL, secured(place, authority, "starttls", ca=other.ca))).undelivered
    assert "CERTIFICATE_VERIFY_FAILED" in str(said)
    assert "mail.ca_file" in str(said)
    assert mailbox.received == []


def test_a_wrong_password_is_told_without_it(place, server, mailbox, authority):
    server("starttls")
    (said,) = tell(place.configure(ALL, secured(place, authority, "starttls", password="geheim"))).undelivered
    assert "does not take the login of mail.user: 535" in str(said)
    assert "geheim" not in str(said)
    assert mailbox.received == []
    spooled = b"".join(file.read_bytes() for file in (place.folder / "data/spool").rglob("*.json"))
    assert b"geheim" not in spooled


def test_a_password_file_that_is_not_there_is_told_with_its_place(place, server, mailbox, authority):
    server("starttls")
    settings = secured(place, authority, "starttls").replace('"password"', '"no/password"')
    (said,) = tell(place.configure(ALL, settings)).undelivered
    assert f"{place.folder}/no/password: can't be read: No such file or directory; mend [mail]" in str(said)
    assert mailbox.received == []


def test_a_server_that_is_down_gets_it_at_the_next_pass_once_and_the_oldest_first(place, mailbox, authority):
    place.port = free_port()
    config = place.configure('[[reports]]\nto = ["ops@example.org"]\nwhen = "always"\n')
    (said,) = tell(config).undelivered
    assert str(said) == (
        f"the report for ops@example.org waits for the next pass: 127.0.0.1:{place.port}: Connection refused"
    )
    place.night(1)
    server = Server(mailbox, authority, port=place.port)
    server.start()
    assert tell(config, 1).undelivered == ()
    first, second = (read(raw).headers for _, _, raw in mailbox.received)
    assert first["Date"].datetime < second["Date"].datetime
    assert second["References"] == second["In-Reply-To"] == first["Message-ID"]
    assert tell(config, 1).sent == ()
    server.stop()
    assert len(mailbox.received) == 2


def test_one_that_is_down_for_long_is_given_up_with_a_sentence_and_what_it_told_is_told_again(place, server, mailbox):
    place.port = free_port()
    config = place.configure(ALL)
    tell(config, 0)
    for number in (1, 2):
        place.night(number)
        assert [str(one)[:60] for one in tell(config, number).undelivered] == [
            "the report for ops@example.org waits for the next pass: 127."
        ]
    place.night(3)
    (said,) = tell(config, 3).undelivered
    assert "the report for ops@example.org is given up after 3 days: " in str(said)
    assert place.waiting() == []
    server()
    place.night(4)
    tell(place.configure(ALL), 4)
    (mail,) = (read(raw) for _, _, raw in mailbox.received)
    assert "WHAT IS WRONG" in mail.text


def test_a_slow_server_costs_one_time_limit_for_all(place, server, mailbox):
    server()
    mailbox.slow, place.time_limit = 3, "2s"
    done = tell(place.configure(TWO))
    assert ["timed out" in str(one) for one in done.undelivered] == [True]
    assert len(place.waiting()) == 2
    mailbox.slow, place.time_limit = 0, "60s"
    assert sorted(tell(place.configure(TWO)).sent) == ["a@example.org", "b@example.org"]


@pytest.mark.parametrize(
    ("answer", "said", "left"),
    [("550 no such user", "was refused: ", []), ("450 try later", "waits for the next pass: ", ["a@example.org"])],
)
def test_one_recipient_who_is_refused_costs_nobody_else_theirs(place, server, mailbox, answer, said, left):
    server()
    mailbox.refuse = {"a@example.org": answer}
    done = tell(place.configure(TWO))
    assert done.sent == ("b@example.org",)
    assert [str(one) for one in done.undelivered] == [
        f"the report for a@example.org {said}127.0.0.1:{place.port}: {answer}"
    ]
    assert [one["recipient"] for one in place.waiting()] == left


def test_a_server_that_dies_with_the_message_in_its_hands_is_not_sent_it_again(place, server, mailbox):
    server()
    mailbox.dies = "after DATA"
    config = place.configure(ALL)
    (said,) = tell(config).undelivered
    assert "may not have arrived" in str(said)
    mailbox.dies = ""
    assert tell(config).sent == ()
    assert len(mailbox.received) == 1
    place.night(1)
    assert tell(config, 1).sent == ("ops@example.org",)
    doubtful, after = (read(raw) for _, _, raw in mailbox.received)
    assert doubtful.headers["Message-ID"] in str(said)
    assert after.headers["Message-ID"] != doubtful.headers["Message-ID"]
    assert "\nNEW\n" in after.text


KILLED = """
import os, signal, sys
from pathlib import Path
from collector.config import load
from collector.digest import desk, smtp, stage
from tests.digest.conftest import BEGAN
real = {name}
def killed(*words):
    {then}
    os.kill(os.getpid(), signal.SIGKILL)
{name} = killed
stage.report(load(Path(sys.argv[1])), BEGAN + 3600)
"""


@pytest.mark.parametrize(
    ("name", "then", "arrived", "again"),
    [
        ("desk.Spool.hand", "", 0, 1),
        ("desk.Spool.hand", "real(*words)", 0, 0),
        ("desk.Memory.keep", "", 1, 0),
        ("desk.Spool.take", "", 1, 0),
    ],
)
def test_a_pass_killed_at_any_step_sends_nothing_twice(place, server, mailbox, name, then, arrived, again):
    server()
    config = place.configure(ALL)
    program = textwrap.dedent(KILLED.format(name=name, then=then or "pass"))
    done = subprocess.run([sys.executable, "-c", program, config.file], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert len(mailbox.received) == arrived
    tell(config)
    tell(config)
    assert len(mailbox.received) == arrived + again
    place.night(1)
    tell(config, 1)
    told = "".join(read(raw).text for _, _, raw in mailbox.received)
    assert all(problem["node"] in told for problem in place.manifest["problems"]), "what was in doubt is told after all"
    ids = [read(raw).headers["Message-ID"] for _, _, raw in mailbox.received]
    assert len(set(ids)) == len(ids)


def test_the_machines_own_mailer_gets_it_as_cron_would_give_it(place):
    box = place.folder / "box"
    mailer = program(place, f'echo "$@" > {box}.args; cat > {box}')
    assert tell(place.configure(ALL, f'sendmail = "{mailer}"')).sent == ("ops@example.org",)
    assert (place.folder / "box.args").read_text() == "-i -f almanac@example.org -- ops@example.org\n"
    assert b"\r" not in box.read_bytes()
    assert read(box.read_bytes()).headers["To"] == "ops@example.org"


@pytest.mark.parametrize(
    ("script", "said", "left"),
    [
        ("exit 75", "waits for the next pass: {}: exit status 75", 1),
        ("echo >&2 no such user; exit 67", "was refused: {}: exit status 67: no such user", 0),
        ("exec sleep 1000", "may not have arrived: {}: took longer than 2 s", 0),
    ],
)
def test_what_the_mailer_answers_is_told(place, script, said, left):
    place.time_limit = "2s" if "2 s" in said else "60s"
    mailer = program(place, f"cat > /dev/null; {script}")
    (told,) = tell(place.configure(ALL, f'sendmail = "{mailer}"')).undelivered
    assert said.format(mailer) in str(told)
    assert len(place.waiting()) == left


def test_a_mailer_that_is_not_there_is_told_with_its_mend(place):
    (told,) = tell(place.configure(ALL, 'sendmail = "nowhere"')).undelivered
    assert str(told).endswith(f"{place.folder}/nowhere: there is no such program; mend mail.sendmail")


def program(place, text):
    file = place.folder / "mailer"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return file


def test_a_disk_that_takes_no_spool_is_told_and_nothing_is_sent(place, server, mailbox):
    server()
    (place.folder / "data/spool").write_text("in the way")
    with pytest.raises(Exception, match="no report is sent before that is mended"):
        tell(place.configure(ALL))
    assert mailbox.received == []
