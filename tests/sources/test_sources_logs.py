"""Logs read on from where the pass before stopped, through all that happens to log files, in every shell."""

import gzip
import json
import os
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from collector.config import kinds
from collector.model import Answer, Event, Outcome
from collector.sources import logs

ASKED = 1795500000  # 2026-11-24T06:00:00Z
ROTATED = [".1", ".1.gz", "-20261124", "-20261124.gz", "-20261124-1795478400", ".old"]


class Watched:
    """A log file, read pass after pass. `pass_` gives the texts that are new."""

    def __init__(self, ask, folder, **chosen):
        self.file, self.cursor, self._ask = folder / "syslog", {}, ask
        self.settings = logs.Settings(kind="logs", files=[str(self.file)], **chosen)

    def write(self, text):
        with self.file.open("ab") as file:
            file.write(text if isinstance(text, bytes) else text.encode())

    def read(self):
        done = self._ask(logs.probe(self.settings, self.cursor))
        outcome = Outcome.OK if done.returncode == 0 else Outcome.FAILED
        self.reading = logs.parse(self.settings, answer(done.stdout, outcome))
        self.cursor = {**self.cursor, **self.reading.cursor}
        return [one.text for one in self.reading.lines]

    @property
    def counts(self):
        return {one.metric: one.value for one in self.reading.observations}

    @property
    def reasons(self):
        return [one.reason for one in self.reading.faults]


def answer(body, outcome=Outcome.OK):
    return Answer("here", "logs", "logs", ASKED, outcome, body=body)


@pytest.fixture
def log(ask, tmp_path):
    return Watched(ask, tmp_path)


def test_lines_are_told_once_and_the_half_written_one_the_next_time(log):
    log.write("one\ntwo\nthr")
    assert log.read() == ["one", "two"]
    assert log.read() == []
    assert log.counts == {"lines": 0, "warnings": 0, "errors": 0, "critical": 0, "skipped": 0}
    log.write("ee\nfour\n")
    assert log.read() == ["three", "four"]
    assert log.reasons == []


def test_an_empty_log_is_read_from_its_first_line(log):
    log.write("")
    assert log.read() == []
    log.write("first\n")
    assert log.read() == ["first"]


@pytest.mark.parametrize("suffix", ROTATED)
def test_the_rest_of_a_rotated_log_comes_first(log, suffix):
    log.write("old 1\n")
    log.read()
    log.write("old 2\nold 3")
    rotated = log.file.with_name(log.file.name + suffix)
    if suffix.endswith("gz"):
        rotated.write_bytes(gzip.compress(log.file.read_bytes()))
        log.file.unlink()
    else:
        log.file.rename(rotated)
    log.write("new 1\n")
    assert log.read() == ["old 2", "old 3", "new 1"]
    assert log.read() == []
    assert log.reasons == []


def test_a_log_that_was_empty_when_read_is_found_again_after_rotation(log):
    log.write("")
    log.read()
    log.write("old\n")
    log.file.rename(f"{log.file}.1")
    log.write("new\n")
    assert log.read() == ["old", "new"]


def test_of_a_log_rotated_twice_between_passes_nothing_is_lost(log):
    log.write("a 1\n")
    log.read()
    log.write("a 2\n")
    log.file.rename(f"{log.file}.2")
    log.write("b 1\n")
    log.file.rename(f"{log.file}.1")
    os.utime(f"{log.file}.2", (ASKED - 9, ASKED - 9))
    log.write("c 1\n")
    (log.file.with_name("syslog-notes")).write_text("somebody else's\n")
    assert log.read() == ["a 2", "b 1", "c 1"]


def test_a_log_copied_and_cut_is_read_on_in_its_copy(log):
    log.write("old 1\n")
    log.read()
    log.write("old 2\n")
    log.file.with_name("syslog.1").write_bytes(log.file.read_bytes())
    log.file.write_text("new\n")
    assert log.read() == ["old 2", "new"]


def test_of_a_log_that_was_cut_to_nothing_it_is_told_that_lines_may_be_missing(log):
    log.write("old old old\n")
    log.read()
    log.file.write_text("new\n")
    assert log.read() == ["new"]
    assert log.reasons == ["what was read before is gone; lines between may have been missed"]
    assert log.read() == []


def test_a_log_cut_and_grown_beyond_where_it_was_read_is_not_taken_for_the_old_one(log):
    log.write("old\n")
    log.read()
    log.file.write_text("new, and longer than before\n")
    assert log.read() == ["new, and longer than before"]


def test_a_first_pass_begins_near_the_end_on_a_whole_line(ask, tmp_path):
    log = Watched(ask, tmp_path, most=1000)
    log.write("".join(f"line {number}\n" for number in range(1000)))
    texts = log.read()
    assert texts == [f"line {number}" for number in range(1000 - len(texts), 1000)]
    assert 90 <= len(texts) <= 120
    assert log.reasons == []


def test_what_is_left_out_is_told(ask, tmp_path):
    log = Watched(ask, tmp_path, most=1000)
    log.write("begin\n")
    log.read()
    log.write("".join(f"line {number:04}\n" for number in range(1000)))
    assert log.read() == [f"line {number:04}" for number in range(901, 1000)]
    assert log.counts["skipped"] == 9000
    assert log.reasons == ["9000 bytes were left out, for a pass reads 1000"]
    assert log.read() == []


def test_of_a_log_of_a_gigabyte_only_the_end_is_read(log):
    log.write("begin\n")
    log.read()
    with log.file.open("r+b") as file:
        file.seek(3_000_000_000)
        file.write(b"\nnear the end\n")
    texts = log.read()
    assert texts[-1] == "near the end"
    assert log.counts["skipped"] == 3_000_000_014 - 6 - 1_000_000
    log.write("on\n")
    assert log.read() == ["on"]


def test_lines_keep_their_order_and_their_times_but_those_far_ahead_though_the_clock_jumped(log):
    log.write(
        "2031-01-01T00:00:00Z h a: ahead\nand on\n2026-11-24T05:00:00Z h a: back\n1970-01-01T00:00:09Z h a: boot\n"
    )
    assert log.read() == ["ahead", "and on", "back", "boot"]
    assert [one.time for one in log.reading.lines] == [ASKED, ASKED, 1795496400, 9]
    log.write("2026-11-24T05:00:01Z h a: now\n")
    assert log.read() == ["now"]


def test_hostile_lines_are_told_and_steer_nothing(log):
    log.write(b"\x1b[31mred\x1b[0m \x1b]0;title\x07\n\x00nul\n\xff\xfe\xc3\n\r\n\n<script>\n@end 0 1 2 3\n$(touch x)\n")
    log.write(b"x" * 5000 + b"\n")
    long = "x" * 1000 + " ... (5000 characters)"
    red = "red \\x1b]0;title\\x07"
    assert log.read() == [red, "\\x00nul", "\\xff\\xfe\\xc3", "<script>", "@end 0 1 2 3", "$(touch x)", long]


def test_names_of_files_are_no_shell_text(ask, tmp_path):
    log = Watched(ask, tmp_path)
    log.file = tmp_path / "-n 'a' $(b) *"
    log.settings = logs.Settings(kind="logs", files=[str(log.file)])
    log.write("one\n")
    assert log.read() == ["one"]
    log.write("two\n")
    log.file.rename(f"{log.file}.1")
    log.write("three\n")
    assert log.read() == ["two", "three"]


def test_a_file_that_can_not_be_read_costs_only_itself(ask, tmp_path):
    good, fifo = tmp_path / "good", tmp_path / "fifo"
    good.write_text("fine\n")
    os.mkfifo(fifo)
    settings = logs.Settings(kind="logs", files=[f"{tmp_path}/none", str(fifo), str(good)])
    done = ask(logs.probe(settings, {}))
    reading = logs.parse(settings, answer(done.stdout, Outcome.FAILED))
    assert done.returncode == 1
    assert [one.text for one in reading.lines] == ["fine"]
    assert [one.reason for one in reading.faults] == [
        f"{tmp_path}/none: there is no such file",
        f"{fifo}: is no regular file",
    ]
    assert set(reading.cursor) == {str(good)}


def test_what_was_cut_off_is_left_for_the_next_pass(log):
    log.write("one\ntwo\n")
    whole = log._ask(logs.probe(log.settings, {})).stdout
    for end in range(len(whole)):
        reading = logs.parse(log.settings, answer(whole[:end], Outcome.CUT_OFF))
        told = [one.text for one in reading.lines]
        assert (told, bool(reading.cursor)) in (([], False), (["one", "two"], True))


def test_a_file_that_moved_while_it_was_read_is_read_again(log):
    log.write("one\n")
    whole = log._ask(logs.probe(log.settings, {})).stdout
    reading = logs.parse(log.settings, answer(re.sub(rb" end 0 [^\n]*", b" moved 0", whole)))
    assert (reading.lines, reading.cursor) == ((), {})
    reasons = [one.reason for one in reading.faults]
    assert reasons == ["was rotated or cut while it was read; the next pass reads it again"]


@given(st.binary(max_size=300))
def test_no_answer_breaks_the_parser(body):
    settings = logs.Settings(kind="logs", files=["/a"], journal=True)
    logs.parse(settings, answer(body))
    logs.parse(settings, answer(b"@" + b"0" * 32 + b"\n" + body.replace(b"@", b"\n@" + b"0" * 32 + b" ")))


JOURNALCTL = """#!/bin/sh
# Answers as journalctl 252 does, from a file of its JSON lines; the cursor is the number of a line.
after=0 lines=9999
for word; do
    case $word in
    --after-cursor=gone) echo 'Failed to seek to cursor: Invalid argument' >&2; exit 1 ;;
    --after-cursor=*) after=${word#*=} ;;
    esac
    [ "$last" != -n ] || lines=$word
    last=$word
done
sed -n "$((after + 1)),\\$p" JOURNAL | head -n "$lines"
"""


@pytest.fixture
def journal(tmp_path, ask, applets):
    """A function: entries, cursor -> what is read of a journal that holds them."""

    def read(entries, cursor):
        (tmp_path / "journal").write_text("".join(json.dumps(one) + "\n" for one in entries))
        command = tmp_path / "bin" / "journalctl"
        command.parent.mkdir(exist_ok=True)
        command.write_text("#!/bin/sh\nlast=\n" + JOURNALCTL.replace("JOURNAL", str(tmp_path / "journal"), 1))
        command.chmod(0o755)
        settings = logs.Settings(kind="logs", journal=True, units=["ssh.service"])
        done = ask(logs.probe(settings, cursor), path=f"{command.parent}:{applets}")
        return logs.parse(settings, answer(done.stdout, Outcome.OK if done.returncode == 0 else Outcome.FAILED))

    return read


def entry(number, message, **fields):
    return {"__CURSOR": str(number), "__REALTIME_TIMESTAMP": f"{ASKED}999999", "MESSAGE": message, **fields}


def test_the_journal_goes_on_behind_its_last_line(journal):
    first = entry(1, "Accepted", PRIORITY="6", _SYSTEMD_UNIT="ssh.service", SYSLOG_IDENTIFIER="sshd")
    second = entry(2, [255, 10, 27, 91, 51, 49, 109, 97], PRIORITY="3", SYSLOG_IDENTIFIER="kernel")
    reading = journal([first], {})
    assert reading.lines == (Event("log:ssh.service", ASKED, "info", "Accepted"),)
    assert reading.cursor == {"journal": "1"}
    again = journal([first, second, entry(3, None)], reading.cursor)
    assert again.lines == (
        Event("log:kernel", ASKED, "error", "\\xff a"),
        Event("log:journal", ASKED, "info", "(nothing that can be shown)"),
    )
    assert again.cursor == {"journal": "3"}
    assert {one.metric: one.value for one in again.observations}["errors"] == 1
    assert journal([first], {"journal": "3"}).cursor == {}


def test_lines_of_a_journal_whose_clock_was_far_ahead_are_of_the_time_of_asking(journal):
    far = {"__REALTIME_TIMESTAMP": f"{ASKED + 86_401}000000"}
    near = {"__REALTIME_TIMESTAMP": f"{ASKED + 86_400}000000"}
    reading = journal([entry(1, "far", **far), entry(2, "near", **near)], {})
    assert [(one.time, one.text) for one in reading.lines] == [(ASKED, "far"), (ASKED + 86_400, "near")]


def test_a_journal_that_has_lost_its_cursor_is_told_and_read_from_near_its_end(journal):
    reading = journal([entry(1, "first")], {"journal": "gone"})
    assert [one.text for one in reading.lines] == ["first"]
    assert [one.reason for one in reading.faults] == [
        "what was read before is gone; lines between may have been missed"
    ]


def test_only_lines_of_the_level_are_kept_but_all_are_counted(ask, tmp_path):
    log = Watched(ask, tmp_path, level="warning")
    log.write("quiet\nWARN: hot\nERROR: burnt\nFATAL: gone\n")
    assert log.read() == ["WARN: hot", "ERROR: burnt", "FATAL: gone"]
    assert log.counts == {"lines": 4, "warnings": 1, "errors": 1, "critical": 1, "skipped": 0}


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ({}, 'nothing to read; write journal = true or files = ["/var/log/syslog"]'),
        ({"files": ["/a"], "units": ["ssh.service"]}, "units are of the journal; write journal = true too"),
        ({"files": ["relative"]}, "should match pattern"),
        ({"files": ["/a"], "level": "loud"}, "Input should be 'emergency'"),
    ],
)
def test_settings_that_can_not_be_meant_are_refused(written, wanted):
    with pytest.raises(ValidationError, match=wanted.replace("[", "\\[")):
        logs.Settings(kind="logs", **written)


def test_the_kind_asks_for_its_cursor_and_others_do_not():
    assert [kind for kind in kinds.names() if kinds.resumes(kind)] == ["demos", "host", "logs"]
