"""Whose network an address lies in: known from a file, and harmless whatever that file is."""

import random
from pathlib import Path
from typing import Any

import pytest
from django.core import checks

from tutorhub.core import operators
from tutorhub.core.tests.operator_files import AIRTEL, AMAZON, JIO, SMALL, write

ADDRESSES = {
    "10.55.1.2": JIO,
    "2001:db8:55::7": JIO,
    "10.45.255.1": AIRTEL,
    "192.0.2.1": None,
    "2001:db8:99::1": None,
    "0.0.0.0": None,
}


@pytest.mark.parametrize(("ip", "number"), ADDRESSES.items())
def test_the_number_of_an_address(ip: str, number: int | None, operators_known: None):
    assert operators.number_of(ip) == number


def test_without_a_file_nothing_is_known(settings: Any):
    settings.ASN_DATABASE = ""
    assert operators.number_of("10.55.1.2") is None
    assert operators.check() == []


def test_three_kinds_of_operators():
    kinds = [operators.kind_of(number) for number in (JIO, AIRTEL, AMAZON, SMALL)]
    assert kinds == ["carrier", "carrier", "hosting", "other"]


def test_nobody_is_both_a_carrier_and_a_place_for_programs(settings: Any):
    assert set() == settings.ASN_CARRIERS & settings.ASN_HOSTING


def test_a_file_that_is_right_says_nothing(operators_known: None):
    assert operators.check() == []


def test_a_missing_file_is_said_at_the_start_and_breaks_nothing(
    settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    settings.ASN_DATABASE = str(tmp_path / "nowhere.mmdb")
    [said] = operators.check()
    assert (said.id, said.is_serious()) == ("core.W001", False)
    assert "nowhere.mmdb" in said.msg
    assert "cannot be read" in said.msg
    operators.warm()
    assert operators.number_of("10.55.1.2") is None
    assert len([row for row in caplog.records if "limits by operator are off" in row.message]) == 1


def test_a_file_of_something_else_is_said_too(settings: Any, tmp_path: Path):
    settings.ASN_DATABASE = str(write(tmp_path / "city.mmdb", "GeoLite2-City"))
    assert "holds GeoLite2-City" in operators.check()[0].msg


@pytest.mark.parametrize("number", ["55836", -1, 0, 2**33, None, [1]])
def test_what_is_no_number_of_an_operator_is_nothing(settings: Any, tmp_path: Path, number: Any):
    record = {"autonomous_system_number": number} if number is not None else {"a": "b"}
    settings.ASN_DATABASE = str(write(tmp_path / "odd.mmdb", record=record))
    assert operators.number_of("10.55.1.2") is None


def test_damage_of_any_kind_breaks_no_sign_in(settings: Any, tmp_path: Path):
    """A hundred files with bytes turned over or cut off: an answer or none, never an error."""
    good = write(tmp_path / "good.mmdb").read_bytes()
    chance, answers = random.Random(7), set()
    for number in range(100):
        data = bytearray(good)
        for _ in range(chance.choice([1, 5, 50])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path = tmp_path / f"{number}.mmdb"
        path.write_bytes(data[: chance.choice([len(data), len(data), chance.randrange(len(data))])])
        settings.ASN_DATABASE = str(path)
        operators.check()
        answers |= {operators.number_of(ip) for ip in ADDRESSES}
    assert None in answers
    assert len(answers) > 1


def test_it_is_checked_at_the_start(settings: Any, tmp_path: Path):
    settings.ASN_DATABASE = str(tmp_path / "nowhere.mmdb")
    assert "core.W001" in {said.id for said in checks.run_checks()}
