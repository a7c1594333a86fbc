# make run    everything on this machine, until Ctrl-C
# make test   all tests; says what it had to skip
# make lint   style, types, generated documents
# make docs   writes the generated documents anew
# make bench  how fast it is: measures, and writes docs/performance.md
# make chaos  what faults lose or double (nothing): an hour and a half, and writes docs/reliability.md
#
# Needs Python 3.11 or newer; everything else goes into .venv/.

SHELL = /bin/sh
VENV = .venv
RUN = $(VENV)/.ready-run
DEV = $(VENV)/.ready-dev
PYTHON_IN_VENV = $(VENV)/bin/python
PINS = requirements.txt requirements-local.txt constraints.txt
PIP = $(PYTHON_IN_VENV) -m pip --disable-pip-version-check --quiet --quiet install
TESTS ?= tests

.PHONY: help run test lint bench chaos docs clean
help:
	@sed -n 's/^# \{0,1\}//p' Makefile | head -8

run: $(RUN)
	@$(PYTHON_IN_VENV) -m relay run

test: $(DEV)
	$(PYTHON_IN_VENV) -m pytest -rs -n 2 -m "not chaos" $(TESTS)
ifeq ($(TESTS),tests)
	$(PYTHON_IN_VENV) -m pytest -rs -n 3 --dist worksteal -m chaos tests/chaos
endif

lint: $(DEV)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(PYTHON_IN_VENV) -m relay docs --check

bench: $(DEV)
	$(PYTHON_IN_VENV) -m benchmarks

chaos: $(DEV)
	$(PYTHON_IN_VENV) -m benchmarks.chaos --write
	$(PYTHON_IN_VENV) -m benchmarks.chaos.long --minutes 60 --write

docs: $(DEV)
	$(PYTHON_IN_VENV) -m relay docs

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(RUN): $(PINS) | $(PYTHON_IN_VENV)
	@echo "Installing what the relay needs into $(VENV)/ (once; a minute or two) ..."
	@$(PIP) -r requirements.txt -r requirements-local.txt
	@touch $@

$(DEV): $(PINS) requirements-dev.txt | $(PYTHON_IN_VENV)
	@echo "Installing what the relay and its tests need into $(VENV)/ ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@ $(RUN)

# Asked from / because a version manager may look into .python-version, which is meant for the platform. 3.12 and 3.11
# come first: for them a Redis server can be installed as a package.
$(PYTHON_IN_VENV):
	@python=$$(cd / && for name in $(PYTHON) python3.12 python3.11 python3 python3.13 python3.14 python; do \
	  "$$name" -c 'import sys, venv, ensurepip; assert sys.version_info >= (3, 11); print(sys.executable)' \
	  2>/dev/null && break; done); \
	if [ -z "$$python" ]; then \
	  echo "There is no Python 3.11 or newer that can make virtual environments." >&2; \
	  echo "Debian, Ubuntu: sudo apt install python3 python3-venv; macOS: brew install python@3.12;" >&2; \
	  echo "or say where it is: make run PYTHON=/path/to/python3" >&2; exit 1; fi; \
	"$$python" -m venv $(VENV)
