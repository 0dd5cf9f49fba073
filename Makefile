# Everything a person types here. `make run` and `make test` set up what they need first.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NPM := $(BIN)/python hatch_build.py
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
UV ?= $(BIN)/uv
# Nothing of the machine's configuration, and no address of a registry, gets into a lock.
LOCK := UV_CUSTOM_COMPILE_COMMAND="make lock" $(UV) pip compile --quiet --no-config --universal --python-version 3.11 \
  --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links $(UPGRADE)
LOCKS := $(wildcard requirements/*.txt)
# Python keeps what it compiled, also where the shell says no: a run without starts half as fast.
unexport PYTHONDONTWRITEBYTECODE
WEB_SOURCES := $(shell find web LICENSES docs -path web/node_modules -prune -o -type f -print 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help setup lock run test test-fast check test-web browser screenshots load clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

setup: $(VENV)/.ready ## make .venv, install everything, build the pages

# One stamp for all of it: whatever shapes the installation or the pages makes it stale. What is installed is what
# requirements/ says, by version and hash; the project itself comes last, without resolving anything. An environment
# without pip is one whose making was interrupted.
$(VENV)/.ready: pyproject.toml hatch_build.py $(LOCKS) $(WEB_SOURCES)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Visavis needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.11 ..."; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear $(VENV) \
	  || { echo "Python's venv module is missing; on Debian: apt-get install python3-venv"; exit 1; }
	@echo "Setting up in $(VENV): a few minutes the first time"
	@$(PIP) --require-hashes --requirement requirements/dev.txt
	@node="$$($(BIN)/python hatch_build.py --bundled-node)" && { test -z "$$node" \
	  || $(PIP) --require-hashes --requirement requirements/node.txt; }
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

lock: ## write requirements/*.txt anew from pyproject.toml; UPGRADE=--upgrade takes the newest
	@command -v $(UV) >/dev/null || $(MAKE) --no-print-directory setup
	@$(LOCK) pyproject.toml --extra dev --extra load --group build --output-file requirements/dev.txt
	@$(LOCK) pyproject.toml --constraints requirements/dev.txt --output-file requirements/runtime.txt
	@$(LOCK) --group build --constraints requirements/dev.txt --output-file requirements/build.txt
	@$(LOCK) --group node --output-file requirements/node.txt

run: setup ## start the demo and print its address and login
	@exec $(BIN)/visavis demo

check: setup ## linters, formatting, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(NPM) run check

# One after another: two calls at once keep two cores so busy that neither is what a person has.
test: browser test-fast ## check, then every test: Python, web and real browsers
	$(BIN)/python -m pytest tests/e2e

# Some tests mostly wait, so three processes share two cores, and begin with the longest modules
# (tests/conftest.py). What needs an idle machine has it to itself afterwards.
test-fast: setup ## the same without browsers: two minutes
	@$(MAKE) --no-print-directory --jobs=2 check test-web
	$(BIN)/python -m pytest --ignore tests/e2e -m "not idle" -n 3 --dist loadscope --no-loadscope-reorder
	$(BIN)/python -m pytest -m idle $$(grep -rl --include='test_*.py' --exclude-dir=e2e mark.idle tests)

test-web: setup
	$(NPM) test

browser: ## find a Chromium for the browser tests, or install Debian's when root
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do \
	  command -v $$name >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  export DEBIAN_FRONTEND=noninteractive; \
	  dpkg --configure -a >/dev/null && apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	else \
	  echo "The browser tests need Chromium or Chrome. Install one (Debian: sudo apt-get install chromium) and run make test again."; exit 1; \
	fi

screenshots: setup browser ## picture every page into screenshots/, and for the guides
	$(BIN)/python -m tests.e2e.screenshots
	$(BIN)/python -m tests.e2e.screenshots guides

load: setup ## play whole visits on a server of its own for three minutes, and judge them (docs/load.md)
	$(BIN)/python -m benchmarks.load

clean: ## remove what the other targets made (not data/)
	rm -rf $(VENV) control/static web/node_modules screenshots .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find benchmarks control sfu tests -name __pycache__ -prune -exec rm -rf {} +
