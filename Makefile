# Two commands for users: `make run` and `make test`. Both prepare .venv themselves.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
# The address of PyTorch's index of CPU builds, for machines where plain torch brings gigabytes of CUDA.
TORCH_INDEX ?=
# What only torch's CUDA build needs, left out of the constraints.
CUDA := cuda-bindings cuda-pathfinder cuda-toolkit triton nvidia-cublas nvidia-cuda-cupti nvidia-cuda-nvrtc nvidia-cuda-runtime \
	nvidia-cudnn-cu13 nvidia-cufft nvidia-cufile nvidia-curand nvidia-cusolver nvidia-cusparse nvidia-cusparselt-cu13 nvidia-nccl-cu13 \
	nvidia-nvjitlink nvidia-nvshmem-cu13 nvidia-nvtx
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
# What pages load that is not ours, served from here; npm takes the versions and digests from the lock.
FRONTEND := api/bufgraph_api/pages/static/vendor/vendor.json

.PHONY: help run build frontend test check bench conformance crashes messages dist lock clean

help:
	@echo "make run    install, build what is missing, serve on http://$(HOST):$(PORT)/"
	@echo "make test   install, run the tests"
	@echo "make check  lint, types, layers"
	@echo "make bench  speed measurements (minutes)"
	@echo "make conformance PATH=folder  the W3C's SPARQL tests of that folder against the endpoint, after make test"
	@echo "make crashes  kill build, ingest and publish at many instants, fill their disks, look at what is left (minutes)"
	@echo "make build  only the graph and the index"
	@echo "make frontend  from npm: coastlines of the maps, the map that moves, the query editor (run tries it by itself)"
	@echo "make messages  the texts of the interface from the sources into the catalogues of the languages"
	@echo "make dist   the wheel"
	@echo "make lock   new versions into constraints.txt"

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

# torch first and by itself, so that nothing else decides which build of it comes.
$(STAMP): $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) torch
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --editable .
	@touch $@

$(DEV_STAMP): $(STAMP) requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -r requirements-dev.txt
	@touch $@

build: $(STAMP)
	$(BIN)/bufgraph build

frontend: $(FRONTEND)

$(FRONTEND): api/frontend/package-lock.json $(addprefix api/bufgraph_api/pages/,vendored.py atlas.py geometry.py) | $(STAMP)
	npm ci --prefix api/frontend --ignore-scripts --no-audit --no-fund --fetch-retries=0 --fetch-timeout=30000 --loglevel=error
	$(BIN)/python -m bufgraph_api.pages.vendored api/frontend/node_modules
	rm -rf api/frontend/node_modules

run: build
	@$(MAKE) --no-print-directory frontend || echo "npm or its registry is not there: maps stand still and have no coastlines, /sparql has a plain form."
	$(BIN)/bufgraph serve --host $(HOST) --port $(PORT)

test: $(DEV_STAMP)
	$(BIN)/python -m pytest -n auto --dist loadfile

check: $(DEV_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(DEV_STAMP) build
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.bench.encoder
	$(BIN)/python -m tests.bench.growth
	$(BIN)/python -m tests.bench.increments
	$(BIN)/python -m tests.bench.pipeline

# PATH is the folder here, so nothing is installed: the shell would not find the tools.
conformance:
	@[ -x $(BIN)/pytest ] || { echo "run 'make test' first: it installs what this needs"; exit 1; }
	cd tests && ../$(BIN)/python -m w3c "$(PATH)"

crashes: $(DEV_STAMP)
	$(BIN)/python -m tests.crashes --kills 60

dist: $(DEV_STAMP)
	$(BIN)/python -m build

messages: $(STAMP)
	$(BIN)/python -m bufgraph.localisation.extraction

lock: $(DEV_STAMP)
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
		$(foreach name,$(CUDA),--no-emit-package $(name)) pyproject.toml requirements-dev.txt -o constraints.txt

clean:
	rm -rf $(VENV) .bufgraph dist .mypy_cache .pytest_cache .ruff_cache
