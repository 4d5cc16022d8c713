"""Production refuses to start half-configured."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parents[1]

COMPLETE = {
    "TUTORHUB_ENV": "production",
    "ALLOWED_HOSTS": "tutorhub.example",
    "SECRET_KEY": "s" * 60,
    "JWT_SIGNING_KEY": "j" * 60,
    "OTP_PEPPER": "p" * 40,
    "FIELD_KEY": Fernet.generate_key().decode(),
    "VAULT_PUBLIC_KEY": "dmF1bHQtb2YtYW5vdGhlci1tYWNoaW5lLXRoYXQtaXM=",
    "DATABASE_URL": "postgresql://none/none",
    "REDIS_URL": "redis://none",
    "SITE_URL": "https://tutorhub.example",
    "RAZORPAY_KEY_ID": "rzp_live_1",
    "RAZORPAY_KEY_SECRET": "r" * 30,
    "RAZORPAY_WEBHOOK_SECRET": "w" * 30,
    "RAZORPAYX_ACCOUNT_NUMBER": "4564563559247998",
    "PRIVATE_STORAGE": "s3",
    "AWS_STORAGE_BUCKET_NAME": "papers",
    "FILE_SCANNER": "off",
    "SMS_CHANNEL": "off",
    "WHATSAPP_CHANNEL": "off",
    "COMPANY_NAME": "Example Private Limited",
    "COMPANY_ADDRESS": "1 Example Road, Bengaluru 560001",
    "COMPANY_GSTIN": "29ABCDE1234F1Z5",
}


def start(
    *, show: str = "MESSAGE_CHANNELS", **changes: str | None
) -> subprocess.CompletedProcess[str]:
    """Import the settings in a process of its own, whose environment holds nothing of ours."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **COMPLETE, **changes}
    return subprocess.run(
        [sys.executable, "-c", f"import tutorhub.settings as s; print(s.{show})"],
        env={name: value for name, value in environment.items() if value is not None},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


CHANNELS = {
    "SMS_CHANNEL": "notifications.gateway.Msg91",
    "WHATSAPP_CHANNEL": "notifications.gateway.WhatsApp",
    "MSG91_AUTH_KEY": "a" * 24,
    "MSG91_WEBHOOK_SECRET": "b" * 30,
    "WHATSAPP_PHONE_NUMBER_ID": "106540352242922",
    "WHATSAPP_ACCESS_TOKEN": "c" * 60,
    "WHATSAPP_APP_SECRET": "d" * 32,
    "WHATSAPP_VERIFY_TOKEN": "e" * 30,
}


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("templates") / "ids.json"
    path.write_text("{}")
    return str(path)


def test_production_starts_with_both_providers(templates: str):
    started = start(**CHANNELS, MESSAGE_TEMPLATES_FILE=templates)
    assert started.returncode == 0, started.stderr
    assert "notifications.gateway.WhatsApp" in started.stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, None) for name in CHANNELS if name.count("_") > 1 or "MSG91" in name),
        ("MESSAGE_TEMPLATES_FILE", None),
        ("MESSAGE_TEMPLATES_FILE", "/nowhere.json"),
        ("WHATSAPP_ACCESS_TOKEN", "sim_whatsapp_token"),
        ("MSG91_BASE_URL", "http://127.0.0.1:9200"),
        ("WHATSAPP_BASE_URL", "http://127.0.0.1:9200"),
    ],
)
def test_production_refuses_half_a_provider(templates: str, name: str, value: str | None):
    complete: dict[str, str | None] = {**CHANNELS, "MESSAGE_TEMPLATES_FILE": templates}
    started = start(**{**complete, name: value})
    assert started.returncode != 0
    assert "ImproperlyConfigured" in started.stderr
    assert name in started.stderr


def test_production_starts_when_everything_is_named():
    started = start()
    assert started.returncode == 0, started.stderr
    assert "notifications.gateway.Smtp" in started.stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", None),
        ("JWT_SIGNING_KEY", None),
        ("JWT_SIGNING_KEY", "short"),
        ("JWT_SIGNING_KEY", "s" * 60),
        ("OTP_PEPPER", None),
        ("FIELD_KEY", None),
        ("VAULT_PUBLIC_KEY", None),
        ("ALLOWED_HOSTS", None),
        ("SITE_URL", None),
        ("SITE_URL", "http://tutorhub.example"),
        ("SMS_CHANNEL", None),
        ("SMS_CHANNEL", "notifications.gateway.DevInbox"),
        ("WHATSAPP_CHANNEL", None),
        ("EMAIL_CHANNEL", "notifications.gateway.DevInbox"),
        pytest.param("RAZORPAY_WEBHOOK_SECRET", None, marks=pytest.mark.scenario(7)),
        pytest.param("RAZORPAY_WEBHOOK_SECRET", "", marks=pytest.mark.scenario(7)),
        ("RAZORPAY_BASE_URL", "http://127.0.0.1:9100"),
        ("DEBUG", "1"),
        ("COMPANY_GSTIN", None),
        ("FILE_SCANNER", None),
        ("FILE_SCANNER", "of"),
    ],
)
def test_production_refuses_to_start(name: str, value: str | None):
    started = start(**{name: value})
    assert started.returncode != 0
    assert "ImproperlyConfigured" in started.stderr
    assert name.removesuffix("S") in started.stderr


PLAY = {
    "APP_ATTESTATION": "required",
    "PLAY_INTEGRITY_PACKAGE": "in.example.tutorhub",
    "PLAY_INTEGRITY_DECRYPTION_KEY": "a" * 44,
    "PLAY_INTEGRITY_VERIFICATION_KEY": "b" * 124,
}


def test_apps_are_asked_to_show_that_they_are_genuine_if_one_shop_is_named():
    assert start(**PLAY).returncode == 0
    assert start(APP_ATTESTATION="required", APP_ATTEST_APP_ID="A.in.example").returncode == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("APP_ATTESTATION", "yes"),
        ("PLAY_INTEGRITY_PACKAGE", None),
        ("PLAY_INTEGRITY_DECRYPTION_KEY", None),
        ("PLAY_INTEGRITY_VERIFICATION_KEY", None),
    ],
)
def test_half_a_shop_is_refused(name: str, value: str | None):
    started = start(**{**PLAY, name: value})
    assert started.returncode != 0
    assert "ImproperlyConfigured" in started.stderr
    assert name in started.stderr


@pytest.mark.parametrize(
    ("changes", "is_on"),
    [
        ({}, "True"),
        ({"PAYOUTS_TAKE_SECOND_FACTOR": "0"}, "False"),
        ({"TUTORHUB_ENV": "development"}, "False"),
        ({"TUTORHUB_ENV": "development", "PAYOUTS_TAKE_SECOND_FACTOR": "1"}, "True"),
    ],
)
def test_payouts_take_a_second_factor_in_production(changes: dict[str, str], is_on: str):
    started = start(show="PAYOUTS_TAKE_SECOND_FACTOR", **changes)
    assert started.returncode == 0, started.stderr
    assert started.stdout.strip() == is_on


def test_what_only_tests_may_have_is_off_in_production():
    for changes in ({}, {"TUTORHUB_TESTING": "1"}):
        started = start(show="TESTING, s.HURRIED, hasattr(s, 'PASSWORD_HASHERS')", **changes)
        assert started.stdout.strip() == "False False False", started.stderr
    started = start(show="TESTING", TUTORHUB_ENV="development", TUTORHUB_TESTING="1")
    assert started.stdout.strip() == "True"
