"""[[rules]]: what they may say, what changes a default rule and where, and what can't judge."""

from pathlib import Path

import pytest

from collector.config import Quantity, kinds, parse
from collector.config.catalogue import catalogue
from tests.config.test_config_load import FILE, KINDS, errors

SUBJECTS = ", ".join(f"{name}:..." for name in catalogue().subjects if name != "node")
NODES = """
[hubs.ZZ]
server = "zz"
node = "a"
[nodes.a]
sources = [{ kind = "tarballs", folder = "/backup/zz" }]
[nodes.b]
[environments]
production = ["b"]
"""


def rules(text, node, subject):
    config = parse(NODES + text, FILE, {})
    return {rule.name: rule for rule in config.rulebook.of(config.place(node), subject)}


def test_each_kind_says_what_it_tells_and_an_empty_file_judges_by_its_rules():
    assert catalogue().is_whole
    assert catalogue().subjects
    assert all(Path(kinds.find(kind).__file__).with_suffix(".toml").exists() for kind in kinds.names())
    used = rules("", "a", "disk:/")["used_ratio"]
    assert (used.warning, used.critical, used.origin) == (Quantity(0.9, "ratio"), Quantity(0.97, "ratio"), "default")


def test_a_rule_of_a_default_ones_name_changes_it_where_it_applies_and_nowhere_else():
    text = '[[rules]]\nname = "used_ratio"\nnode = "a"\nwarning = "80 %"\n'
    here, there = (rules(text, node, "disk:/")["used_ratio"] for node in "ab")
    assert (here.warning, here.critical, here.origin) == (Quantity(0.8, "ratio"), Quantity(0.97, "ratio"), "changed")
    assert (there.warning, there.origin) == (Quantity(0.9, "ratio"), "default")


def test_of_several_that_apply_the_last_that_says_something_has_the_word():
    text = """
[[rules]]
name = "used_ratio"
warning = "80 %"
passes = 2
[[rules]]
name = "used_ratio"
environment = "prod*"
subject = "disk:/data*"
warning = "85 %"
"""
    of = {(node, disk): rules(text, node, disk)["used_ratio"] for node in "ab" for disk in ("disk:/", "disk:/data2")}
    assert {place: (rule.warning.value, rule.passes) for place, rule in of.items()} == {
        ("a", "disk:/"): (0.8, 2),
        ("a", "disk:/data2"): (0.8, 2),
        ("b", "disk:/"): (0.8, 2),
        ("b", "disk:/data2"): (0.85, 2),
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'rule = "above"\nmetric = "usd_ratio"\nwarning = "98 %"',
            ['line 13: rules[0].metric: no source tells a number "usd_ratio"; did you mean "used_ratio"?'],
        ),
        (
            'rule = "above"\nmetric = "free"\nwarning = "90 %"',
            ['line 14: rules[0].warning: expected a number of bytes but got "90 %"; write "5 GB"'],
        ),
        (
            'rule = "above"\nmetric = "free"\nwarning = nan',
            ['line 14: rules[0].warning: expected a number, with its unit if it has one, but got nan; write "5 GB"'],
        ),
        (
            'rule = "above"\nmetric = "load1"\nwarning = 5\ncritical = 4',
            ["line 15: rules[0].critical: is met before warning is, as the rule says above; exchange the two"],
        ),
        (
            'rule = "below"\nmetric = "free"\nwarning = "5 GB"\nclear = "4 GB"',
            ["line 15: rules[0].clear: lies beyond the limit that it should lie before; write one on its sound side"],
        ),
        (
            'rule = "above"\nmetric = "load1"',
            ["line 10: rules[0].warning: is missing, and so is critical; write one of the two"],
        ),
        ('rule = "state"\nwanted = "UP"', ['line 10: rules[0].state: is missing; write state = "state"']),
        (
            'rule = "state"\nstate = "stat"\nwarning = 5',
            [
                'line 13: rules[0].state: no source tells a state "stat"; did you mean "state"?',
                'line 14: rules[0].warning: expected a list of words but got 5; write warning = ["FATAL"]',
            ],
        ),
        (
            'rule = "absent"\nmetric = "size"',
            [
                "line 10: rules[0].subject: is missing; "
                'write what should be there, as subject = "process:web:gunicorn"',
                'line 13: rules[0].metric: has no use with rule = "absent"; remove it',
            ],
        ),
        (
            'rule = "age"\nmetric = "size"\nwarning = "2d"\nnode = "c"\nhub = "zz"\nkind = "hots"',
            [
                'line 15: rules[0].node: there is no node "c"; there are a, b',
                'line 16: rules[0].hub: there is no hub "zz"; there are ZZ',
                f'line 17: rules[0].kind: no source is of kind "hots"; kinds: {KINDS}',
            ],
        ),
        (
            'rule = "forecast"\nmetric = "bytes"\nwarning = "7d"\ncritical = "30d"',
            [
                'line 10: rules[0].limit: is missing; write what the number is forecast to reach, as limit = "500 GB"',
                "line 15: rules[0].critical: is met before warning is, as the rule says forecast; exchange the two",
            ],
        ),
        (
            'rule = "forecast"\nmetric = "bytes"\nwarning = "30d"\nlimit = "90 %"',
            ['line 15: rules[0].limit: expected a number of bytes but got "90 %"; write "5 GB"'],
        ),
        (
            'rule = "more"',
            [
                "line 12: rules[0].rule: expected 'above', 'below', 'age', 'absent', 'change', 'state', 'ratio' or 'forecast'"
                ' but got "more"'
            ],
        ),
        (
            'rule = "state"\nstate = "state"\nwarning = ["EXITED"]\nexcused = { EXITED = "exitstat" }',
            ['line 15: rules[0].excused.EXITED: no source tells a number "exitstat"; did you mean "exitstatus"?'],
        ),
        (
            'rule = "change"\nmetric = "used"\nwarning = "-5 %"',
            ["line 14: rules[0].warning: may not be below 0; write a larger one"],
        ),
        (
            'rule = "above"\nmetric = "used_ratio"\nwarning = ["FATAL"]',
            ['line 14: rules[0].warning: expected a number, with its unit if it has one, but got a list; write "90 %"'],
        ),
        (
            'rule = "state"\nstate = "state"\nwanted = "RUNNING"\nwarning = ["EXITED", "RUNNING"]\ncritical = ["EXITED"]',
            [
                'line 15: rules[0].warning: "RUNNING" stands in wanted too; remove it from one of the two',
                'line 16: rules[0].critical: "EXITED" stands in warning too; remove it from one of the two',
            ],
        ),
        (
            'rule = "absent"\nsubject = ["dsk:/data", "svn/dybsvn", "disk:/", "*data", "d?sk:*"]',
            [
                f'line 13: rules[0].subject: "dsk:/data" means no subject, as {SUBJECTS}; did you mean "disk:..."?',
                f'line 13: rules[0].subject: "svn/dybsvn" means no subject, as {SUBJECTS}; write'
                ' "*:svn/dybsvn" or "*/svn/dybsvn"',
            ],
        ),
        (
            'rule = "absent"\nsubject = []',
            ["line 13: rules[0].subject: an empty list names nothing; write a text or a list of texts, or remove it"],
        ),
        (
            "warning = true",
            [
                "line 12: rules[0].warning: expected a number, with its unit if it has one, or a list of words;"
                ' write "90 %" or ["FATAL"]'
            ],
        ),
    ],
)
def test_a_rule_that_cannot_judge_is_told_with_its_mend(text, said):
    found = errors(f'{NODES}[[rules]]\nname = "mine" \n{text}\n')
    assert found == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'name = "memroy"\nwarning = "3 %"',
            "rules[0].rule: is missing; write rule = one of above, below, age, absent, change, state, ratio, forecast;"
            ' or was the default rule "memory" meant?',
        ),
        (
            'name = "late"\nwarning = "3d"',
            "rules[0].warning: has no use here, for it judges by what was before; remove it",
        ),
        (
            'name = "load"\nmetric = "load1"',
            'rules[0].metric: is "load15" in the rule of this name; remove it, or give the rule another name',
        ),
    ],
)
def test_a_rule_of_a_default_ones_name_stays_what_that_is(text, said):
    assert [line.partition(": ")[2] for line in errors(f"{NODES}[[rules]]\n{text}\n")] == [said]


def test_rules_judge_what_commands_are_said_to_print():
    queue = """
[nodes.c]
sources = [{ kind = "command", name = "mail", command = "mail-queue", units = { oldest = "seconds" }, states = ["mode"] }]
[nodes.d]
sources = [{ kind = "command", name = "free", command = "spool-free", unit = "bytes" }]
[groups.all]
nodes = ["d"]
sources = [{ kind = "command", name = "files", command = "ls | wc -l" }]
"""
    text = '[[rules]]\nname = "waits"\nrule = "above"\nmetric = "oldest"\nwarning = "2h"\n'
    assert rules(queue + text, "c", "command:mail")["waits"].warning == Quantity(7200.0, "seconds")
    told = parse(NODES + queue, FILE, {}).catalogue
    assert (told.metrics["oldest"], told.metrics["value"], "mode" in told.states) == ("seconds", None, True)
    (error,) = errors(NODES + queue + text.replace("2h", "5 GB"))
    assert 'expected a number of seconds but got "5 GB"' in error
    (error,) = errors(NODES + queue + text.replace('"oldest"', '"olds"'))
    assert 'no source tells a number "olds"; did you mean "oldest"?' in error
