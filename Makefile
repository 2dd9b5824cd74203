# Every target does its own set-up; a fresh clone needs git, make and Python alone.
SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
BIN := .venv/bin
ARGS ?=
.PHONY: help run test check bench drill contact-sheet provisioning release setup format docs lock clean

run: ## Start a pharmacy group in miniature, with its demo desk in the browser
	@scripts/setup
	@$(BIN)/officine demo $(ARGS)

test: ## Run everything that CI runs (20 to 45 minutes on 2 cores, as quick as they are)
	@scripts/setup test
	@scripts/check static
	@$(BIN)/pytest -q -n 3 -m "not drill and not bench" --durations=15 $(ARGS)

check: ## Format, lint, types, layers, house rules, unit and property tests (under a minute)
	@scripts/setup
	@scripts/check

bench: ## Measure: purchases beside raw store and echo server, growth, tap to screen
	@scripts/setup
	@$(BIN)/python -m tools.bench $(ARGS)

drill: ## Long fault drills: kills, cuts, bad networks (whole machines: ARGS="-m playbook")
	@scripts/setup drill
	@$(BIN)/pytest -m "drill and not playbook" $(ARGS)

contact-sheet: ## Draw every kiosk screen in every language and size on one page
	@scripts/setup
	@$(BIN)/officine kiosk contact-sheet $(ARGS)

provisioning: ## Ansible for the technician, in .venv-provisioning (docs/install.md)
	@scripts/setup
	@scripts/provisioning

release: ## What the playbook installs: the wheel and the locks, in dist/release
	@scripts/setup
	@scripts/release

setup: ## Only the set-up: virtual environment, locked packages, fonts
	@scripts/setup
	@echo "Ready. Next: make run"

format: ## Mend what the formatter and the linter can mend
	@scripts/setup
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .

docs: ## Write what is generated anew (limits, errors, commands, OpenAPI, script for Citus)
	@scripts/setup
	@$(BIN)/python -m tools.checks limits errors --write
	@$(BIN)/python -m officine.commands_page
	@$(BIN)/python -m central.web.api.openapi > docs/generated/openapi.json
	@$(BIN)/python -m central.storage.postgres.citus > central/storage/postgres/citus.sql

lock: ## Lock the dependencies of pyproject.toml anew (UPGRADE=1: newest versions)
	@scripts/setup
	@scripts/lock

clean: ## Remove the virtual environment and all caches; state of the demo stays
	@rm -rf .venv .venv-provisioning .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## This page
	@printf '\n  Officine: loyalty for pharmacy groups. Start with \033[1mmake run\033[0m.\n\n'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  \033[1mmake %-14s\033[0m %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@printf '\n  Arguments go through ARGS: make run ARGS=--help\n\n'
