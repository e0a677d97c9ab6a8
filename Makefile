# Everything a person needs: make demo · make test · make soak · make bench · make lint · make install · make dist
#
# RAY_PLUGINS="Pip Shell" builds only those plugins. PREFIX is where `make install` puts the program.

SHELL := /bin/bash
PREFIX ?= /usr/local
BUILD := build
SCRATCH ?= .build
ALL_PLUGINS := LocalProvider Pip Shell
RAY_PLUGINS ?= $(ALL_PLUGINS)
export RAY_PLUGINS

CC ?= cc
CFLAGS ?= -O2
C_STRICT := -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror
HELPER := $(BUILD)/libexec/ray/ray-plugin-helper
HELPER_SOURCES := $(wildcard Sources/PluginHelper/*.c Sources/PluginRuntime/*.c)
HELPER_HEADERS := $(wildcard Sources/PluginHelper/*.h Sources/PluginRuntime/*.h Sources/PluginRuntime/include/*.h Sources/PluginAPI/include/ray/*.h)

.PHONY: help setup build helper swift demo test soak bench fuzz lint format install dist clean

help:
	@echo 'make build      the program and its plugins, in $(BUILD)/'
	@echo 'make demo       build it, and run Examples/first-project on a real Ray'
	@echo 'make test       set up the test bed and run every test'
	@echo 'make soak       10,000 random sequences of plugin faults; RAY_TEST_SEQUENCES for another number'
	@echo 'make bench      the figures, with their peers beside them'
	@echo 'make fuzz       damaged plugins and manifests, SECONDS=60 for each fuzzer'
	@echo 'make lint       formatting and static checks'
	@echo 'make install    copy $(BUILD)/ to PREFIX ($(PREFIX))'
	@echo 'make dist       an archive of $(BUILD)/'

# System packages; does nothing when they are there.
setup:
	@Scripts/setup

build: setup helper swift

helper: $(HELPER)

$(HELPER): $(HELPER_SOURCES) $(HELPER_HEADERS)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(C_STRICT) -ISources/PluginAPI/include -ISources/PluginRuntime/include \
	  -o $@ $(HELPER_SOURCES) -lffi -ldl -lpthread

swift:
	swift build -c release --scratch-path $(SCRATCH) --disable-local-rpath --product ray
	@for name in $(RAY_PLUGINS); do \
	  swift build -c release --scratch-path $(SCRATCH) --disable-local-rpath --product Ray$$name || exit 1; done
	@Scripts/assemble $(SCRATCH)/release $(BUILD) $(RAY_PLUGINS)

demo: build
	@Scripts/demo $(BUILD)

test: build
	@Scripts/test $(BUILD)

soak: build
	@Scripts/soak $(BUILD)

bench: build
	@Benchmarks/plugin-calls/run $(BUILD)
	@Benchmarks/run $(BUILD)

# Each fuzzer for so many seconds.
SECONDS ?= 60
fuzz: setup
	@Scripts/fuzz $(SECONDS)

lint:
	@Scripts/lint

format:
	swift format format --in-place --recursive Sources Plugins Tests Package.swift

install:
	@Scripts/install $(BUILD) '$(PREFIX)'

dist: build
	@Scripts/dist $(BUILD)

clean:
	rm -rf $(BUILD) dist
