"""What each audience is shown becomes pages, and pages are served to that audience only.

excerpt.py    the site's source without pages that name what is hidden
building.py   the pages of each view
rules.py      passwords and rules for nginx and Apache; pure
consoles.py   rules for consoles of VMs
serving.py    rules first, then the trees that they keep
"""
