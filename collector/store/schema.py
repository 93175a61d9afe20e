"""The tables, as migrations: each a named function, applied and noted in one transaction, never changed once released.

Series and words (the tracks of states) have integer keys; their values lie WITHOUT ROWID in the order of track and
time, so that a chart is one range scan. Every value points to the answer it was first read in. A state's `asked` is
when the change was first read, its `time` is since when it is so, as the node tells.

Nothing is kept of the latest pass only: words, details and numbers are kept as their changes (`changes`), what an
answer told of as runs (`runs`), so that any pass of the past can be told again as it was.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from collector.store import activity, cursors, excerpts, faults, instances, lines, past, problems, spent, weeks
from collector.store.tables import first, life, names, nights

migrations = Migrations("almanac")


@migrations()
def first_tables(db: Database) -> None:
    """Passes, what was asked in them, what is watched, and what was read of it."""
    for statement in first.STATEMENTS:
        db.conn.execute(statement)


@migrations()
def any_night_again(db: Database) -> None:
    """What was kept of the latest pass only is kept as changes and runs; the extremes of each week; indexes of what
    ended well. Of what earlier versions kept, the last word is taken for all the time before."""
    for statement in nights.STATEMENTS:
        db.conn.execute(statement)
    faults.keep_once(db.conn)
    times = db.conn.execute("SELECT DISTINCT series, time FROM observation").fetchall()
    weeks.refresh(db.conn, ((series, weeks.week_of(time)) for series, time in times))


@migrations()
def names_of_passes(db: Database) -> None:
    """When the configuration last had each node, hub, environment and group: the start of the last pass that did."""
    for statement in names.STATEMENTS:
        db.conn.execute(statement)


@migrations()
def life_of_problems(db: Database) -> None:
    """Problems with their changes, which passes were judged (numbered in their order), and what people said of them."""
    for statement in life.STATEMENTS:
        db.conn.execute(statement)


@migrations()
def people_and_activity(db: Database) -> None:
    """Who uses Almanac, and what they did: a log to which rows are only added."""
    for statement in activity.TABLES.split(";;\n"):
        db.conn.execute(statement)


@migrations()
def stages_of_passes(db: Database) -> None:
    """What the stages of the last passes took, and whether they ended."""
    db.conn.execute(spent.TABLE)


@migrations()
def levels_of_acks(db: Database) -> None:
    """How bad a problem was when somebody said that they know of it; of those who said so before, nobody knows."""
    db.conn.execute("ALTER TABLE ack ADD COLUMN level INTEGER")


@migrations()
def one_outage(db: Database) -> None:
    """A node that does not answer is one problem, whatever the reason."""
    for statement in problems.ONE_OUTAGE:
        db.conn.execute(statement)


@migrations()
def application_instances(db: Database) -> None:
    """The registry of application instances."""
    db.conn.execute(instances.TABLE)


@migrations()
def logs_and_cursors(db: Database) -> None:
    """Lines of logs, and up to where each source was read."""
    for statement in (cursors.TABLE, *lines.TABLE.split(";\n")):
        db.conn.execute(statement)


@migrations()
def instances_by_themselves(db: Database) -> None:
    """Which instances wait for approval, and the hash of what each shows to change itself."""
    for statement in instances.BY_THEMSELVES:
        db.conn.execute(statement)


@migrations()
def excerpts_of_logs(db: Database) -> None:
    """What processes that failed have said."""
    db.conn.execute(excerpts.TABLE)


@migrations()
def pasts_in_one_piece(db: Database) -> None:
    """The past of each series, once more, as it is read every night. It is filled within eight weeks."""
    db.conn.execute(past.TABLE)


@migrations()
def found_by_pass(db: Database) -> None:
    """What a pass asked, and what it changed, are found without a look at all that others did."""
    db.conn.execute("CREATE INDEX answer_of_pass ON answer (pass)")
    db.conn.execute("CREATE INDEX turn_of_pass ON turn (started)")


_FIRST = (first_tables, any_night_again, names_of_passes, life_of_problems, people_and_activity)
_SINCE = (stages_of_passes, levels_of_acks, one_outage, application_instances, logs_and_cursors)
_LATELY = (instances_by_themselves, excerpts_of_logs, pasts_in_one_piece, found_by_pass)
NAMES = frozenset(one.__name__ for one in (*_FIRST, *_SINCE, *_LATELY))


def is_foreign(db: Database) -> bool:
    """Whether another program's tables are there, and none of ours."""
    return bool(set(db.table_names()) - {migrations.migrations_table}) and not migrations.applied(db)


def is_newer(db: Database) -> bool:
    """Whether a later version of the program has changed these tables."""
    return any(migration.name not in NAMES for migration in migrations.applied(db))
