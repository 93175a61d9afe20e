"""What comes in between passes: applications that register themselves, and signs of life. A small server, optional.

It writes to a spool of its own and knows nothing of the database, so that neither ever waits for the other; a pass, and
each `almanac instance`, takes in what lies there.
"""
