"""What `almanac init` writes: a commented almanac.toml for this machine, its schema, and a site/ of one's own."""

from collector.scaffold.machine import Machine, this_machine
from collector.scaffold.writing import ScaffoldRefused, scaffold, write_imported, write_site

__all__ = ["Machine", "ScaffoldRefused", "scaffold", "this_machine", "write_imported", "write_site"]
