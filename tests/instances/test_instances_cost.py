"""What a pass without instances does not load."""

import subprocess
import sys

HEAVY = ("babel", "maxminddb", "httpx2", "collector.geography", "collector.chart.figure", "collector.export.registry")


def test_a_pass_that_asks_no_instances_loads_nothing_for_them():
    code = f"import collector.nightly, collector.edition, sphinxext.almanac.fill, sys; print([one for one in {HEAVY} if one in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
