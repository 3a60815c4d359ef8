# The two commands of the README are `make run` and `make test`.

GO      ?= go
PYTHON  ?= python3
VENV    := .venv
BIN     := bin/setun
TOOLS   := .cache/bin
PY      := $(abspath $(VENV))/bin
SOURCES := $(shell find . -name '*.go' -o -name '*.s' -o -name '*.zip' -path './dsl/*' | grep -v -e '^./\.' -e _gen/) go.mod go.sum
PACKAGE_DIRS = display dsl install kernel runtime main.go layout_test.go

export CGO_ENABLED ?= 0

.PHONY: run build test check gotest asmtest racetest pytest lab bench bench-kernel generate soak clean

run: $(BIN) ## build, and execute the first notebook with the real kernel
	$(BIN) run notebooks/01-first-bitnet.ipynb -o out/01-first-bitnet.ipynb

build: $(BIN)

$(BIN): $(SOURCES)
	$(GO) build -trimpath -ldflags '-s -w' -o $@ .

test: $(BIN) ## install what the tests need, and run everything CI runs
	.ci/test-needs
	$(MAKE) check
	$(MAKE) gotest
	$(MAKE) asmtest
	$(MAKE) racetest
	$(MAKE) pytest

check: $(TOOLS)/ready ## formatting, vet, staticcheck
	@out=$$($(TOOLS)/gofumpt -l $(PACKAGE_DIRS)); [ -z "$$out" ] || { echo "not formatted (run gofumpt -w):"; echo "$$out"; exit 1; }
	$(GO) vet ./...
	$(TOOLS)/staticcheck ./...
	GOARCH=arm64 $(GO) vet ./...
	$(GO) build -tags noasm ./...

gotest: $(VENV)/ready ## all Go tests; Python's own packages judge the files that they can read
	SETUN_PYTHON=$(PY)/python $(GO) test ./...

asmtest: ## the assembly is what its generator writes; NEON with and without the dot product
	$(GO) -C runtime/asm/_gen test ./...
	GOARCH=arm64 $(GO) test -exec 'qemu-aarch64 -cpu max' ./runtime/asm
	GOARCH=arm64 $(GO) test -exec 'qemu-aarch64 -cpu cortex-a53' ./runtime/asm

racetest: ## the concurrent rooms under the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race -short ./kernel/... ./runtime/tensor
	CGO_ENABLED=1 $(GO) test -race -short -run 'Live' ./display
	CGO_ENABLED=1 $(GO) test -race -short -run 'Fit|Interrupt|Evaluate|Layers' ./runtime/qat/train ./dsl

pytest: $(BIN) $(VENV)/ready ## the kernel as jupyter_client, nbclient and a browser see it
	SETUN=$(abspath $(BIN)) $(PY)/python -m pytest -q kernel/jupytertest

lab: $(BIN) $(VENV)/ready ## JupyterLab in a local environment, kernel installed, notebooks open
	$(BIN) install --prefix $(VENV)
	$(PY)/jupyter lab notebooks

bench: $(BIN) ## the compute core beside the machine's ceilings and other libraries
	PYTHON=$(PYTHON) runtime/bench/_peers/setup.sh .cache/peers
	$(BIN) bench $(ROWS)

bench-kernel: $(BIN) $(VENV)/ready ## round trips, ours beside ipykernel in one run
	SETUN=$(abspath $(BIN)) $(PY)/python kernel/jupytertest/bench.py

pictures: $(BIN) $(VENV)/ready ## the README's pictures and the executed copy of the first notebook
	$(BIN) run notebooks/01-first-bitnet.ipynb -o notebooks/executed/01-first-bitnet.ipynb
	rm notebooks/executed/01-first-bitnet.html
	SETUN=$(abspath $(BIN)) $(PY)/python kernel/jupytertest/lab.py notebooks/01-first-bitnet.ipynb --run --width 1000 --shot notebooks/01-first-bitnet-light.png
	SETUN=$(abspath $(BIN)) $(PY)/python kernel/jupytertest/lab.py notebooks/01-first-bitnet.ipynb --run --width 1000 --dark --shot notebooks/01-first-bitnet-dark.png

generate: ## symbol tables, export data, docs, assembly
	$(GO) generate ./...

soak: ## long fuzzing; not part of CI
	$(GO) test -run '^$$' -fuzz FuzzSplit -fuzztime 10m ./kernel/session
	$(GO) test -run '^$$' -fuzz FuzzCheck -fuzztime 10m -fuzzminimizetime 20x ./kernel/session
	$(GO) test -run '^$$' -fuzz FuzzRun -fuzztime 10m -fuzzminimizetime 20x ./kernel/session

$(VENV)/ready: requirements-test.txt
	$(PYTHON) -m venv $(VENV)
	$(PY)/python -m pip install -q --disable-pip-version-check -r requirements-test.txt
	touch $@

$(TOOLS)/ready: .ci/tools/go.mod .ci/tools/go.sum
	$(GO) build -C .ci/tools -o $(abspath $(TOOLS))/ tool
	touch $@

clean:
	rm -rf bin out .cache $(VENV)
