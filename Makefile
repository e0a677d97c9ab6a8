# Everything a person needs: make demo · make test · make soak · make bench · make lint · make install · make dist
#
# PLUGINS="Pip Shell" builds only those plugins, as does RAY_PLUGINS in the environment. PREFIX is where
# `make install` puts the program.

SHELL := /bin/bash
PREFIX ?= /usr/local
BUILD := build
SCRATCH ?= .build
ALL_PLUGINS := $(sort $(patsubst Plugins/%/plugin.yaml,%,$(wildcard Plugins/*/plugin.yaml)))
RAY_PLUGINS ?= $(ALL_PLUGINS)
PLUGINS ?= $(RAY_PLUGINS)
# Sorted, they are without duplicates. SwiftPM reads the variable, also in the tests.
override PLUGINS := $(sort $(PLUGINS))
override RAY_PLUGINS := $(PLUGINS)
export RAY_PLUGINS
ifneq ($(filter-out $(ALL_PLUGINS),$(PLUGINS)),)
$(error PLUGINS names $(filter-out $(ALL_PLUGINS),$(PLUGINS)), but there is only: $(ALL_PLUGINS))
endif

CC ?= cc
CFLAGS ?= -O2
C_STRICT := -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror
# Found out when it is needed, since `setup` may install what is asked for.
LINKING = $(shell CC='$(CC)' Scripts/linking)
HELPER := $(BUILD)/libexec/ray/ray-plugin-helper
HELPER_SOURCES := $(wildcard Sources/PluginHelper/*.c Sources/PluginRuntime/*.c)
HELPER_HEADERS := $(wildcard Sources/PluginHelper/*.h Sources/PluginRuntime/*.h Sources/PluginRuntime/include/*.h Sources/PluginAPI/include/ray/*.h)

.PHONY: help setup build helper swift demo test soak bench fuzz lint format install dist clean

help:
	@echo 'make build      the program and its plugins, in $(BUILD)/'
	@echo '                PLUGINS="Pip Shell": only these, of $(ALL_PLUGINS)'
	@echo 'make demo       build it, and run Examples/first-project on a real Ray'
	@echo 'make test       set up the test bed and run every test'
	@echo 'make soak       10,000 random sequences of plugin faults; RAY_TEST_SEQUENCES for another number'
	@echo 'make bench      the figures, with their peers beside them'
	@echo 'make fuzz       damaged plugins and manifests, SECONDS=60 for each fuzzer'
	@echo 'make lint       formatting and static checks'
	@echo 'make install    copy $(BUILD)/ to PREFIX ($(PREFIX))'
	@echo 'make dist       an archive in dist/ that runs on a bare Debian; with PLUGINS="...", of these plugins alone'

# System packages; does nothing when they are there.
setup:
	@Scripts/setup

build: setup helper swift

helper: $(HELPER)

$(HELPER): $(HELPER_SOURCES) $(HELPER_HEADERS) Makefile
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(C_STRICT) -ISources/PluginAPI/include -ISources/PluginRuntime/include \
	  -o $@ $(HELPER_SOURCES) $(if $(filter static,$(LINKING)),-l:libffi.a,-lffi) -ldl -lpthread

swift test bench fuzz: export RAY_LINKING = $(LINKING)
swift:
	swift build -c release --scratch-path $(SCRATCH) --disable-local-rpath --product ray
	@for name in $(PLUGINS); do \
	  swift build -c release --scratch-path $(SCRATCH) --disable-local-rpath --product Ray$$name || exit 1; done
	@Scripts/assemble $(SCRATCH)/release $(BUILD) $(PLUGINS)

demo: build
	@Scripts/demo $(BUILD)

test: build
	@Scripts/test $(BUILD)

soak: build
	@Scripts/soak $(BUILD)

bench: build
	@RAY_BENCH=1 swift build -c release --scratch-path $(SCRATCH) --disable-local-rpath --product HostCalls
	@Benchmarks/plugin-calls/run $(BUILD)
	@Benchmarks/run $(BUILD)
	@RAY_TEST_UV=$(CURDIR)/.build/testbed/bin/uv Benchmarks/environments $(BUILD)
	@RAY_TEST_UV=$(CURDIR)/.build/testbed/bin/uv Benchmarks/clusters $(BUILD)
	@Benchmarks/conda $(BUILD)
	@Benchmarks/files $(BUILD)
	@Tests/Fixtures/plugins/build $(CURDIR)/.build/fixture-plugins crowd alpha
	@Benchmarks/nodes $(BUILD) $(CURDIR)/.build/fixture-plugins

# Each fuzzer for so many seconds.
SECONDS ?= 60
fuzz: setup
	@Scripts/fuzz $(SECONDS)

lint:
	@Scripts/lint

format:
	swift format format --in-place --recursive Sources Plugins Tests Benchmarks Package.swift

install:
	@Scripts/install $(BUILD) '$(PREFIX)'

# A prefix of its own, so that $(BUILD) keeps its plugins; what is compiled is shared.
dist: setup
	@CC='$(CC)' Scripts/linking --static >/dev/null
	@rm -rf dist/prefix
	@$(MAKE) --no-print-directory BUILD=dist/prefix build
	@Scripts/dist dist/prefix dist $(PLUGINS)

clean:
	rm -rf $(BUILD) dist
