# Two commands: `make demo` shows Hijau, `make test` proves it. Each does all its own set-up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: demo test check format bench clean

demo: $(VENV)/.base
	@HIJAU_DATA=$${HIJAU_DATA:-var/demo} $(BIN)/hijau demo $(DEMO_OPTIONS)

test: $(VENV)/.test
	@bash bin/system-packages chromium
	@bash bin/system-packages libreoffice
	@bash bin/check
	@$(BIN)/python bin/on-postgres
	@$(BIN)/python -m pytest -n 2 --dist worksteal $(PYTEST_OPTIONS)

check: $(VENV)/.test
	@bash bin/check

format: $(VENV)/.test
	@$(BIN)/ruff check --fix-only -q . ; $(BIN)/ruff format -q .

bench: $(VENV)/.bench
	@bash bin/system-packages libreoffice
	@$(BIN)/python -m benchmarks

$(VENV)/.base: requirements/base.txt pyproject.toml
	@bash bin/make-venv $(PYTHON) $(VENV)
	@$(PIP) install -q --require-hashes -r requirements/base.txt
	@$(PIP) install -q --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.base
	@$(PIP) install -q --require-hashes -r requirements/test.txt
	@touch $@

$(VENV)/.bench: requirements/bench.txt $(VENV)/.base
	@$(PIP) install -q --require-hashes -r requirements/bench.txt
	@touch $@

clean:
	rm -rf $(VENV) var
