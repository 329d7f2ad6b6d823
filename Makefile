# Every command works from a fresh clone: what it needs is created first. STACK is dev, staging or prod.
STACK ?= dev
PYTHON ?= python3

POLICIES = --policy-pack policies
RUN = .venv/bin/python -m emulator run --stack $(STACK) --
E2E_WORKERS ?= 0

.DEFAULT_GOAL := help
.PHONY: help up preview destroy down tools test test-e2e bench lint

help:
	@echo "make up|preview|destroy [STACK=dev]   the stack, on the emulator"
	@echo "make down                             stop the emulator's processes (its state stays)"
	@echo "make tools                            find or build pulumi and Kubernetes"
	@echo "make test | test-e2e | lint           fast tests | tests on the real engine | linters"
	@echo "make bench [STACK=dev]                how long up, a second up, refresh and destroy take here"

.venv/installed: requirements.txt requirements-dev.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --no-compile --disable-pip-version-check -r requirements.txt -r requirements-dev.txt
	@touch $@

tools: .venv/installed
	@.venv/bin/python -m emulator.toolchain.build

up: tools
	@$(RUN) pulumi stack select --create --stack $(STACK)
	$(RUN) pulumi up --stack $(STACK) --yes --skip-preview --non-interactive $(POLICIES)
	@echo
	@$(RUN) pulumi stack output --stack $(STACK)

preview: tools
	@$(RUN) pulumi stack select --create --stack $(STACK)
	$(RUN) pulumi preview --stack $(STACK) --diff --non-interactive $(POLICIES)

destroy: tools
	@$(RUN) pulumi stack select --create --stack $(STACK)
	$(RUN) pulumi destroy --stack $(STACK) --yes --non-interactive

down: .venv/installed
	@.venv/bin/python -m emulator down

test: .venv/installed
	.venv/bin/python -m pytest -n auto

test-e2e: tools
	.venv/bin/python -m pytest tests/e2e -x -v -n $(E2E_WORKERS)

bench: tools
	@STACK=$(STACK) .venv/bin/python -m emulator.bench

lint: .venv/installed
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/pyright
