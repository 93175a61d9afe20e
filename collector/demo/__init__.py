"""The sample fleet: hubs and backup nodes as folders on this machine, two years of nights, and the faults to find.

`make_fleet` writes it with its almanac.toml, `running_supervisor` keeps its supervisord up for the length of a pass.
"""

from collector.demo.making import DemoRefused, make_fleet
from collector.demo.supervisor import running_supervisor

__all__ = ["DemoRefused", "make_fleet", "running_supervisor"]
