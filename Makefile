# The one door: `make` alone lists what you can do.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test build check format lint generate generate-check alerts bench crash crash-model outages fuzz full-disk disk-bench backends prices

help:
	@echo "make <door>:"
	@sed -n 's/^\([a-z-]*\):.*## /  \1	/p' $(MAKEFILE_LIST) | expand -t 18

run: ## install what is missing, build, start the bridge and play an example agent run through it
	@scripts/setup.sh build
	@scripts/run.sh

test: ## everything that proves it: lint, generated code, unit tests, end to end
	@scripts/test.sh

build: ## the release executable, .build/release/causeway
	@scripts/setup.sh build
	CAUSEWAY_COMMIT=$$(git rev-parse --short=12 HEAD 2>/dev/null) swift build -c release --static-swift-stdlib --product causeway -Xlinker -s

check: format test ## what to run before a commit: format, lint, build, test

format: ## rewrite the Swift sources in the committed style
	@scripts/format.sh

lint: ## say where the Swift sources differ from the committed style
	@scripts/format.sh --check

generate: ## write anew what is made from proto/ and profiles/
	@scripts/generate.sh
	@scripts/profiles.sh

generate-check: ## fail if what is made from proto/ and profiles/ is not what is committed
	@scripts/generate.sh --check
	@scripts/profiles.sh --check

alerts: ## check the example alert rules, and play their tests, with promtool
	@scripts/alerts.sh

bench: ## measure a release build; RUNS=3 DURATION=5
	@scripts/bench.sh

crash: ## kill the bridge under load many times and look for lost spans, RUNS=300; with SEEDS=100000 histories of the crash model instead
	@$(if $(SEEDS),scripts/crash-model.sh,scripts/crash.sh)

crash-model: ## play seeded histories of crashes and faults against the log and settling on it; SEEDS=10000 MINUTES=60
	@scripts/crash-model.sh

outages: ## long outages with traffic on, and what they cost; SECONDS=120
	@scripts/outages.sh $(or $(SECONDS),120)

fuzz: ## feed arbitrary bytes to whatever reads bytes from disk or wire; SECONDS=60 TARGET=all
	@SECONDS_EACH=$(SECONDS) TARGET=$(TARGET) scripts/fuzz.sh

full-disk: ## fill small disks under load, for real, and turn one read-only; needs leave to mount
	@scripts/full-disk.sh

backends: ## send a run and the corpus to real Phoenix, MLflow and VictoriaMetrics on this machine, and look at what they show
	@scripts/backends.sh

disk-bench: ## measure the log on a real disk, beside fio on the same; RUNS=3 DURATION=3 DRAIN=5 ONLY=append,drain,open
	@scripts/disk-bench.sh

prices: ## price the fixtures' calls with the packages litellm and genai-prices, and compare; needs PyPI
	@scripts/prices.sh
