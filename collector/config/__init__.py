"""almanac.toml -> frozen, validated settings. Every error is found at once and names file, key, line and mend.

`values` holds the small types (durations, sizes), `settings` the models, `kinds` finds the module of a source kind,
`toml` knows where each key stands in the text, `load` ties them together.
"""

from collector.config.load import ConfigError, expect_nodes, load, parse, with_rules
from collector.config.quantity import Quantity
from collector.config.rulebook import NODE, Place, Rule, Rulebook
from collector.config.settings import (
    INSTANCES,
    KEEPER,
    OWN,
    Config,
    Environment,
    Group,
    Hub,
    Limits,
    Node,
    Site,
    SourceSettings,
)

__all__ = [
    "INSTANCES",
    "KEEPER",
    "NODE",
    "OWN",
    "Config",
    "ConfigError",
    "Environment",
    "Group",
    "Hub",
    "Limits",
    "Node",
    "Place",
    "Quantity",
    "Rule",
    "Rulebook",
    "Site",
    "SourceSettings",
    "expect_nodes",
    "load",
    "parse",
    "with_rules",
]
