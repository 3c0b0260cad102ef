# `make run` and `make test` set everything up by themselves; nothing but Python and make is needed.
PYTHON ?= python3
BIN := .venv/bin
PLATFORM ?= platforms/arm_mb.yaml

.PHONY: run test setup clean

run: .venv/installed
	$(BIN)/cosim run $(PLATFORM)

test: .venv/tested-with
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n 2
	$(BIN)/pytest -n 2 --engine reference --ignore tests/cpus/engines tests/isa tests/cpus

setup: .venv/tested-with

# The stamps are made last, so that a broken installation is tried again.
.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/tested-with: .venv/installed
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test]'
	touch $@

clean:
	rm -rf .venv build *.egg-info
