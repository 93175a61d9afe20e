"""When words changed: the ticks of charts."""

from collector.model import Reading
from collector.store.turns import turns
from tests.store.answers import DAY, ITEM, START, night, record, word


def words(number, **values):
    return Reading(states=tuple(word(value, night(number) - 60, metric=name) for name, value in values.items()))


def test_each_change_is_told_once_and_the_first_word_is_none(store):
    for number, (last, newest) in enumerate(
        [("ok", "a"), ("ok", "b"), ("dangling", "c"), ("dangling", "d"), ("ok", "e")]
    ):
        record(store, number, words(number, last=last, newest=newest))
    assert turns(store.db, "SDU", (START - DAY, night(9)), {"newest"}) == {ITEM: (night(2) - 60, night(4) - 60)}
    assert turns(store.db, "SDU", (START - DAY, night(3)), {"newest"}) == {ITEM: (night(2) - 60,)}
    assert turns(store.db, "SDU", (night(2), night(9)), {"newest"}) == {ITEM: (night(4) - 60,)}
    assert len(turns(store.db, "SDU", (START - DAY, night(9)), ())[ITEM]) == 4
    assert turns(store.db, "elsewhere", (START - DAY, night(9)), ()) == {}
