# Everything by hand, in hooks and in CI goes through these targets. `make help` lists them.
# A fresh machine needs only Python 3.11+ (with venv) and make.

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
	command -v $$p >/dev/null 2>&1 \
	&& $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header

.DEFAULT_GOAL := help
.PHONY: help setup run test lint format bench load simulate faults ledger deposits crashes start lock messages shell clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.runtime ## create .venv and install what the site runs on

run: setup ## start the whole site; PORT chooses the port (8000)
	@exec $(MANAGE) run_site $(ARGS)

test: $(VENV)/.development ## run the tests, by two workers; ARGS goes to pytest instead
ifdef ARGS
	@$(BIN)/python -m pytest $(ARGS)
else
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --durations 15 -m "not whole_site"
	@$(BIN)/python -m pytest -n 2 --dist loadgroup --durations 15 -m whole_site
endif

lint: $(VENV)/.development ## style, types, import rules, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	LOG_LEVEL=ERROR $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

format: $(VENV)/.development ## let ruff put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup ## our engine against bare PokerKit, our action path against a bare Channels group; the result in docs/results/bench.md
	@$(MANAGE) bench $(ARGS)

load: setup ## 80 tables of 6 bots for 5 minutes; the result in docs/results/load.md
	@$(MANAGE) load $(ARGS)

simulate: $(VENV)/.development ## HANDS (a million) random hands, checked; the result in docs/results/simulation.md
	@$(BIN)/python -m tests.engine.simulation --report docs/results/simulation.md \
		--hands $(or $(HANDS),1000000) $(ARGS)

faults: $(VENV)/.development ## kill processes under playing bots; the result in docs/results/faults.md
	@$(BIN)/python -m tests.faults.drill --report docs/results/faults.md $(ARGS)

ledger: $(VENV)/.development ## the ledger's speed, and 100,000 random movements by 8 clients; the result in docs/results/ledger.md
	@$(BIN)/python -m tests.wallet.drill --report docs/results/ledger.md $(ARGS)

deposits: $(VENV)/.development ## a thousand deposits in one pass; the result in docs/results/deposits.md
	@DEPOSITS_REPORT=docs/results/deposits.md $(BIN)/python -m pytest -q -s tests/wallet/deposits/drill.py $(ARGS)

crashes: $(VENV)/.development ## kill the signer at every point of its work; the result in docs/results/crashes.md
	@CRASHES_REPORT=docs/results/crashes.md $(BIN)/python -m pytest -q tests/wallet/signer/crashes $(ARGS)

start: $(VENV)/.development ## how long `make run` takes to start and to stop; the result in docs/results/start.md
	@$(BIN)/python -m tests.site.start_times --report docs/results/start.md $(ARGS)

lock: $(VENV)/.development ## pin requirements*.in with hashes
	$(LOCK) requirements.in --output-file requirements.txt
	$(LOCK) requirements-dev.in --output-file requirements-dev.txt

messages: $(VENV)/.development ## collect the site's texts, name those without Korean, compile
	@$(BIN)/python -m poker_site.catalogue

shell: setup ## Django's shell on the site's data (while it runs)
	@$(MANAGE) shell

clean: ## remove caches and .venv; the data in .data stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# A stamp remembers what is installed, so nothing is done twice. The lists name every package that
# another one needs (`make lock`), so pip has nothing to look for: --no-deps.

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "No Python 3.11 or newer found. Install one, or name it: make setup PYTHON=/path/to/python3"; \
		exit 1; fi
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) has no venv. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Creating $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt | $(BIN)/python
	@echo "Installing requirements.txt"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.txt
	@touch $@

$(VENV)/.development: requirements-dev.txt $(VENV)/.runtime
	@echo "Installing requirements-dev.txt"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.txt
	@touch $@
