"""The directive `stockchart` as env's extension env.sphinxext.stockchart had it, for pages of env's scm-backup-monitor.

Theirs drew in the browser, with a script from elsewhere; here the file's base name finds the picture that was drawn of
the same series.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import ClassVar

from docutils.parsers.rst import directives
from sphinx.util.typing import OptionSpec

from sphinxext.almanac.directives import SlotDirective


class StockChart(SlotDirective):
    """`.. stockchart:: /data/scm_backup_monitor_SDU.json container_SDU`.

    The flag `linenos` and any content are accepted and without effect, as they were there.
    """

    required_arguments = 2
    has_content = True
    option_spec: ClassVar[OptionSpec] = {"linenos": directives.flag}

    def selector(self) -> dict[str, str]:
        """The file's base name, and the id that the picture gets."""
        path, name = self.arguments
        return {"slot": "stockchart", "file": PurePosixPath(path).name, "id": name}
