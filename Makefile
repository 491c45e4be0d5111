# Two commands: `make demo` shows what Snellen does, `make test` proves it. Both make their own .venv.
PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest

.PHONY: demo test lint refresh sample conformance soak clean

demo: .venv/.installed
	@$(BIN)/snellen run evals --report reports/demo.html; code=$$?; \
	echo; echo "Open $(CURDIR)/reports/demo.html"; \
	test $$code -le 1   # wrong answers are what an honest report shows; anything else is a fault

test: lint
	sh tests/browser/ensure_chromium.sh
	$(PYTEST) -n auto --dist worksteal

lint: .venv/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# Asks the offline models anew for every bundled recording; only needed when they, the pictures or the prompts change.
refresh: .venv/.installed
	$(BIN)/snellen run evals --responses refresh; test $$? -le 1

# reports/sample.html and docs/report.png, of the bundled recordings; the picture needs a Korean font (fonts-nanum).
sample: .venv/.installed
	sh tests/browser/ensure_chromium.sh
	$(BIN)/python tests/make_sample.py

# The table of docs/scoring.md: our scorers beside the published verdicts on real answers, which lie beside the checkout.
conformance: .venv/.installed
	$(BIN)/python tests/conformance/table.py

.venv/.installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[offline,dev]'
	@touch $@

# The tests of reliability with large numbers, up to three quarters of an hour; the figures are shown at the end.
# To try the same moments again: make soak SOAK_SEED=...
SOAK_SEED := $(shell date +%s)
SOAK_FIGURES ?= .snellen/soak.txt
soak: .venv/.installed
	@mkdir -p $(dir $(SOAK_FIGURES)) && echo "seed: $(SOAK_SEED)" > $(SOAK_FIGURES)
	SNELLEN_SOAK=1 SNELLEN_SOAK_SEED=$(SOAK_SEED) SNELLEN_SOAK_FIGURES=$(abspath $(SOAK_FIGURES)) \
	$(PYTEST) tests/reliability -n auto --hypothesis-seed=$(SOAK_SEED) --durations=10; code=$$?; \
	sort $(SOAK_FIGURES) | uniq -c; exit $$code

clean:
	rm -rf .venv .snellen .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
