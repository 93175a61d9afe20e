"""When the configuration last had each node, hub, environment and group."""

STATEMENTS = """
CREATE TABLE named (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (kind, name)
) WITHOUT ROWID;
INSERT INTO named SELECT 'nodes', node, max(started) FROM attempt JOIN pass ON pass.id = pass GROUP BY node;
INSERT INTO named SELECT 'hubs', hub, max(started) FROM answer JOIN pass ON pass.id = pass
    WHERE hub IS NOT NULL GROUP BY hub
""".strip().split(";\n")
