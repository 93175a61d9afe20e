# make site   a sample fleet, collected for real, and the path of the page to open
# make test   everything, on a bare Debian machine with Python 3.11
# make check  style, types and the direction of imports
# make bench  what a pass, its charts and pages cost, beside rrdtool, Munin and Ansible (40 minutes)
PYTHON ?= python3
BIN := .venv/bin
DEBIAN := openssh-server openssh-client supervisor nginx apache2 chromium cron busybox curl systemd default-jre-headless openssl
DEBIAN += python3-ganeti-rapi ganeti-htools novnc websockify tigervnc-standalone-server docker.io libapache2-mod-wsgi-py3
PEERS := munin python3-rrdtool python3-venv openssh-server
missing = $(shell for p in $(1); do dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done)

.PHONY: site test check bench servers peers clean
site: .venv/site
	$(BIN)/almanac demo data/demo

# Two tests at once, for many of them wait; those of a file, which share what they have started, one after the other.
test: .venv/test servers check
	$(BIN)/pytest -q -n 2 --dist loadfile

check: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv-bench/almanac/made .venv-bench/ansible/made
	@.venv-bench/almanac/bin/python -m tests.bench $(FIGURES)

# What the tests drive for real. Debian starts some of these on its own; policy-rc.d keeps that from happening.
servers:
	@if [ -n "$(call missing,$(DEBIAN))" ]; then sh tests/install-servers.sh $(call missing,$(DEBIAN)); fi

# Whom the benchmark measures beside us. Nothing of theirs is started, and what cron would start is left out.
peers:
	@if [ -n "$(call missing,$(PEERS))" ]; then \
	  sh tests/install-servers.sh -o Dpkg::Options::=--path-exclude=/etc/cron.d/munin $(call missing,$(PEERS)); fi

# Debian's own Python runs us and Ansible, as its own Perl runs Munin.
.venv-bench/ansible/made: | peers
	@/usr/bin/python3 -m venv .venv-bench/ansible
	@.venv-bench/ansible/bin/pip install -q ansible-core
	@touch $@

.venv-bench/almanac/made: setup.cfg | peers
	@/usr/bin/python3 -m venv .venv-bench/almanac
	@.venv-bench/almanac/bin/pip install -q -e '.[demo,test]'
	@touch $@

.venv/bin/python:
	@$(PYTHON) -m venv .venv || { echo "almanac: no venv module; mend it with: apt-get install python3-venv"; rm -rf .venv; exit 1; }

.venv/site: setup.cfg | .venv/bin/python
	@$(BIN)/pip install -q -e '.[demo]'
	@touch $@

.venv/test: setup.cfg | .venv/bin/python
	@$(BIN)/pip install -q -e '.[demo,test]'
	@touch $@ .venv/site

clean:
	rm -rf .venv .venv-bench build *.egg-info data/demo
