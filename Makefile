# Two commands: `make demo` serves a filled demonstration, `make test` runs every check.
# Each installs what it needs into .venv at the root of the checkout.
PYTHON ?= python3
BIN    := .venv/bin
STAMP  := .venv/.installed
PORT   ?= 8080
PYTHONS ?=

.PHONY: help demo test check lint types coverage unit tck bench soak names requirements templates lock clean
help: ## what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p; s/^# \(PYTHONS=.*\)/  \1/p' Makefile

$(STAMP): requirements.lock pyproject.toml hatch_build.py .ci/bootstrap.sh
	@sh .ci/bootstrap.sh "$(PYTHON)"
	@touch $@

demo: $(STAMP) ## a filled demonstration at http://127.0.0.1:8080
	@$(BIN)/ombud demo --port $(PORT)

test: $(STAMP) ## format, lint, types, check of the shipped procedure, tests on each supported Python here
	@PYTHONS="$(PYTHONS)" sh .ci/test.sh
# PYTHONS=all 	make test: the whole suite on every supported Python found, not only what depends on it
# PYTHONS=3.13 	make test: only these besides the one of .venv (3.12,3.13); none: no other

check: $(STAMP) ## only the check of the shipped procedure
	@$(BIN)/ombud check

lint: $(STAMP) ## format and lint
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .

types: $(STAMP) ## mypy
	@$(BIN)/mypy

coverage: $(STAMP) ## the tests with branch coverage, in build/coverage (takes a third longer)
	@$(BIN)/python -m pytest -q -n 2 --dist loadscope -m "not soak" \
	  --cov --cov-report=term:skip-covered --cov-report=html:build/coverage

unit: $(STAMP) ## tests without browser
	@$(BIN)/pytest -q -n 2 -m "not browser and not soak"

tck: $(STAMP) ## every case of the public DMN TCK (DMN_TCK=folder, else ../shared/dmn-tck)
	@$(BIN)/python -m tests.feel.tck_report

bench: $(STAMP) ## the budgets of the design on both databases, with ratios; writes build/bench.json
	@$(BIN)/python -m benchmarks

soak: $(STAMP) ## an hour of faults, then the long walks: three hours in all (SOAK_SECONDS=600 make soak: less)
	@$(BIN)/python -m tests.crash.soak

names: $(STAMP) ## docs/procedure_names.md anew, from processes/ and forms/
	@$(BIN)/ombud try --names > docs/procedure_names.md.new && mv docs/procedure_names.md.new docs/procedure_names.md

requirements: $(STAMP) ## docs/requirements.md anew: runs every scenario, reads every test
	@$(BIN)/python -m tests.requirements.page

templates: $(STAMP) ## the modeler's templates of all service tasks, from what the handlers declare
	@$(BIN)/ombud templates .

lock: ## pin again what pyproject.toml asks for (needs uv)
	@uv pip compile -q --generate-hashes --universal \
	  --no-header --no-annotate --extra dev --extra postgresql pyproject.toml .ci/build.in -o requirements.lock

clean: ## remove what was installed and made
	@rm -rf .venv build dist var .mypy_cache .ruff_cache .pytest_cache .hypothesis
