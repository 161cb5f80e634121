# The verbs of Film Studio; `make help` lists them. GNU make 3.81 suffices.
VENV ?= .venv
# Set it to have the environment made with a Python of your choice; else scripts/python.sh chooses.
PYTHON ?=
BIN := $(VENV)/bin
PACKAGES := libs/filmstudio libs/platform libs/media libs/models services/gateway services/jobs services/imagegen \
	services/videogen services/audiogen services/composer standalone
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary=:all:
SOURCES := libs services standalone scripts tests bench deploy/docker deploy/e2e

VOICES := .assets/kokoro/NOTICE

# Expanded where they are used: the environment's own Python if it runs, else the one to make it with.
VENV_PYTHON = $(shell $(BIN)/python -c '' 2>/dev/null && echo $(BIN)/python)
NEW_PYTHON = $(or $(PYTHON),$(shell sh scripts/python.sh))

# Another Python's modules must not be found before the environment's own, and each of our processes would compile its
# modules anew where no bytecode may be kept.
unexport PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help film web setup check check-types check-rest test test-heavy test-all test-models test-gpu simulate fuzz chart-e2e generate clean preflight

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

preflight:
	@PYTHONPATH=standalone $(or $(VENV_PYTHON),$(NEW_PYTHON)) -B -m studio_preflight $(PREFLIGHT)

PREFLIGHT = --stamp $(VENV)/set-up
film: PREFLIGHT = --stamp $(VENV)/run --film

# What a film needs, and no tools: each package's own dependencies, in the versions of constraints.txt.
$(VENV)/run: constraints.txt $(PACKAGES:=/pyproject.toml) | preflight
	@echo "set-up: installing what a film needs into $(VENV): some 260 MB to download, a few minutes"
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(NEW_PYTHON) -m venv $(VENV)
	@$(PIP) -c constraints.txt setuptools
	@$(PIP) -c constraints.txt --no-build-isolation --config-settings editable_mode=compat $(PACKAGES:%=-e %)
	@touch $@

# The rest of constraints.txt: the tools of check and test.
$(VENV)/set-up: $(VENV)/run
	@echo "set-up: installing the tools of check and test"
	@$(PIP) -r constraints.txt
	@touch $@

$(VOICES): scripts/voices.py constraints.txt | $(VENV)/run
	@$(BIN)/python scripts/voices.py
	@$(BIN)/python -m studio_audiogen.engines.kokoro.prepared .assets/kokoro
	@touch $@

setup: $(VENV)/set-up $(VOICES) ## install everything into .venv and fetch the voices

film: $(VENV)/run $(VOICES) ## make a film from the sample screenplay: films/one-minute.mp4
	@$(BIN)/film render samples/one-minute.fountain -o films/one-minute.mp4
	@echo "  film is $(BIN)/film here"

web: $(VENV)/run ## build the web studio into the gateway; film up serves it
	$(BIN)/python scripts/web.py build

check: $(VENV)/set-up ## format, lint, types, imports, contracts, generated code
	@$(MAKE) --no-print-directory -j 2 check-types check-rest

# As long as all the rest, and on one core.
check-types:
	$(BIN)/mypy $(SOURCES)

check-rest:
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/lint-imports
	$(BIN)/python scripts/generate.py --googleapis
	$(BIN)/buf lint
	$(BIN)/python scripts/generate.py --check
	$(BIN)/python scripts/openapi.py --check
	$(BIN)/python scripts/settings_examples.py --check
	$(BIN)/python scripts/licences.py
	$(BIN)/python scripts/web.py check

# More at a time than there are cores: tests of servers mostly wait. tests/shifts.py says what stays together.
TESTS_AT_A_TIME ?= 5
PYTEST := $(BIN)/pytest -n $(TESTS_AT_A_TIME) --dist loadfile
TESTS := tests/unit tests/chart tests/listening tests/integration tests/simulation tests/e2e

# Beside the environment, for what it needs is as large: 96 packages, 190 MB on disk.
CHECKOV := $(VENV)-checkov
$(CHECKOV)/set-up: | $(VENV)/set-up
	@echo "set-up: installing checkov into $(CHECKOV), which looks through the chart's examples"
	@$(BIN)/python -m venv --without-pip $(CHECKOV)
	@$(BIN)/python -m pip --python $(CHECKOV)/bin/python install --quiet --disable-pip-version-check --no-compile \
		--only-binary=:all: checkov==3.3.30
	@touch $@

test: setup $(CHECKOV)/set-up ## the tests that need no model extras
	$(PYTEST) $(TESTS) -m "not heavy"

test-heavy: setup ## the tests that take minutes: kills at every hand-off, crowds, simulated lives
	$(PYTEST) $(TESTS) -m heavy

test-all: setup $(CHECKOV)/set-up ## both: minutes less than one after the other, for the long ones wait while the short ones work
	$(PYTEST) $(TESTS)

# Beside the environment, which it looks into for all that both need: without it nothing here imports torch.
MODELS := $(VENV)-models
MODELS_PIP = $(BIN)/python -m pip --python $(MODELS)/bin/python install --quiet --disable-pip-version-check --no-compile

# A CPU's torch is a tenth of a GPU's. Where pip doesn't know of one: PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu
$(MODELS)/set-up: constraints-models.txt $(VENV)/set-up
	@echo "set-up: installing torch and diffusers into $(MODELS): 1.3 GB on disk"
	@$(BIN)/python -m venv --without-pip $(MODELS)
	@$(MODELS)/bin/python scripts/models_environment.py $(VENV)
	@$(MODELS_PIP) --only-binary=:all: -r constraints-models.txt -c constraints.txt
	@touch $@

# Two threads of torch that wait for each other by spinning take minutes where cores are shared; one takes seconds.
test-models: $(MODELS)/set-up ## the tests of models: small ones of random weights, on the CPU
	PATH="$(abspath $(BIN)):$$PATH" OMP_NUM_THREADS=1 $(MODELS)/bin/python -m pytest tests/models -m "not gpu"

test-gpu: $(MODELS)/set-up ## the same on this machine's GPU, with every saving of memory; nobody has run it yet
	PATH="$(abspath $(BIN)):$$PATH" $(MODELS)/bin/python -m pytest tests/models -m gpu

SEEDS ?= 100
FIRST_SEED ?= 0
simulate: $(VENV)/set-up ## live SEEDS=100 simulated studios full of faults, and shrink the first that fails
	$(BIN)/python -m tests.simulation --seeds $(SEEDS) --first $(FIRST_SEED)

FUZZ_EXAMPLES ?= 20000
fuzz: $(VENV)/set-up ## FUZZ_EXAMPLES=20000 new texts for each property of the Fountain reader and writer
	FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) $(BIN)/pytest -n $(TESTS_AT_A_TIME) --timeout 0 \
		tests/unit/screenplay/test_fountain_properties.py tests/unit/screenplay/test_emphasis.py

chart-e2e: $(VENV)/set-up ## as root, with podman and buildah: the chart's pods in containers, a film, a kill, a drain
	$(BIN)/python deploy/e2e/run.py

generate: $(VENV)/set-up ## the contracts' Python code, and the description of the HTTP API
	$(BIN)/python scripts/generate.py
	$(BIN)/python scripts/openapi.py

clean: ## remove what set-up and tests made, but not films
	rm -rf $(VENV) $(MODELS) $(CHECKOV) .node web/node_modules services/gateway/studio_gateway/web .assets .bench .mypy_cache .ruff_cache .pytest_cache .hypothesis
