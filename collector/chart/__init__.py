"""PNG charts, light and dark: `picture` says what is drawn, `painter` draws it, `alt` tells it in words.

matplotlib wants a folder for a font cache that is not used here; where it has none, as under cron, it would say so on
standard error at every pass, and cron would mail that.
"""

import logging

logging.getLogger("matplotlib").setLevel(logging.ERROR)
