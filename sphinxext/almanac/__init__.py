"""Status pages of a fleet in any Sphinx project, from the folder that `almanac export` writes.

`conf.py` says `extensions = ["sphinxext.almanac"]` and `almanac_export = "path/to/export"`, relative to itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


def setup(app: Sphinx) -> ExtensionMetadata:
    """Registers the extension with Sphinx."""
    # Imported here, because `sphinxext.almanac.fill` alone, as on most nights, must not load Sphinx.
    from sphinxext.almanac import extension  # noqa: PLC0415

    return extension.setup(app)
