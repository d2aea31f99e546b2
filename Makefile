# Each target says what it does in its `##` line; `make` alone shows them.
.DEFAULT_GOAL := help
.PHONY: help run install test e2e lint check bench lock messages clean
SHELL := /bin/sh

PORT ?= 8000
TESTS ?= tests
WORKERS ?= auto
PY := .venv/bin/python

help: ## show this list
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

run: ## start the demo office at http://127.0.0.1:8000 (another port: make run PORT=8001)
	@sh tools/bootstrap.sh run && exec .venv/bin/helpdesk run --port "$(PORT)"

install: ## make .venv for a real office: the program and the PostgreSQL driver, nothing else
	@sh tools/bootstrap.sh run pg

test: ## run every test that needs no browser (a part: make test TESTS=tests/sop)
	@sh tools/bootstrap.sh test
	@$(PY) -m pytest -n $(WORKERS) --dist loadfile --ignore tests/e2e $(TESTS)

e2e: ## run the browser tests with Debian's chromium, a real snmpd and a real sshd
	@sh tools/browser_parts.sh
	@sh tools/bootstrap.sh e2e
	@$(PY) -m pytest -n 0 tests/e2e

lint: ## check style, types, the direction of imports, and that every text has both languages
	@sh tools/bootstrap.sh test
	@failed=0; \
	echo "== ruff check"; $(PY) -m ruff check . || failed=1; \
	echo "== ruff format"; $(PY) -m ruff format --check . || failed=1; \
	echo "== mypy"; $(PY) -m mypy || failed=1; \
	echo "== import contracts"; $(PY) -P -c 'from importlinter.cli import lint_imports_command as c; c()' || failed=1; \
	echo "== translations"; $(PY) tools/translations.py check || failed=1; \
	exit $$failed

check: test e2e lint ## all that CI does

bench: ## measure against peers (never part of the tests)
	@sh tools/bootstrap.sh test
	@$(PY) -m benchmarks

messages: ## collect the texts of the program, merge the translations, compile them
	@sh tools/bootstrap.sh run
	@$(PY) tools/translations.py update

# Each lock keeps the versions of the one before it, so that the tests run what an office runs.
UV_LOCK := uv pip compile setup.cfg --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --quiet
lock: ## make the hashed locks again from setup.cfg (needs uv)
	@command -v uv >/dev/null || { echo "uv belum terpasang / uv is missing: pipx install uv" >&2; exit 1; }
	$(UV_LOCK) -o requirements/run.lock
	$(UV_LOCK) --extra pg -c requirements/run.lock -o requirements/pg.lock
	$(UV_LOCK) --extra test -c requirements/pg.lock -o requirements/test.lock
	$(UV_LOCK) --extra test --extra e2e -c requirements/test.lock -o requirements/e2e.lock

clean: ## remove .venv and what tools left behind; the data in var/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis e2e-report
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
