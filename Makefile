# make site   a sample fleet, collected for real, and the path of the page to open
# make test   everything, on a bare Debian machine with Python 3.11
# make check  style, types and the direction of imports
PYTHON ?= python3
BIN := .venv/bin
DEBIAN := openssh-server openssh-client supervisor nginx apache2 chromium cron busybox curl systemd
MISSING = $(shell for p in $(DEBIAN); do dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done)

.PHONY: site test check servers clean
site: .venv/site
	$(BIN)/almanac demo data/demo

test: .venv/test servers check
	$(BIN)/pytest -q

check: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# What the tests drive for real. Debian starts some of these on its own; policy-rc.d keeps that from happening.
servers:
	@if [ -n "$(MISSING)" ]; then sh tests/install-servers.sh $(MISSING); fi

.venv/bin/python:
	@$(PYTHON) -m venv .venv || { echo "almanac: no venv module; mend it with: apt-get install python3-venv"; rm -rf .venv; exit 1; }

.venv/site: setup.cfg | .venv/bin/python
	@$(BIN)/pip install -q -e '.[demo]'
	@touch $@

.venv/test: setup.cfg | .venv/bin/python
	@$(BIN)/pip install -q -e '.[demo,test]'
	@touch $@ .venv/site

clean:
	rm -rf .venv build *.egg-info data/demo
