"""Problems with their changes, and what people said of them."""

STATEMENTS = """
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
""".strip().split(";\n")
