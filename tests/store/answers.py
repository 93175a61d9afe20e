"""What nodes might answer, for the tests of the store: a few stamps and words a night."""

from dataclasses import replace

from collector.model import Answer, Event, Fault, NodeAnswer, Observation, Outcome, Reading, State
from collector.store.store import Store

DAY = 86400
START = 1795000000
ITEM = "tarball:ZZ/svn/dybsvn"
SOURCE = "tarballs:ZZ"


def night(number):
    """When the pass of a night asks."""
    return START + number * DAY


def sizes(values, subject=ITEM):
    """Sizes by stamp."""
    return tuple(Observation(subject, "size", time, float(value), "bytes") for time, value in values.items())


def word(value, time, subject=ITEM, metric="last", detail=""):
    return State(subject, metric, time, value, detail)


def heard(number, outcome=Outcome.OK, node="SDU", source=SOURCE, reached=Outcome.OK):
    """A node with one source; `outcome` is the source's, `reached` the node's."""
    asked = night(number)
    reason = "" if outcome is Outcome.OK else f"{source} ended badly"
    answer = Answer(node, source, "tarballs", asked, outcome, reason, hub="ZZ", took=1.5, status=0)
    whole = NodeAnswer(node, asked, reached, took=2.0, skew=0.0, answers=(answer,))
    if reached is Outcome.OK:
        return whole
    lost = replace(answer, outcome=reached, reason="no route to host", took=None, status=None)
    return replace(whole, reason="no route to host", skew=None, answers=(lost,))


def reading(number, value=10.0, last="ok"):
    """A usual night: tonight's size, the one of the night before the first, a word, an event, a fault."""
    asked = night(number)
    return Reading(
        observations=sizes({START - DAY: 5.0, asked: value}),
        states=(word(last, asked, detail=f"night {number}"),),
        events=(Event("lock:ZZ", asked - 60, "info", f"rsync took {number} s"),),
        faults=(Fault(number, "odd", "not a stamp"),),
    )


def record(store, number, told=None, **circumstances):
    """Records a night; `told` is what its source told, a usual night by default."""
    answer = heard(number, **circumstances)
    pass_id = store.begin_pass(night(number))
    told = reading(number) if told is None else told
    store.record(pass_id, answer, {one.source: told for one in answer.answers})
    store.end_pass(pass_id, night(number) + 9)
    return pass_id


def content(store):
    """The whole database as text."""
    return list(store.db.iterdump())


def hasty(path):
    """A store that does not wait for the disk."""
    store = Store.open(path)
    store.db.execute("PRAGMA synchronous = OFF")
    return store
