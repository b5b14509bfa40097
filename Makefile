# `make` lists the commands. Each sets up what it needs first; set-up a second time costs nothing.
SHELL := /bin/sh
PYTHON ?= python3
PY := .venv/bin/python
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help setup lock

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install everything into this folder (.venv, node_modules); nothing else is touched
	@command -v $(PYTHON) >/dev/null || { echo "set-up: no $(PYTHON) here: install Python 3.11, 3.12 or 3.13" >&2; exit 1; }
	@$(PYTHON) tools/setup.py

COMPILE := .venv/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header --all-extras

lock: setup ## resolve the dependencies again and write requirements/*.txt
	$(COMPILE) --group dev --output-file requirements/dev.txt
