"""Changes and runs instead of what was kept of the latest pass only, and the extremes of each week."""

STATEMENTS = """
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
""".strip().split(";\n")
