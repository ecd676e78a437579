# interclust: `make` sets up and runs everything, `make help` lists the rest.
# Nothing is needed beforehand but git, make and Python 3.11 or newer with its venv module.

PYTHON ?= python3
STUDY ?=
# More words for snakemake, as in: make SNAKEMAKE_ARGS='--dry-run'
SNAKEMAKE_ARGS ?=
# What pytest runs and how, as in: make test PYTEST_ARGS='tests/test_raw_data.py -x'
PYTEST_ARGS ?= --numprocesses auto --dist worksteal
# How many spoilt studies `make fuzz` puts through ingest, or changes `make mutate` makes, with which seed.
MUTANTS ?= $(if $(filter mutate,$(MAKECMDGOALS)),600,10000)
SEED ?= 1
# How often `make chaos` kills a run, and more words for it, as in: make chaos CHAOS_ARGS='--document docs/faults.md'
KILLS ?= 50
CHAOS_ARGS ?=
# Which grid of designs `make validate` measures.
GRID ?= short
# What `make bench` measures, as in: make bench BENCH_ARGS='--only panel,features'
BENCH_ARGS ?=
LOCK_ARGS ?=

venv := .venv
python := $(venv)/bin/python
pip := $(python) -m pip --quiet --quiet --disable-pip-version-check --no-input
snakemake := $(python) -m snakemake --quiet rules reason host
uv := $(venv)/bin/uv

# Sums must not depend on the number of cores (Snakemake sets the same for its jobs).
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export MKL_NUM_THREADS := 1

.DEFAULT_GOAL := all
.NOTPARALLEL:
.SUFFIXES:
.PHONY: all test coverage slurm storage tutorial fuzz chaos mutate study paper validate verdicts planner bench docs lint types format \
	lock unlock clean distclean help setup

all: $(venv)/.runtime ## Set up, run both embedded studies on all cores, say where the reports lie (default)
	@echo "Running the studies of config/config.yaml ..."
	@$(snakemake) $(SNAKEMAKE_ARGS)
	@$(say_reports)

test: $(venv)/.dev ## Set up and test (PYTEST_ARGS='tests/test_x.py' for less)
	@echo "Testing ..."
	@$(python) -m pytest $(PYTEST_ARGS)

coverage: $(venv)/.dev ## Test, and tell which lines and branches of the package no test runs (at least 95 % must be)
	@echo "Testing with coverage ..."
	@$(python) -m pytest $(PYTEST_ARGS) --cov --cov-report=term

slurm: $(venv)/.slurm ## Start a Slurm of one node and run a study through it (needs slurmctld, slurmd and munge)
	@echo "Running a study through Slurm ..."
	@$(python) -m pytest -rs tests/slurm

storage: $(venv)/.dev $(venv)/.storage ## Run a study with its results in S3 and its jobs in pods, of stand-ins on this machine
	@echo "Running a study with its results in S3 ..."
	@$(python) -m pytest -rs tests/storage

tutorial: $(venv)/.dev ## Type every command of the tutorial and compare what it prints (two minutes, after `make`)
	@echo "Going through the tutorial ..."
	@$(python) -m pytest tests/tutorial

fuzz: $(venv)/.dev ## Spoil raw files in MUTANTS=10000 ways and put each through ingest (about ten minutes)
	@$(python) -m tests.fuzz --mutants $(MUTANTS) --seed $(SEED)

chaos: $(venv)/.dev ## Kill runs of a small study at random (KILLS=50, about an hour), spoil its files, fill its disk
	@$(python) -m tests.chaos --kills $(KILLS) --seed $(SEED) $(CHAOS_ARGS)

mutate: $(venv)/.dev ## Change the code of the inference in MUTANTS=600 ways and see whether a test notices (an hour)
	@$(python) -m tests.mutate --mutants $(MUTANTS) --seed $(SEED)

study: $(venv)/.runtime ## Run one study: STUDY=name of a file in config/studies, or STUDY=path/to/study.yaml
	@if [ -z "$(STUDY)" ]; then \
		echo "make study needs a study, as in: make study STUDY=fui, or STUDY=path/to/study.yaml" >&2; exit 2; fi
	@echo "Running the study $(STUDY) ..."
	@$(snakemake) $(SNAKEMAKE_ARGS) --config studies=$(STUDY)
	@$(say_reports)

paper: $(venv)/.runtime ## One folder for a manuscript: tables, figures, numbers, references (STUDY=, else all studies)
	@echo "Putting together what a manuscript takes ..."
	@$(snakemake) $(SNAKEMAKE_ARGS) $(if $(STUDY),--config studies=$(STUDY)) -- \
		$$(for study in $$($(study_names)); do echo results/$$study/report/paper/README.md; done)
	@for study in $$($(study_names)); do echo "Paper of $$study: results/$$study/report/paper"; done

validate: $(venv)/.runtime ## Measure the coverage of intervals: GRID=short (five minutes) or full (two hours; it may be stopped)
	@echo "Measuring the intervals of config/validity/$(GRID).yaml ..."
	@$(snakemake) $(SNAKEMAKE_ARGS) --config grid=$(GRID) -- validity
	@cat results/validity/$(GRID)/coverage.md

verdicts: $(venv)/.runtime ## Measure how often verdicts are right on many worlds of a synthetic study (STUDY=fui_synthetic)
	@echo "Judging the hypotheses in many worlds of $(or $(STUDY),fui_synthetic) ..."
	@$(snakemake) $(SNAKEMAKE_ARGS) --config studies=$(or $(STUDY),fui_synthetic) -- verdicts
	@cat results/validity/verdicts/$(or $(STUDY),fui_synthetic)/verdicts.md

bench: $(venv)/.runtime ## Measure speed, memory and growth beside peers (BENCH_ARGS='--studies', '--only logit', '--help')
	@$(python) -m benchmarks.bench $(BENCH_ARGS)

planner: $(venv)/.runtime ## Measure how many complete calls tests of panels need, for workflow/report/measured/planner.csv
	@echo "Planning for the panel models of $(or $(STUDY),fui_synthetic) ..."
	@$(snakemake) $(SNAKEMAKE_ARGS) --config studies=$(or $(STUDY),fui_synthetic) -- \
		results/$(or $(STUDY),fui_synthetic)/effects/completion_panels.csv
	@$(python) -m interclust.effects.planner $(or $(STUDY),fui_synthetic) workflow/report/measured/planner.csv

docs: $(venv)/.docs ## Build the documentation into site/, offline; a warning is an error
	@NO_MKDOCS_2_WARNING=1 $(python) -m mkdocs build --strict
	@echo "Documentation: site/index.html"

setup: $(venv)/.dev ## Set up only, with the tools for developers

lint: $(venv)/.dev ## Check the style of code and workflow, and spelling (ruff, snakefmt, snakemake --lint, codespell)
	@$(python) -m ruff check
	@$(python) -m ruff format --check
	@$(python) -m snakefmt --check Snakefile workflow/rules
	@$(python) -m snakemake --lint
	@$(python) -m codespell_lib

types: $(venv)/.dev ## Check types (mypy)
	@$(python) -m mypy

format: $(venv)/.dev ## Put code and workflow into house style
	@$(python) -m ruff check --fix
	@$(python) -m ruff format
	@$(python) -m snakefmt Snakefile workflow/rules

lock: $(uv) ## Resolve pyproject.toml into the locks (LOCK_ARGS=--upgrade for newer versions)
	@echo "Resolving the dependencies ..."
	@$(call compile,requirements.lock,pyproject.toml)
	@$(call compile,requirements-dev.lock,pyproject.toml --group dev --constraint requirements.lock)
	@$(call compile,requirements-slurm.lock,pyproject.toml --extra slurm --constraint requirements.lock)
	@$(call compile,requirements-docs.lock,pyproject.toml --group docs --constraint requirements-dev.lock)
	@$(call compile,benchmarks/requirements.lock,pyproject.toml --group peers --constraint requirements.lock)
	@$(call compile,tests/mutate/requirements.lock,--group mutants)
	@$(call compile,tests/storage/requirements.lock,pyproject.toml --group storage)

unlock: $(venv)/.runtime ## Release the lock that a killed run leaves behind
	@$(snakemake) --unlock

clean: ## Remove results and caches
	@rm -rf results site .snakemake .pytest_cache .hypothesis .mypy_cache .ruff_cache dist build
	@find workflow tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## Remove results, caches and the environment
	@rm -rf $(venv)

help: ## List the targets
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{ printf "  make %-10s %s\n", $$1, $$2 }'

# Names of the studies that ran: STUDY, or those of config/config.yaml.
study_names = $(python) -c 'import sys; from interclust import config; \
	print(*config.load_all(sys.argv[1] or config.read_yaml("config/config.yaml")["studies"]))' "$(STUDY)"

say_reports = for study in $$($(study_names)); do \
	for report in results/$$study/report/report.*.html results/$$study/report/report.*.pdf; do \
	if [ -f "$$report" ]; then echo "Report of $$study: $$report"; fi; done; done

# $(1): the lock, $(2): what it holds. Nothing but versions, markers and hashes is recorded: no address.
compile = $(uv) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-config $(LOCK_ARGS) $(2) --output-file $(1) > /dev/null

# Stamps: the environment follows the locks and pyproject.toml. The lock for developers holds the other one,
# so that after `make test` there is nothing left to install for `make`.
$(venv)/.created:
	@command -v "$(PYTHON)" > /dev/null 2>&1 || { \
		echo "interclust needs Python 3.11 or newer, and $(PYTHON) was not found: install it," \
		"or name another with make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "interclust needs Python 3.11 or newer, and $(PYTHON) is $$("$(PYTHON)" -V 2>&1): install a newer one," \
		"or name it with make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2> /dev/null || { \
		echo "interclust needs Python's venv module, and $(PYTHON) has none: install it" \
		"(on Debian and Ubuntu: apt-get install python3-venv)" >&2; exit 1; }
	@echo "Creating the environment $(venv) ..."
	@"$(PYTHON)" -m venv --clear $(venv)
	@touch $@

$(venv)/.runtime: $(venv)/.created requirements.lock pyproject.toml
	@echo "Installing the packages of requirements.lock (a minute or two) ..."
	@$(call install,requirements.lock)
	@touch $@

$(venv)/.dev: $(venv)/.created requirements.lock requirements-dev.lock pyproject.toml
	@echo "Installing the packages of requirements-dev.lock (a minute or two) ..."
	@$(call install,requirements-dev.lock)
	@touch $(venv)/.runtime $@

# The plugin by which Snakemake sends jobs to Slurm, beside the tools for developers.
$(venv)/.slurm: $(venv)/.dev requirements-slurm.lock
	@echo "Installing the packages of requirements-slurm.lock ..."
	@$(pip) install --require-hashes --requirement requirements-slurm.lock
	@touch $@

# What an image for pods holds, and stand-ins for S3; apart, for botocore wants an older python-dateutil.
$(venv)/.storage: $(venv)/.created tests/storage/requirements.lock
	@echo "Installing the packages of tests/storage/requirements.lock ..."
	@$(python) -m venv --clear $(venv)/storage
	@$(subst $(python),$(venv)/storage/bin/python,$(pip)) install --require-hashes \
		--requirement tests/storage/requirements.lock
	@touch $@

# What builds the documentation, beside the tools for developers.
$(venv)/.docs: $(venv)/.dev requirements-docs.lock
	@echo "Installing the packages of requirements-docs.lock ..."
	@$(pip) install --require-hashes --requirement requirements-docs.lock
	@touch $@

# Compiling afterwards, on all cores and without the packages' own tests, is faster than pip's compiling.
install = $(pip) install --no-compile --require-hashes --requirement $(1) && \
	$(pip) install --no-deps --no-build-isolation --editable . && \
	{ $(python) -m compileall -q -j 0 -x /tests/ $(venv)/lib > /dev/null 2>&1 || true; }

$(uv): $(venv)/.created
	@echo "Installing uv, which resolves the dependencies ..."
	@$(pip) install uv
	@touch $@
