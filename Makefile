# Everything runs in a virtual environment, from the pinned dependencies in locks/.
#
#   make demo      the main job, a diagnosis and a review, on the fictional forests in samples/
#   make test      all tests, those against a real domain controller too where one can be had
#   make check     formatting, lint, types and tests
#   make bench     speed and memory against the peers, into tests/bench/RESULTS.md
#
# PYTHON=... names the Python to use, ARGS=... are further arguments to pytest (bench: to its
# report), WORKERS=... is the number of processes that test runs in, as many as there are cores
# unless there are ARGS, OBJECTS=... is the size of the forest that bench measures with.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet --require-hashes
# -O0: the Kerberos libraries come as source on Linux, and take minutes to compile otherwise
INSTALL_KERBEROS := CFLAGS="-O0 -g0" $(INSTALL) -r locks/kerberos.txt

ARGS ?=
WORKERS ?= $(if $(strip $(ARGS)),0,logical)
OBJECTS ?= 1000000

.PHONY: demo test check lint types format golden readme schema samples bench lock clean samba

# status 1 says that there are findings, which the sample has; a crash has it too, but no report
demo: $(VENV)/run.stamp
	@rm -f $(VENV)/demo.json
	@for command in 'audit samples/contoso.yaml' 'diagnose samples/contoso.yaml' \
	    'audit samples/tailspin.yaml'; do \
	    $(BIN)/adaudit $$command -o json=$(VENV)/demo.json; status=$$?; \
	    if [ $$status -ne 1 ] || [ ! -s $(VENV)/demo.json ]; then \
	        echo "expected a report with findings and status 1, got status $$status" >&2; exit 1; \
	    fi; \
	    rm -f $(VENV)/demo.json; \
	done

# file by file, as the tests of one share servers; in the order of tests/conftest.py
DEALT_OUT := --dist loadfile --no-loadscope-reorder

test: $(VENV)/test.stamp samba
	$(BIN)/pytest --numprocesses $(WORKERS) $(DEALT_OUT) $(ARGS)

check: lint types test

lint: $(VENV)/test.stamp
	$(BIN)/ruff format --check
	$(BIN)/ruff check

types: $(VENV)/test.stamp
	$(BIN)/mypy

format: $(VENV)/test.stamp
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

# accept what the commands print now as what they should print; look at the difference
golden: $(VENV)/test.stamp
	ADAUDIT_ACCEPT=1 $(BIN)/pytest -m "not live"

# the table of all checks in README.md
readme: $(VENV)/test.stamp
	$(BIN)/python -m tests.readme

schema: $(VENV)/run.stamp
	$(BIN)/adaudit config schema >config/targets.schema.json.new
	mv config/targets.schema.json.new config/targets.schema.json

# from a real domain controller: needs what the live tests need
samples: $(VENV)/test.stamp samba
	$(BIN)/python -m tests.live.export_sample
	$(BIN)/python -m tests.live.export_review

bench: $(VENV)/bench.stamp
	$(BIN)/python -m tests.bench.run --objects $(OBJECTS) $(ARGS)

# Samba, and the Kerberos libraries if they can be built; CI=true makes their absence an error
samba: $(VENV)/test.stamp
	@tests/live/install.sh || [ "$$CI" != true ]
	@if [ ! -e $(VENV)/kerberos.stamp ] && command -v krb5-config >/dev/null; then \
	    $(INSTALL_KERBEROS) && touch $(VENV)/kerberos.stamp; \
	fi

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-header --no-annotate --upgrade

READERS := --extra logs --extra captures --extra fleet

lock: $(VENV)/lock.stamp
	$(LOCK) locks/build.in -o locks/build.txt
	$(LOCK) pyproject.toml $(READERS) -c locks/build.txt --group dev -o locks/test.txt
	$(LOCK) pyproject.toml $(READERS) -c locks/test.txt -o locks/run.txt
	$(LOCK) pyproject.toml $(READERS) -c locks/test.txt --extra kerberos -o locks/kerberos.txt
	$(LOCK) --group bench -c locks/test.txt -o locks/bench.txt
	$(LOCK) --group bench-openldap -c locks/bench.txt -o locks/bench-openldap.txt

$(VENV)/run.stamp: locks/build.txt locks/run.txt pyproject.toml
	@echo "setting up $(VENV), once" >&2
	@.ci/make-venv $(VENV)
	@$(INSTALL) -r locks/build.txt -r locks/run.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp locks/test.txt
	@$(INSTALL) -r locks/test.txt
	@touch $@

$(VENV)/bench.stamp: $(VENV)/test.stamp locks/bench.txt locks/bench-openldap.txt
	@$(INSTALL) -r locks/bench.txt
	@if tests/bench/install.sh; then $(INSTALL) -r locks/bench-openldap.txt; fi
	@touch $@

$(VENV)/lock.stamp: $(VENV)/run.stamp
	@$(PIP) install --quiet uv
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis dist
