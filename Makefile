# One virtual environment for everything: made once, then left alone until the pins change.
PYTHON ?= $(shell for each in python3 python3.13 python3.12 python3.11 python; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$each && break; done)
BIN := .venv/bin
READY := .venv/.ready
OUT ?= out

.PHONY: day test bounds lint lock clean

day: $(READY)  ## plan the embedded day of 1,000 requests into out/
	$(BIN)/kurir plan -o $(OUT)

test: $(READY)  ## run the tests, a process on each core
	$(BIN)/python -m pytest -n auto --dist worksteal

# Compiled code neither counts an index from the end nor checks it: this has another compilation that does.
bounds: $(READY)  ## run the tests of the search with every index checked
	NUMBA_BOUNDSCHECK=1 KURIR_CACHE_DIR=$(abspath $(OUT))/bounds $(BIN)/python -m pytest -n auto --dist worksteal tests/routing

lint: $(READY)  ## what CI checks beside the tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# pip of the system installs into the environment, so that Python needs no ensurepip (Debian ships it apart).
$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed: make PYTHON=/path/to/python3" >&2; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv --without-pip .venv
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check -r requirements.lock
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check \
		--no-deps --no-build-isolation -e .
	@echo "Compiling the search, once"
	$(BIN)/python -c "from routing.live.warmup import warm_up; warm_up()"
	touch $(READY)

lock:  ## write down what the environment holds, after trying newer versions in it
	$(PYTHON) -m pip --python $(BIN)/python freeze --all --exclude-editable --exclude pip > requirements.lock

clean:
	rm -rf .venv $(OUT) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
