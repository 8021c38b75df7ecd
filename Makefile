# What people type. Every target can be repeated.
LAB ?= nginx-502
CARGO ?= cargo

.PHONY: help start test check engine-test prepare bench install clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

start: prepare ## Start a lab (LAB=nginx-502), making all that is missing
	$(CARGO) run --quiet -- start $(LAB)

test: prepare ## Run every test, on the real engine as well; images are built beside what needs no engine
	tools/beside tools/packages $(CARGO) test --no-run
	tools/beside tools/images make check
	$(MAKE) engine-test

# Where dependencies get other features than the tests ask for, they are compiled once more, and breakfix with them. So
# does the documentation without --examples, of which there are none.
check: ## Format, lints, tests that need no engine, documentation
	@tools/packages
	$(CARGO) fmt --check
	$(CARGO) clippy --all-targets -- -D warnings
	$(CARGO) test
	tools/browser-test
	RUSTDOCFLAGS='-D warnings' $(CARGO) doc --no-deps --lib --examples --quiet
	tools/check-scripts

engine-test: ## Images, scenarios, and the proof of every lab, on the real engine
	@tools/packages
	tools/engine-test

prepare: ## Install what a base image needs where no registry answers
	@tools/prepare

bench: prepare ## Measure against the same steps by hand; prints ratios
	tools/bench

install: ## Install the breakfix command
	$(CARGO) install --locked --path .

clean: ## Remove every attempt and image of this checkout's user
	-$(CARGO) run --quiet -- stop --all
	-$(CARGO) run --quiet -- gc
	-$(CARGO) run --quiet -- image prune --all
