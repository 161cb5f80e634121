# The verbs of Film Studio; `make help` lists them. GNU make 3.81 suffices.
VENV ?= .venv
PYTHON ?= $(shell for v in 3.11 3.12 3.13 3.14; do command -v python$$v && break; done 2>/dev/null || echo python3)
BIN := $(VENV)/bin
PACKAGES := libs/filmstudio libs/platform libs/media services/gateway services/jobs services/imagegen \
	services/videogen services/audiogen services/composer standalone
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
SOURCES := libs services standalone scripts tests bench

.DEFAULT_GOAL := help
.PHONY: help film setup check test simulate generate clean

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/set-up: constraints.txt $(PACKAGES:=/pyproject.toml)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --only-binary=:all: -r constraints.txt
	$(PIP) --no-deps --no-build-isolation --config-settings editable_mode=compat $(PACKAGES:%=-e %)
	touch $@

.assets/kokoro/NOTICE: scripts/voices.py | $(VENV)/set-up
	$(BIN)/python scripts/voices.py

setup: $(VENV)/set-up .assets/kokoro/NOTICE ## install everything into .venv and fetch the voices

film: setup ## make a film from the sample screenplay: films/one-minute.mp4
	$(BIN)/film render samples/one-minute.fountain -o films/one-minute.mp4

check: $(VENV)/set-up ## format, lint, types, imports, contracts, generated code
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy $(SOURCES)
	$(BIN)/lint-imports
	$(BIN)/buf lint
	$(BIN)/python scripts/generate.py --check
	$(BIN)/python scripts/settings_examples.py --check
	$(BIN)/python scripts/licences.py

test: setup ## the tests that need no model extras
	$(BIN)/pytest tests

SEEDS ?= 100
FIRST_SEED ?= 0
simulate: $(VENV)/set-up ## live SEEDS=100 simulated studios full of faults, and shrink the first that fails
	$(BIN)/python -m tests.simulation --seeds $(SEEDS) --first $(FIRST_SEED)

generate: $(VENV)/set-up ## the contracts' Python code
	$(BIN)/python scripts/generate.py

clean: ## remove what set-up and tests made, but not films
	rm -rf $(VENV) .assets .mypy_cache .ruff_cache .pytest_cache .hypothesis
