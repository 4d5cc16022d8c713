# TutorHub. `make help` lists what there is.

PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
BIN = $(VENV)/bin
export PORT

# What `manage.py check --deploy` is asked about: production, with made-up secrets.
PRODUCTION = TUTORHUB_ENV=production DEBUG=0 ALLOWED_HOSTS=tutorhub.example \
	SITE_URL=https://tutorhub.example DATABASE_URL=postgresql://none/none \
	REDIS_URL=redis://none COMPANY_NAME=none COMPANY_ADDRESS=none COMPANY_GSTIN=none SMS_CHANNEL=off WHATSAPP_CHANNEL=off AWS_STORAGE_BUCKET_NAME=none PRIVATE_STORAGE=s3 FILE_SCANNER=off \
	$(foreach name,SECRET_KEY JWT_SIGNING_KEY OTP_PEPPER RAZORPAY_KEY_ID RAZORPAY_KEY_SECRET \
	RAZORPAY_WEBHOOK_SECRET RAZORPAYX_ACCOUNT_NUMBER,$(name)=$$($(BIN)/python -c "import secrets; print(secrets.token_urlsafe(64))")) \
	FIELD_KEY=$$($(BIN)/python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())") \
	VAULT_PUBLIC_KEY=$$($(BIN)/python -c "import base64, os; print(base64.b64encode(os.urandom(32)).decode())")

.PHONY: run test check check-types check-others fix bench chaos messages clean help

run: $(VENV)/run.ok ## start everything: database, queue, web, worker, beat, relay, gateway simulator
	@TUTORHUB_CHILD=1 exec $(BIN)/python -m tutorhub.core.supervisor

test: $(VENV)/dev.ok ## run every test (browser tests need Chromium)
	@$(BIN)/python -m pytest

check: $(VENV)/dev.ok ## style, types, imports, migrations and production settings
	@$(MAKE) --no-print-directory --jobs=2 --output-sync check-types check-others

check-types: $(VENV)/dev.ok
	$(BIN)/mypy .

check-others: $(VENV)/dev.ok
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@find templates -name '*.html' | xargs $(BIN)/djhtml --check --tabwidth 2
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	@echo "manage.py check --deploy under production settings"
	@$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

fix: $(VENV)/dev.ok ## put right what a tool can put right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	find templates -name '*.html' | xargs $(BIN)/djhtml --tabwidth 2

bench: $(VENV)/dev.ok ## measure the speed; the last line is a JSON object
	@$(BIN)/python -m benchmarks.run

chaos: $(VENV)/dev.ok ## kill processes under a payment load and check the books; the last line sums up
	@$(BIN)/python -m benchmarks.chaos

clean: ## forget the demo data, uploads and caches (keeps the virtual environment)
	rm -rf var staticfiles .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(VENV)/bin/python:
	@echo "Making a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run.ok: requirements.txt | $(VENV)/bin/python
	@echo "Installing what TutorHub runs on (about a minute, once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/dev.ok: requirements.txt requirements-dev.txt | $(VENV)/bin/python
	@echo "Installing what TutorHub runs on and is tested with (about a minute, once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/run.ok
