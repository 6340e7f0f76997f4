# Everything starts here: `make demo` and `make test` work on a fresh clone, with Python 3.11 or later and make.

# The first that can make environments, which Debian's cannot before python3-venv is there. The system's own comes
# before what pyenv built without profile-guided optimisation: with that one the tests take a sixth longer.
PYTHON ?= $(firstword $(foreach p,/usr/bin/python3.11 python3.11 python3.12 python3.13 python3,$(shell \
	$(p) -c 'import ensurepip, sys; sys.version_info < (3, 11) or print(sys.executable)' 2>/dev/null)))
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
PEERS := .venv-bench

export PIP_DISABLE_PIP_VERSION_CHECK = 1
# Where Python is told to keep no bytecode, every process would compile all of ours anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo sample test lint types validate accuracy elsewhere bench install clean
.DEFAULT_GOAL := help

help: ## Say what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

install: $(INSTALLED) ## Make the environment in .venv, at pinned versions

$(INSTALLED): pyproject.toml constraints.txt
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "grader needs Python 3.11 or later, with venv; name one: make PYTHON=..."; exit 1; }
	@echo "Installing into $(VENV): this takes a minute or two."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

demo: $(INSTALLED) ## Grade the bundled sample class and print where its page is
	@for assignment in steps tensors logistic homework; do \
		$(BIN)/grader grade $$assignment assignments/$$assignment/sample-class --out reports/demo/$$assignment || exit; \
	done

lint: $(INSTALLED) ## Linters
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/codespell
	@$(BIN)/validate-pyproject pyproject.toml

types: $(INSTALLED) ## Type checker
	@$(BIN)/mypy

validate: $(INSTALLED) ## Every misconception on every question of every assignment: caught and named
	@for folder in assignments/*/; do $(BIN)/grader validate $$folder --lang en || exit; done

accuracy: $(INSTALLED) ## Verdicts and diagnoses over all known answers, as a table in the README
	@$(BIN)/python -m tests.accuracy

sample: $(INSTALLED) ## Grade the sample class again for reports/sample, which is committed
	@$(BIN)/grader grade steps assignments/steps/sample-class --out reports/sample --fresh
	@find reports/sample -name recording.zip -delete
	@find reports/sample -name executed.ipynb -not -path '*/박지훈*' -delete
	@$(BIN)/grader report reports/sample

# Three workers on two cores: tests of what hangs wait more than they work.
test: lint types validate ## Linters, type checker, assignments, tests
	@$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

elsewhere: $(INSTALLED) ## Tests in browsers, JupyterLab and environments of their own, Colab's packages in one
	@$(BIN)/pytest -n 2 --dist worksteal -m elsewhere

bench: $(INSTALLED) $(PEERS)/installed ## Measure against nbclient, nbgrader and otter-grader; write docs/benchmarks.md
	@$(BIN)/python -m tests.benchmarks.peers $(PEERS)/bin

$(PEERS)/installed: tests/benchmarks/peers/requirements.txt constraints.txt
	@echo "Installing nbgrader and otter-grader into $(PEERS): this takes a minute or two."
	@$(PYTHON) -m venv $(PEERS)
	@$(PEERS)/bin/python -m pip install --quiet --constraint constraints.txt --requirement $< pandas matplotlib
	@touch $@

clean: ## Remove the environment and what tools left behind
	rm -rf $(VENV) $(PEERS) .pytest_cache .mypy_cache .ruff_cache .hypothesis build *.egg-info
