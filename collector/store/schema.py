"""The tables, as migrations: each a named function, applied and noted in one transaction, never changed once released.

Series and words (the tracks of states) have integer keys; their values lie WITHOUT ROWID in the order of track and
time, so that a chart is one range scan. Every value points to the answer it was first read in. A state's `asked` is
when the change was first read, its `time` is since when it is so, as the node tells.

Each is noted as `Migrations` of sqlite-utils does it (sqlite_utils/migrations.py): a row of `_sqlite_migrations`, which
has an id, the migration_set, the name and when it was applied. So what a database lacks is known by a look at that
table; the library, which takes a while to be loaded, is needed only to apply it (`migrating`).

Nothing is kept of the latest pass only: words, details and numbers are kept as their changes (`changes`), what an
answer told of as runs (`runs`), so that any pass of the past can be told again as it was.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from collector.store import activity, cursors, excerpts, faults, instances, lines, past, problems, spent, weeks
from collector.store.tables import first, life, names, nights

SET = "almanac"
"""Under this name sqlite-utils notes our migrations; other programs may note theirs beside them."""
_NOTES = "_sqlite_migrations"
Step = Callable[[sqlite3.Connection], None]


def first_tables(db: sqlite3.Connection) -> None:
    """Passes, what was asked in them, what is watched, and what was read of it."""
    for statement in first.STATEMENTS:
        db.execute(statement)


def any_night_again(db: sqlite3.Connection) -> None:
    """What was kept of the latest pass only is kept as changes and runs; the extremes of each week; indexes of what
    ended well. Of what earlier versions kept, the last word is taken for all the time before."""
    for statement in nights.STATEMENTS:
        db.execute(statement)
    faults.keep_once(db)
    times = db.execute("SELECT DISTINCT series, time FROM observation").fetchall()
    weeks.refresh(db, ((series, weeks.week_of(time)) for series, time in times))


def names_of_passes(db: sqlite3.Connection) -> None:
    """When the configuration last had each node, hub, environment and group: the start of the last pass that did."""
    for statement in names.STATEMENTS:
        db.execute(statement)


def life_of_problems(db: sqlite3.Connection) -> None:
    """Problems with their changes, which passes were judged (numbered in their order), and what people said of them."""
    for statement in life.STATEMENTS:
        db.execute(statement)


def people_and_activity(db: sqlite3.Connection) -> None:
    """Who uses Almanac, and what they did: a log to which rows are only added."""
    for statement in activity.TABLES.split(";;\n"):
        db.execute(statement)


def stages_of_passes(db: sqlite3.Connection) -> None:
    """What the stages of the last passes took, and whether they ended."""
    db.execute(spent.TABLE)


def levels_of_acks(db: sqlite3.Connection) -> None:
    """How bad a problem was when somebody said that they know of it; of those who said so before, nobody knows."""
    db.execute("ALTER TABLE ack ADD COLUMN level INTEGER")


def one_outage(db: sqlite3.Connection) -> None:
    """A node that does not answer is one problem, whatever the reason."""
    for statement in problems.ONE_OUTAGE:
        db.execute(statement)


def application_instances(db: sqlite3.Connection) -> None:
    """The registry of application instances."""
    db.execute(instances.TABLE)


def logs_and_cursors(db: sqlite3.Connection) -> None:
    """Lines of logs, and up to where each source was read."""
    for statement in (cursors.TABLE, *lines.TABLE.split(";\n")):
        db.execute(statement)


def instances_by_themselves(db: sqlite3.Connection) -> None:
    """Which instances wait for approval, and the hash of what each shows to change itself."""
    for statement in instances.BY_THEMSELVES:
        db.execute(statement)


def excerpts_of_logs(db: sqlite3.Connection) -> None:
    """What processes that failed have said."""
    db.execute(excerpts.TABLE)


def pasts_in_one_piece(db: sqlite3.Connection) -> None:
    """The past of each series, once more, as it is read every night. It is filled within eight weeks."""
    db.execute(past.TABLE)


def found_by_pass(db: sqlite3.Connection) -> None:
    """What a pass asked, and what it changed, are found without a look at all that others did."""
    db.execute("CREATE INDEX answer_of_pass ON answer (pass)")
    db.execute("CREATE INDEX turn_of_pass ON turn (started)")


def told_late(db: sqlite3.Connection) -> None:
    """Weeks of which something was told a year later are found without a look at all others."""
    db.execute(weeks.LATE)


_FIRST = (first_tables, any_night_again, names_of_passes, life_of_problems, people_and_activity)
_SINCE = (stages_of_passes, levels_of_acks, one_outage, application_instances, logs_and_cursors)
_LATELY = (instances_by_themselves, excerpts_of_logs, pasts_in_one_piece, found_by_pass, told_late)
STEPS: dict[str, Step] = {step.__name__: step for step in (*_FIRST, *_SINCE, *_LATELY)}
"""All migrations by their names, in their order."""


def applied(db: sqlite3.Connection) -> frozenset[str]:
    """The names of our migrations that are noted in a database."""
    if _NOTES not in _tables(db):
        return frozenset()
    return frozenset(name for (name,) in db.execute(f"SELECT name FROM {_NOTES} WHERE migration_set = ?", [SET]))


def is_foreign(db: sqlite3.Connection) -> bool:
    """Whether another program's tables are there, and none of ours."""
    return bool(_tables(db) - {_NOTES}) and not applied(db)


def is_newer(db: sqlite3.Connection) -> bool:
    """Whether a later version of the program has changed these tables."""
    return not applied(db) <= STEPS.keys()


def is_current(db: sqlite3.Connection) -> bool:
    """Whether the tables are those of this version."""
    return applied(db) == STEPS.keys()


def _tables(db: sqlite3.Connection) -> frozenset[str]:
    return frozenset(name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'"))
