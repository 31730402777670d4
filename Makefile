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

.PHONY: help run build test check bench dist lock clean

help:
	@echo "make run    install, build what is missing, serve on http://$(HOST):$(PORT)/"
	@echo "make test   install, run the tests"
	@echo "make check  lint, types, layers"
	@echo "make bench  speed measurements (minutes)"
	@echo "make build  only the graph and the index"
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

run: build
	$(BIN)/bufgraph serve --host $(HOST) --port $(PORT)

test: $(DEV_STAMP)
	$(BIN)/python -m pytest

check: $(DEV_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(DEV_STAMP) build
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.bench.encoder
	$(BIN)/python -m tests.bench.growth

dist: $(DEV_STAMP)
	$(BIN)/python -m build

lock: $(DEV_STAMP)
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
		$(foreach name,$(CUDA),--no-emit-package $(name)) pyproject.toml requirements-dev.txt -o constraints.txt

clean:
	rm -rf $(VENV) .bufgraph dist .mypy_cache .pytest_cache .ruff_cache
