# The commands of this checkout. A newcomer needs two: `make demo` and `make test`.
# Where things are kept and at which ports: infra/settings.sh, or the same variables in the environment.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test up down status setup setup-test setup-bench lint bench lock dbt-docs

run := infra/with_settings.sh
ONLY ?=

help: ## this list
	@echo 'Lakewarden: a lakehouse that takes the people out before anybody analyses'
	@echo
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

demo: setup ## set up, start, run one generated day through every gate, show the dashboards
	@$(run) python -m infra.services.up
	@$(run) python -m infra.demo.run

test: setup-test ## set up what is missing and pass the tests
	@$(run) infra/test.sh $(PYTEST_ARGS)

up: setup ## start the platform and wait until it is of use (ONLY=engine starts the engine alone)
	@$(run) python -m infra.services.up $(ONLY)

down: ## stop everything that runs here, within 30 s
	@$(run) python -m infra.services.down

status: ## what runs, what arrived, what passed, what is stuck, what is published
	@$(run) python -m infra.services.status || true

setup: ## environments, Java, jars; what is there is found in seconds
	@infra/setup.sh

setup-test:
	@infra/setup.sh --for-tests

lint: setup ## style, types and the one-way imports
	@$(run) ruff check .
	@$(run) ruff format --check .
	@$(run) mypy
	@$(run) lint-imports

setup-bench:
	@infra/setup.sh --for-bench

bench: setup-test setup-bench ## measure the ratios that the design promises (a quiet machine, several minutes)
	@$(run) python -m pytest tests/bench -m bench -o addopts= -s

dbt-docs: setup ## one page that describes every model, for analysts
	@$(run) infra/dbt_docs.sh

lock: setup ## pin the wishes of infra/locks/*.in again, by hash and without addresses
	@infra/lock.sh
