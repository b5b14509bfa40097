# `make` alone lists the commands. Each first sets up what it needs; a second time that costs nothing.
SHELL := /bin/sh
ifndef PYTHON # any that can read tools/setup.py, which looks for one that will do
PYTHON := $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null && echo $$p && break; done)
endif
PY := .venv/bin/python
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help setup demo up down test fuzz chaos circuits lint fmt bench abi lock clean

help: ## list the commands
	@printf 'Taskwork: scheduled calls and proven work, settled on chain\n\n'
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@printf '\nNothing is installed outside this folder. Start with `make demo`.\n'

setup: ## install everything into this folder (the others do it by themselves)
	@command -v "$(PYTHON)" >/dev/null 2>&1 || { echo 'set-up: no Python here: install 3.11, 3.12 or 3.13' >&2; exit 1; }
	@$(PYTHON) -m tools.setup

demo: setup ## watch scheduled tasks and paid jobs being run and paid for, on chains of your own
	@$(PY) -m examples.demo

up: setup ## start a local chain with the contracts and a keeper, and leave them running
	@$(PY) -m tools.up

down: setup ## stop what `make up` left running
	@$(PY) -m tools.up --down

test: setup ## run every test: contracts under ape, the rest under pytest
	@$(PY) -m tools.run_tests $(SUITES)

fuzz: setup ## play a million steps on the manager and 300,000 on the pools, and on their models (minutes)
	@TASKWORK_STATEFUL_STEPS=1000000 TASKWORK_STATEFUL_POOL_STEPS=300000 $(PY) -m pytest -p no:ape_test \
		tests/stateful/test_in_process.py tests/stateful_pool/test_in_process.py

circuits: setup ## compile the circuits and make their keys and verifiers, the large ones too (minutes)
	@$(PY) -m circuits.build --all

chaos: setup ## do bad things to keepers, and check that nothing came of it (minutes)
	@$(PY) -m tests.chaos

lint: setup ## check format, lint, types, layouts, sizes, import directions and ABIs
	ruff check .
	ruff format --check .
	mypy $(wildcard taskwork keeper circuits scripts tools benchmarks examples conftest.py)
	forge fmt --check
	$(PY) -m tools.check_tree
	$(PY) -m tools.check_layout
	$(PY) -m tools.export_abi --check
	forge lint --deny notes $(SOLIDITY)

fmt: setup ## format everything
	ruff check --fix-only --quiet .
	ruff format .
	forge fmt

bench: setup ## measure gas and speed, and compare with the committed figures
	@$(PY) -m benchmarks

abi: setup ## write taskwork/abi/*.json from the contracts
	@$(PY) -m tools.export_abi

lock: setup ## resolve all dependencies anew and write the lock files
	$(RESOLVE) --all-extras --group dev pyproject.toml --output-file requirements/dev.txt
	$(RESOLVE) --all-extras pyproject.toml --constraint requirements/dev.txt --output-file requirements/runtime.txt
	$(RESOLVE) --group bootstrap --constraint requirements/dev.txt --output-file requirements/bootstrap.txt
	$(RESOLVE) --group node --output-file requirements/node.txt
	npm install --package-lock-only --ignore-scripts --no-audit --no-fund

clean: ## remove everything that set-up and the compilers made
	rm -rf .venv .build node_modules contracts/.cache .hypothesis .ruff_cache .mypy_cache .pytest_cache *.egg-info

# The link contracts/.cache is not followed.
SOLIDITY = $$(find contracts -name '*.sol')
RESOLVE = uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header
