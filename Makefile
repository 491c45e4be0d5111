# Two commands: `make demo` shows what Snellen does, `make test` proves it. Both make their own .venv.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint unit refresh clean

.venv/.installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[offline,dev]'
	touch $@

lint: .venv/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean:
	rm -rf .venv .snellen .pytest_cache .mypy_cache .ruff_cache .hypothesis
