"""Passes, what was asked in them, what is watched, and what was read of it."""

STATEMENTS = """
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
""".strip().split(";\n")
