# Local AWS and the tests. All that these commands make is in .local and target.

.DEFAULT_GOAL := help
CONTROL := localstack/bin/control


.PHONY: help up down test load soak bench screenshots check status logs lock

help: ## show this text
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

up: ## start local AWS, deploy the stack, book a sample trip, place a sample order
	@$(CONTROL) up

down: ## stop all that make up started
	@$(CONTROL) down

test: ## run all tests; starts the stack if it is not up, and stops it again
	@$(CONTROL) test

load: ## 200 payments against their deadlines, 100 timers' lateness, 50 travellers for a minute
	@$(CONTROL) load

soak: export BOOKINGS ?= 2000
soak: export ORDERS ?= 1000
soak: export MINUTES ?= 60
soak: ## BOOKINGS trips and ORDERS orders at random while suppliers fail and functions are killed; then audits them
	@$(CONTROL) soak

bench: ## start-up of every Lambda, card transactions beside a lock in Redis, and trips on the local stack
	@$(CONTROL) bench

screenshots: ## the pictures of the READMEs; needs Chromium and its driver (on Debian: apt-get install chromium chromium-driver)
	@$(CONTROL) screenshots

check: ## formatting, lints and validation of the template
	@$(CONTROL) check

status: ## what is running
	@$(CONTROL) status

logs: ## follow the logs
	@$(CONTROL) logs

lock: ## pin the Python packages anew (needs uv)
	@localstack/bin/lock
