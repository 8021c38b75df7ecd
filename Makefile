# What people type. Every target can be repeated.
LAB ?= nginx-502
CARGO ?= cargo

.PHONY: help start test check engine-test prepare bench install clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

start: prepare ## Start a lab (LAB=nginx-502), making all that is missing
	$(CARGO) run --quiet -- start $(LAB)

test: prepare check engine-test ## Run every test, on the real engine as well

check: ## Format, lints, unit and golden tests, documentation: no engine needed
	$(CARGO) fmt --check
	$(CARGO) clippy --all-targets -- -D warnings
	$(CARGO) test --lib --bins --test lab_cases --test class_cases --test fuzz_lab --test reports --test class_report --test check_scripts --test imports --test plan
	tools/browser-test
	RUSTDOCFLAGS='-D warnings' $(CARGO) doc --no-deps --quiet
	tools/check-scripts
	tools/check-ci-files

engine-test: ## Images, scenarios, and the proof of every lab, on the real engine
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
