# Every command works from a fresh clone: what it needs is created first. STACK is dev, staging or prod.
# ON=aws runs the same command on AWS, with the credentials, backend and `pulumi` of the caller: so do the workflows.
STACK ?= dev
ON ?= emulator
BASE ?= origin/main
SERVICES ?= all
# What is installed: everything here, and on a runner of a workflow the files of what it runs.
PACKAGES ?= requirements.txt requirements-dev.txt
CHARTS := $(or $(CHARTS),$(OPENMARKET_EMULATOR_CHARTS),emulated)
STRICT ?=
PYTHON ?= python3

# REFRESH=yes: `up`, `preview` and `destroy` first compare Pulumi's record with what is really there. Slower, and finds what
# somebody deleted.
REFRESH ?=
OUT ?= kubeconfig.yaml

# The SDKs are large: to compile them in every process instead of once costs each command some seconds.
unexport PYTHONDONTWRITEBYTECODE

E2E_WORKERS ?= 0
# How often `bench` measures each command.
ROUNDS ?= 5
VENV_PYTHON = .venv/bin/python
PREVIEWS = .emulator/previews

ifeq ($(ON),emulator)
RUN = $(VENV_PYTHON) -m emulator run --stack $(STACK) --
READY = tools
CREATE = --create
SELECT = $(RUN) pulumi stack select --create --stack $(STACK)
# Read by the emulator alone: on AWS, charts always come from their repositories.
export OPENMARKET_EMULATOR_CHARTS := $(if $(wildcard $(CHARTS)/*/Chart.yaml),$(abspath $(CHARTS)),$(CHARTS))
else ifeq ($(ON),aws)
RUN =
READY = .venv/installed
CREATE =
# A stack on AWS is made once, with the secrets provider that is to be its own: docs/deploying.md.
SELECT = $(RUN) pulumi stack select --stack $(STACK)
else
$(error ON=$(ON): emulator or aws)
endif

# Said before anything is built or run: `stack select --create` would leave an empty stack of a mistyped name behind.
STACKS = $(sort $(patsubst Pulumi.%.yaml,%,$(wildcard Pulumi.*.yaml)))
ifneq ($(filter up repair preview plan rehearse smoke images drift kubeconfig cost destroy,$(MAKECMDGOALS)),)
ifeq ($(strip $(STACK)),)
$(error STACK is empty: one of $(STACKS), such as STACK=dev)
else ifneq ($(words $(STACK)) $(strip $(STACK)),1 $(filter $(STACK),$(STACKS)))
$(error STACK=$(STACK): one of $(STACKS))
endif
endif
ifneq ($(words $(CHARTS)) $(CHARTS),1 $(if $(wildcard $(CHARTS)/*/Chart.yaml),$(CHARTS),$(filter emulated upstream,$(CHARTS))))
$(error CHARTS=$(CHARTS): emulated, or upstream for those of the real repositories, or a folder of charts)
endif
ifneq ($(filter rehearse,$(MAKECMDGOALS)),)
ifeq ($(strip $(BASE)),)
$(error BASE is empty: a branch or commit, such as BASE=origin/main)
else ifneq ($(words $(BASE)),1)
$(error BASE=$(BASE): one branch or commit, such as BASE=origin/main)
endif
endif
ifneq ($(filter images,$(MAKECMDGOALS)),)
ifneq ($(words $(SERVICES)),1)
$(error SERVICES=$(SERVICES): all, or one service, or the first part of its name)
endif
endif

.DEFAULT_GOAL := help
.PHONY: help up repair preview plan rehearse comments smoke images drift kubeconfig cost destroy down tools test test-e2e test-faults test-services docs samples bench lint

help:
	@echo "make up|preview|destroy [STACK=dev]   the stack, on the emulator (ON=aws: on AWS)"
	@echo "make up|destroy REFRESH=yes           compare with what is really there first, not with the last deployment"
	@echo "make up CHARTS=upstream               on the emulator, with the charts of the real repositories"
	@echo "make smoke [STACK=dev]                ask every host at the load balancer"
	@echo "make plan [STACK=dev]                 the comment that a pull request would get, on what is deployed"
	@echo "make rehearse [STACK=dev BASE=main]   the same on the emulator, against what BASE would have deployed"
	@echo "make comments                         the comments of all previews made so far, as files"
	@echo "make images [STACK=dev SERVICES=all]  build, scan and push the shop's images, and record their digests"
	@echo "make drift [STACK=dev]                what differs from the last deployment"
	@echo "make repair [STACK=dev]               list what differs, and put it back"
	@echo "make kubeconfig [STACK=dev OUT=FILE]  write the file with which kubectl reaches the cluster"
	@echo "make cost [STACK=dev]                 what a month of the stack costs"
	@echo "make down                             stop the emulator's processes (its state stays)"
	@echo "make tools                            find or build pulumi and Kubernetes"
	@echo "make test | test-e2e | lint           fast tests | tests on the real engine | linters"
	@echo "make test-faults                      every operation on every resource of dev fails once (an hour)"
	@echo "make test-services                    200 drawn stanzas of services are refused or come up (half an hour)"
	@echo "make docs                             write the generated parts of the documentation anew"
	@echo "make samples                          write the sample comments of docs/pull-requests anew"
	@echo "make bench [ROUNDS=5]                 the figures of docs/benchmarks.md, on this machine"

.venv/installed: requirements.txt requirements-dev.txt emulator/requirements.txt ops/requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	@echo "Making a Python environment in .venv"
	@$(PYTHON) -m venv .venv
	@$(VENV_PYTHON) ops/install.py $(PACKAGES)
	@touch $@

tools: .venv/installed
	@$(VENV_PYTHON) -m emulator.toolchain.build

up: $(READY)
	@$(RUN) $(VENV_PYTHON) -m ops up --stack $(STACK) $(CREATE) $(if $(REFRESH),--refresh)

repair: $(READY)
	@$(RUN) $(VENV_PYTHON) -m ops repair --stack $(STACK)

preview: $(READY)
	@$(RUN) $(VENV_PYTHON) -m ops preview --stack $(STACK) $(CREATE) $(if $(REFRESH),--refresh)

plan: $(READY)
	@$(SELECT)
	@$(RUN) $(VENV_PYTHON) -m ops plan --stack $(STACK) --out $(PREVIEWS) $(if $(STRICT),--strict)
	@$(VENV_PYTHON) -m ops comment $(PREVIEWS)/$(STACK).preview.json

rehearse: tools
	@$(VENV_PYTHON) -m ops rehearse --stack $(STACK) --base $(BASE) --out $(PREVIEWS) $(if $(STRICT),--strict)
	@$(VENV_PYTHON) -m ops comment $(PREVIEWS)/$(STACK).preview.json

# Of every stack's preview that is there, and of nothing else that a pull request's run may have left. Posting needs
# REPOSITORY, HEAD, COMMIT and GITHUB_TOKEN in the environment; ARTIFACT is where pictures and full texts will be.
comments: .venv/installed
	@rm -rf $(PREVIEWS)/comments $(PREVIEWS)/full
	@for stack in $(STACKS); do \
		file=$(PREVIEWS)/$$stack.preview.json; \
		test ! -f "$$file" || $(VENV_PYTHON) -m ops comment "$$file" $${COMMIT:+--commit "$$COMMIT"} \
			--out $(PREVIEWS)/comments/$$stack.md --full $(PREVIEWS)/full/$$stack.md \
			--picture $(PREVIEWS)/full/$$stack.svg $${ARTIFACT:+--artifact "$$ARTIFACT"} || exit; \
	done
	@test -d $(PREVIEWS)/comments || { echo "$(PREVIEWS) has no preview of a stack: make plan" >&2; exit 1; }
ifdef POST
	@$(VENV_PYTHON) -m ops post $(PREVIEWS)/comments --repository "$$REPOSITORY" --head "$$HEAD" --commit "$$COMMIT"
endif

smoke: $(READY)
	@$(RUN) $(VENV_PYTHON) -m ops smoke --stack $(STACK)

# On the emulator it shows the commands only: a digest of nothing does not belong into a tracked file.
images: $(READY)
	@$(RUN) $(VENV_PYTHON) -m ops images deploy $(SERVICES) --stack $(STACK) $(if $(filter emulator,$(ON)),--dry-run)

drift: $(READY)
	@$(SELECT)
	@$(RUN) $(VENV_PYTHON) -m ops plan --refresh --stack $(STACK) --out $(PREVIEWS)/drift
	@$(VENV_PYTHON) -m ops drift $(PREVIEWS)/drift --stack $(STACK)

destroy: $(READY)
	@$(RUN) $(VENV_PYTHON) -m ops destroy --stack $(STACK) $(if $(REFRESH),--refresh)

kubeconfig: $(READY)
	@$(RUN) $(VENV_PYTHON) -m ops kubeconfig --stack $(STACK) --out $(OUT)

cost: $(READY)
	@$(SELECT)
	@$(RUN) $(VENV_PYTHON) -m ops cost --stack $(STACK)

down: .venv/installed
	@$(VENV_PYTHON) -m emulator down

test: .venv/installed
	$(VENV_PYTHON) -m pytest -n auto

# The tests of a file share a deployed stack. E2E_WORKERS=2 halves the time where there are cores and memory for two.
test-e2e: tools
	$(VENV_PYTHON) -m pytest tests/e2e -x -v -m "not faults and not services" -n $(E2E_WORKERS) --dist loadfile

test-faults: tools
	$(VENV_PYTHON) -m pytest tests/e2e/test_faults.py -v -rP -n $(E2E_WORKERS)

test-services: tools
	$(VENV_PYTHON) -m pytest tests/e2e/test_drawn_services.py -v -m services

docs: .venv/installed
	@$(VENV_PYTHON) -m tests.ops.architecture_documentation
	@$(VENV_PYTHON) -m tests.ops.cost_documentation
	@$(VENV_PYTHON) -m tests.ops.dashboard_documentation
	@$(VENV_PYTHON) -m policies.documentation
	@$(VENV_PYTHON) -m components.config.documentation

samples: tools
	OPENMARKET_WRITE_SAMPLES=1 $(VENV_PYTHON) -m pytest tests/e2e/test_pull_requests.py -v

bench: tools
	@$(VENV_PYTHON) -m bench --rounds $(ROUNDS)

lint: .venv/installed
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/pyright
	$(VENV_PYTHON) -m emulator.toolchain actionlint
	.venv/bin/zizmor --offline --quiet .github
