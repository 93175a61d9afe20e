"""What reading a configuration loads."""

import subprocess
import sys

SCRIPT = """
import sys
from pathlib import Path
from collector.config import parse
rules = parse(Path(sys.argv[1]).read_text(), Path(sys.argv[1]), {}).catalogue.rules
print("collector.sources.host" in sys.modules, "collector.sources.cluster" in sys.modules, len(rules) > 9)
"""


def test_only_the_kinds_that_are_named_are_loaded(tmp_path):
    file = tmp_path / "almanac.toml"
    file.write_text('[nodes.here]\nreach = "local"\n[[nodes.here.sources]]\nkind = "host"\n')
    ran = subprocess.run([sys.executable, "-c", SCRIPT, file], capture_output=True, text=True)
    assert ran.stdout == "True False True\n", ran.stderr
