"""data/export/: everything that leaves the database for pages, as files. `documents` is the contract."""
