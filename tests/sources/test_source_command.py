"""Commands of people's own: what they print, what is made of it, and that no bytes can break the parser."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from collector.model import Answer, Fault, Observation, Outcome, Reading, State
from collector.sources import command

ASKED = 1795490000
QUEUE = command.Settings(
    kind="command", name="queue", command="true", units={"delay": "seconds", "disk.free": "bytes"}, states=("lamp",)
)


def read(body, outcome=Outcome.OK, of=QUEUE):
    return command.parse(of, Answer("here", "queue", "command", ASKED, outcome, body=body))


def number(key, value, unit="count"):
    return Observation("command:queue", key, ASKED, value, unit)


def word(key, value):
    return State("command:queue", key, ASKED, value)


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (b"12\n", [number("value", 12.0)]),
        (b"  -1.5e3 ", [number("value", -1500.0)]),
        (b"+.5", [number("value", 0.5)]),
        (b"queue=12\n\ndelay = 2.5\n", [number("queue", 12.0), number("delay", 2.5, "seconds")]),
        (b"queue=1\r\nqueue=2\r\n", [number("queue", 2.0)]),
        (b"mode=stand by\n", [word("mode", "stand by")]),
        (b"mode=a=b\n", [word("mode", "a=b")]),
        (b"mode=\x1b[31m\xff\n", [word("mode", "\\x1b[31m\\xff")]),
        (b"mode=nan\n", [word("mode", "nan")]),
        (b'{"queue": 12, "disk": {"free": 5}}', [number("queue", 12.0), number("disk.free", 5.0, "bytes")]),
        (b'{"mode": "on", "ok": true, "off": false}', [word("mode", "on"), word("ok", "true"), word("off", "false")]),
        (b'{"queue": null, "empty": "", "none": {}}', []),
        (b'{"load": [0.5, 1]}', [number("load.0", 0.5), number("load.1", 1.0)]),
    ],
)
def test_numbers_are_observations_and_words_are_states(body, wanted):
    reading = read(body)
    assert [*reading.observations, *reading.states] == wanted
    assert reading.faults == ()


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (b"", Fault(0, "", "printed nothing; let it print a number, key=value lines or JSON")),
        (b"twelve\n", Fault(1, "twelve", "not key=value, with a key of letters, digits, dots, dashes and underscores")),
        (b"1 2\n", Fault(1, "1 2", "not key=value, with a key of letters, digits, dots, dashes and underscores")),
        (b"a b=1\n", Fault(1, "a b=1", "not key=value, with a key of letters, digits, dots, dashes and underscores")),
        (b"queue=\n", Fault(1, "queue=", "has no value")),
        (b"queue=1e999\n", Fault(1, "queue", "no finite number")),
        (b'{"queue": 1\n', Fault(1, '{"queue": 1', "no JSON: Expecting ',' delimiter")),
        (
            b"delay=12 ms\n",
            Fault(0, "delay=12 ms", "a word, but almanac.toml has a unit for it; let it print the bare number"),
        ),
        (
            b'{"lamp": 1}',
            Fault(0, "lamp=1", "a number, but almanac.toml has it in states; give it a unit instead"),
        ),
        (b"[1, 2]", Fault(1, "[1, 2]", 'JSON, but no object; let it print one such as {"queue": 12}')),
        (b'{"queue": NaN}', Fault(0, "queue", "no finite number")),
        (b'{"queue": 1' + b"0" * 400 + b"}", Fault(0, "queue", "no finite number")),
        (b'{"a b": 1}', Fault(0, "a b", "no key: letters, digits, dots, dashes and underscores, 100 at most")),
    ],
)
def test_what_is_neither_is_told_as_a_fault(body, wanted):
    assert read(body) == Reading(faults=(wanted,))


def test_json_that_is_nested_without_end_is_told():
    (deep,) = read(b'{"a": ' * 20 + b"1" + b"}" * 20).faults
    assert deep.reason == "nested more than 10 deep"
    (deeper,) = read(b"[" * 100_000).faults
    assert deeper.reason == "no JSON: nested too deeply, or a number too long"


def test_of_too_many_values_the_first_are_kept():
    reading = read(b"".join(b"key%d=1\n" % number for number in range(1000)))
    assert len(reading.observations) == command.MOST_VALUES
    assert reading.faults == (Fault(0, "", "prints 1000 values; only the first 200 are kept"),)


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.CUT_OFF, Outcome.TIMED_OUT, Outcome.TOO_LONG])
def test_nothing_is_taken_from_a_command_that_did_not_end_well(outcome):
    assert read(b"12\n", outcome) == Reading()


@settings(max_examples=300)
@given(st.binary(max_size=300) | st.builds(lambda inner: b'{"a": ' + inner + b"}", st.binary(max_size=80)))
def test_no_bytes_break_the_parser(body):
    assert isinstance(read(body), Reading)


def test_the_command_runs_as_it_stands_in_every_shell(ask):
    own = command.Settings(kind="command", name="own", command='echo "mode=$NOT_SET" | sed s/=$/=none/; # the end')
    assert ask(command.probe(own)).stdout == b"mode=none\n"


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ({"name": None}, 'name is missing; write what the command tells of, as name = "queue"'),
        ({"units": {"a": "count"}, "states": ["a"]}, '"a" is a number in units and a word in states'),
        (
            {"unit": "bytes", "units": {"a": "count"}},
            'unit is for a bare number, units is for keys; write value = "bytes"',
        ),
        ({"units": {"a": "furlongs"}}, "'bytes', 'seconds', 'count'"),
        ({"command": ""}, "at least 1 character"),
    ],
)
def test_settings_that_say_nothing_clear_are_refused(written, says):
    with pytest.raises(ValidationError) as error:
        command.Settings(**{"kind": "command", "name": "queue", "command": "true", **written})
    assert says in str(error.value)
