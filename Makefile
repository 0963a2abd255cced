# Every target sets up what it needs: nothing has to be run before it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
# happy_hour is a stranger's plugin: its tests install it, from its wheel.
PACKAGES := protos sdk/python . $(filter-out examples/happy_hour/,\
	$(sort $(dir $(wildcard plugins/*/pyproject.toml examples/*/pyproject.toml))))
MANIFESTS := requirements.txt $(addsuffix /pyproject.toml,$(PACKAGES:/=))
SOURCES := oms_core protos/oms_wire protos/oms_protos

.PHONY: help setup run demo replay test check breaking conformance properties fuzz broker chaos format generate bench lock clean

help: ## Show what there is to run
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 18

setup: .venv/ready ## Build .venv with oms, the plugins and the example chain

.venv/ready: $(MANIFESTS)
	@test -n "$(PYTHON)" || { echo "OMS needs Python 3.11 or newer on the PATH (or PYTHON=/path/to/python3)." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --root-user-action=ignore \
		$(foreach package,$(PACKAGES),-e ./$(package))
	@touch $@

run: setup ## Run an example chain with a live board on REST 8080 and gRPC 9090 (PLACEMENT=split: in processes)
	@$(BIN)/oms demo $(if $(filter split,$(PLACEMENT)),--split)

replay: setup ## Send a year of a pizzeria and print the sums: a few minutes
	@$(BIN)/oms replay pizzaplace $(ARGS)

test: setup ## Run the tests
	@$(BIN)/python -m pytest $(ARGS)

check: setup ## Check format, lint, types, layers and generated code
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/oms generate --check

conformance: setup ## Run the official protobuf conformance suite
	@$(BIN)/python -m tests.conformance $(ARGS)

properties: setup ## Compare codecs and rules with google's protobuf and protovalidate on 100000 messages: half an hour
	@OMS_EXAMPLES=$${OMS_EXAMPLES:-1000} $(BIN)/python -m pytest tests/codegen/test_differential.py \
		tests/codegen/test_rules.py --timeout 0 $(ARGS)

fuzz: setup .venv/fuzz/ready ## Send a running server 10000 requests that its OpenAPI document allows, and others
	@$(BIN)/python -m tests.fuzz --schemathesis .venv/fuzz/bin/st $(ARGS)

.venv/fuzz/ready: tests/fuzz/requirements.txt .venv/ready
	@$(BIN)/python -m venv .venv/fuzz
	@.venv/fuzz/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

broker: ## Install RabbitMQ's programs, which the campaign starts and kills (Debian, Ubuntu)
	@command -v rabbitmq-server >/dev/null || { $(shell command -v sudo) apt-get update -qq && \
		$(shell command -v sudo) apt-get install -y -qq rabbitmq-server; }

chaos: setup ## Kill everything while orders are placed, and judge what is left; adds up in .chaos/ledger.json
	@$(BIN)/python -m tests.chaos $(ARGS)

breaking: setup ## Say what changed contracts break since AGAINST (origin/main)
	@$(BIN)/oms breaking --against $(or $(AGAINST),origin/main)

format: setup ## Format the code and mend what can be mended
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

generate: setup ## Turn the protos into code
	@$(BIN)/oms generate

bench: setup ## Measure, and print each figure as a ratio against its baseline
	@$(BIN)/python -m benchmarks $(ARGS)

lock: setup ## Pin the dependencies again
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile pyproject.toml --group dev --extra codegen --universal --python-version 3.11 \
		--generate-hashes --no-strip-extras --no-emit-index-url --no-emit-find-links --no-annotate --no-emit-package oms-protos \
		--custom-compile-command "make lock" --quiet -o requirements.txt
	@$(BIN)/uv pip compile tests/fuzz/requirements.in --universal --python-version 3.11 \
		--generate-hashes --no-strip-extras --no-emit-index-url --no-emit-find-links --no-annotate \
		--custom-compile-command "make lock" --quiet -o tests/fuzz/requirements.txt

clean: ## Remove .venv and caches (data in .oms stays)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
