"""The tables, as migrations: each a named function, applied and noted in one transaction, never changed once released.

Series and words (the tracks of states) have integer keys; their values lie WITHOUT ROWID in the order of track and
time, so that a chart is one range scan. Every value points to the answer it was first read in. A state's `asked` is
when the change was first read, its `time` is since when it is so, as the node tells.

Nothing is kept of the latest pass only: words, details and numbers are kept as their changes (`changes`), what an
answer told of as runs (`runs`), so that any pass of the past can be told again as it was.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from collector.store import activity, cursors, excerpts, faults, instances, lines, problems, spent, weeks

migrations = Migrations("almanac")


@migrations()
def first_tables(db: Database) -> None:
    """Passes, what was asked in them, what is watched, and what was read of it."""
    for statement in _FIRST_TABLES.split(";\n"):
        db.conn.execute(statement)


_FIRST_TABLES = """
CREATE TABLE pass (
    id INTEGER PRIMARY KEY,
    started INTEGER NOT NULL UNIQUE,
    finished INTEGER
);
CREATE TABLE attempt (
    node TEXT NOT NULL,
    pass INTEGER NOT NULL REFERENCES pass,
    asked INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL,
    took REAL NOT NULL,
    skew REAL,
    PRIMARY KEY (node, pass)
) WITHOUT ROWID;
CREATE INDEX attempt_of_pass ON attempt (pass, outcome);
CREATE INDEX attempt_of_node ON attempt (node, asked);
CREATE TABLE answer (
    id INTEGER PRIMARY KEY,
    node TEXT NOT NULL,
    source TEXT NOT NULL,
    pass INTEGER REFERENCES pass,
    kind TEXT NOT NULL,
    hub TEXT,
    asked INTEGER NOT NULL,
    took REAL,
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL,
    status INTEGER,
    UNIQUE (node, source, pass)
);
CREATE INDEX answer_of_source ON answer (node, source, asked);
CREATE INDEX answer_well ON answer (node, source, asked) WHERE outcome = 'ok';
CREATE TABLE source (
    node TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (node, name)
) WITHOUT ROWID;
CREATE TABLE fault (
    answer INTEGER NOT NULL REFERENCES answer,
    number INTEGER NOT NULL,
    line INTEGER NOT NULL,
    text TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (answer, number)
) WITHOUT ROWID;
CREATE TABLE subject (
    id INTEGER PRIMARY KEY,
    node TEXT NOT NULL,
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    hub TEXT,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    UNIQUE (node, name)
);
CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    subject INTEGER NOT NULL REFERENCES subject,
    metric TEXT NOT NULL,
    unit TEXT NOT NULL,
    read INTEGER NOT NULL,
    UNIQUE (subject, metric)
);
CREATE TABLE observation (
    series INTEGER NOT NULL REFERENCES series,
    time INTEGER NOT NULL,
    value REAL NOT NULL,
    answer INTEGER NOT NULL REFERENCES answer,
    PRIMARY KEY (series, time)
) WITHOUT ROWID;
CREATE TABLE word (
    id INTEGER PRIMARY KEY,
    subject INTEGER NOT NULL REFERENCES subject,
    metric TEXT NOT NULL,
    detail TEXT NOT NULL,
    read INTEGER NOT NULL,
    answer INTEGER NOT NULL REFERENCES answer,
    UNIQUE (subject, metric)
);
CREATE TABLE state (
    word INTEGER NOT NULL REFERENCES word,
    asked INTEGER NOT NULL,
    time INTEGER NOT NULL,
    value TEXT NOT NULL,
    answer INTEGER NOT NULL REFERENCES answer,
    PRIMARY KEY (word, asked)
) WITHOUT ROWID;
CREATE TABLE event (
    node TEXT NOT NULL,
    time INTEGER NOT NULL,
    subject TEXT NOT NULL,
    level TEXT NOT NULL,
    text TEXT NOT NULL,
    answer INTEGER NOT NULL REFERENCES answer,
    PRIMARY KEY (node, time, subject, level, text)
) WITHOUT ROWID
""".strip()


@migrations()
def any_night_again(db: Database) -> None:
    """What was kept of the latest pass only is kept as changes and runs; the extremes of each week; indexes of what
    ended well. Of what earlier versions kept, the last word is taken for all the time before."""
    for statement in _ANY_NIGHT_AGAIN.split(";\n"):
        db.conn.execute(statement)
    faults.keep_once(db.conn)
    times = db.conn.execute("SELECT DISTINCT series, time FROM observation").fetchall()
    weeks.refresh(db.conn, ((series, weeks.week_of(time)) for series, time in times))


_ANY_NIGHT_AGAIN = """
CREATE INDEX attempt_well ON attempt (node, asked) WHERE outcome = 'ok';
CREATE INDEX attempt_skew ON attempt (node, asked, skew) WHERE skew IS NOT NULL;
CREATE TABLE run (
    kind TEXT NOT NULL,
    track INTEGER NOT NULL,
    source TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (kind, track, source, first)
) WITHOUT ROWID;
INSERT INTO run SELECT 'subject', id, source, first_seen, last_seen FROM subject;
INSERT INTO run SELECT 'series', series.id, source, min(first_seen, read), read
    FROM series JOIN subject ON subject.id = subject;
INSERT INTO run SELECT 'word', word.id, source, min(first_seen, read), read
    FROM word JOIN subject ON subject.id = subject;
CREATE TABLE week (
    series INTEGER NOT NULL REFERENCES series,
    week INTEGER NOT NULL,
    asked INTEGER NOT NULL,
    low_time INTEGER NOT NULL,
    low REAL NOT NULL,
    high_time INTEGER NOT NULL,
    high REAL NOT NULL,
    PRIMARY KEY (series, week)
) WITHOUT ROWID;
CREATE TABLE new_observation (
    series INTEGER NOT NULL REFERENCES series,
    time INTEGER NOT NULL,
    asked INTEGER NOT NULL,
    value REAL NOT NULL,
    answer INTEGER NOT NULL REFERENCES answer,
    PRIMARY KEY (series, time, asked)
) WITHOUT ROWID;
INSERT INTO new_observation SELECT series, time, asked, value, answer
    FROM observation JOIN answer ON answer.id = answer;
DROP TABLE observation;
ALTER TABLE new_observation RENAME TO observation;
CREATE TABLE new_state (
    word INTEGER NOT NULL REFERENCES word,
    asked INTEGER NOT NULL,
    value TEXT NOT NULL,
    answer INTEGER NOT NULL REFERENCES answer,
    time INTEGER NOT NULL,
    PRIMARY KEY (word, asked)
) WITHOUT ROWID;
INSERT INTO new_state SELECT word, asked, value, answer, time FROM state;
DROP TABLE state;
ALTER TABLE new_state RENAME TO state;
CREATE TABLE detail (
    word INTEGER NOT NULL REFERENCES word,
    asked INTEGER NOT NULL,
    value TEXT NOT NULL,
    answer INTEGER NOT NULL REFERENCES answer,
    PRIMARY KEY (word, asked)
) WITHOUT ROWID;
INSERT INTO detail SELECT word.id, first, detail, answer FROM word JOIN run ON kind = 'word' AND track = word.id;
CREATE TABLE new_word (
    id INTEGER PRIMARY KEY,
    subject INTEGER NOT NULL REFERENCES subject,
    metric TEXT NOT NULL,
    UNIQUE (subject, metric)
);
INSERT INTO new_word SELECT id, subject, metric FROM word;
DROP TABLE word;
ALTER TABLE new_word RENAME TO word;
ALTER TABLE series DROP COLUMN read;
ALTER TABLE subject DROP COLUMN source;
ALTER TABLE subject DROP COLUMN hub;
ALTER TABLE subject DROP COLUMN first_seen;
ALTER TABLE subject DROP COLUMN last_seen;
CREATE TABLE fault_set (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE
);
ALTER TABLE answer ADD COLUMN fault_set INTEGER REFERENCES fault_set;
CREATE TABLE new_fault (
    fault_set INTEGER NOT NULL REFERENCES fault_set,
    number INTEGER NOT NULL,
    line INTEGER NOT NULL,
    text TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (fault_set, number)
) WITHOUT ROWID;
CREATE TABLE new_event (
    node TEXT NOT NULL,
    time INTEGER NOT NULL,
    subject TEXT NOT NULL,
    level TEXT NOT NULL,
    text TEXT NOT NULL,
    asked INTEGER NOT NULL,
    answer INTEGER NOT NULL REFERENCES answer,
    PRIMARY KEY (node, time, subject, level, text)
) WITHOUT ROWID;
INSERT INTO new_event SELECT event.node, time, subject, level, text, asked, answer
    FROM event JOIN answer ON answer.id = answer;
DROP TABLE event;
ALTER TABLE new_event RENAME TO event
""".strip()


@migrations()
def names_of_passes(db: Database) -> None:
    """When the configuration last had each node, hub, environment and group: the start of the last pass that did."""
    for statement in _NAMES_OF_PASSES.split(";\n"):
        db.conn.execute(statement)


_NAMES_OF_PASSES = """
CREATE TABLE named (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (kind, name)
) WITHOUT ROWID;
INSERT INTO named SELECT 'nodes', node, max(started) FROM attempt JOIN pass ON pass.id = pass GROUP BY node;
INSERT INTO named SELECT 'hubs', hub, max(started) FROM answer JOIN pass ON pass.id = pass
    WHERE hub IS NOT NULL GROUP BY hub
""".strip()


@migrations()
def life_of_problems(db: Database) -> None:
    """Problems with their changes, which passes were judged (numbered in their order), and what people said of them."""
    for statement in _LIFE_OF_PROBLEMS.split(";\n"):
        db.conn.execute(statement)


_LIFE_OF_PROBLEMS = """
CREATE TABLE judged (
    pass INTEGER PRIMARY KEY REFERENCES pass,
    number INTEGER NOT NULL
);
CREATE TABLE problem (
    id INTEGER PRIMARY KEY,
    node TEXT NOT NULL,
    subject TEXT NOT NULL,
    rule TEXT NOT NULL,
    UNIQUE (node, subject, rule)
);
CREATE TABLE turn (
    problem INTEGER NOT NULL REFERENCES problem,
    started INTEGER NOT NULL,
    stage TEXT NOT NULL,
    known INTEGER NOT NULL,
    found INTEGER NOT NULL,
    level INTEGER NOT NULL,
    text TEXT NOT NULL,
    since INTEGER NOT NULL,
    runbook TEXT NOT NULL,
    streak INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    confirmed INTEGER,
    closed INTEGER,
    openings TEXT NOT NULL,
    PRIMARY KEY (problem, started)
) WITHOUT ROWID;
CREATE INDEX turn_closed ON turn (closed) WHERE closed IS NOT NULL AND confirmed IS NOT NULL;
CREATE TABLE ack (
    id INTEGER PRIMARY KEY,
    node TEXT NOT NULL,
    subject TEXT NOT NULL,
    rule TEXT NOT NULL,
    made INTEGER NOT NULL,
    person TEXT NOT NULL,
    note TEXT NOT NULL,
    until INTEGER
);
CREATE INDEX ack_of_problem ON ack (node, subject, rule, made);
CREATE TABLE silence (
    id INTEGER PRIMARY KEY,
    made INTEGER NOT NULL,
    person TEXT NOT NULL,
    note TEXT NOT NULL,
    selector TEXT NOT NULL,
    first INTEGER,
    last INTEGER,
    every TEXT NOT NULL,
    removed INTEGER
)
""".strip()


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


_FIRST = (first_tables, any_night_again, names_of_passes, life_of_problems, people_and_activity)
_SINCE = (stages_of_passes, levels_of_acks, one_outage, application_instances, logs_and_cursors)
_LATELY = (instances_by_themselves, excerpts_of_logs)
NAMES = frozenset(one.__name__ for one in (*_FIRST, *_SINCE, *_LATELY))


def is_foreign(db: Database) -> bool:
    """Whether another program's tables are there, and none of ours."""
    return bool(set(db.table_names()) - {migrations.migrations_table}) and not migrations.applied(db)


def is_newer(db: Database) -> bool:
    """Whether a later version of the program has changed these tables."""
    return any(migration.name not in NAMES for migration in migrations.applied(db))
