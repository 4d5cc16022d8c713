"""A file of made-up operators: documentation and private addresses, numbers of real ones."""

from pathlib import Path
from typing import Any

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

JIO, AIRTEL, AMAZON, SMALL = 55836, 45609, 16509, 64500
NETWORKS = {
    JIO: ["10.55.0.0/16", "2001:db8:55::/48"],
    AIRTEL: ["10.45.0.0/16"],
    AMAZON: ["10.16.0.0/16"],
    SMALL: ["10.64.0.0/16"],
}


def write(path: Path, kind: str = "GeoLite2-ASN", record: dict[str, Any] | None = None) -> Path:
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type=kind)
    for number, networks in NETWORKS.items():
        made = {"autonomous_system_number": number, "autonomous_system_organization": "x"}
        writer.insert_network(IPSet(networks), made if record is None else record)
    writer.to_db_file(str(path))
    return path


@pytest.fixture
def operators_known(tmp_path: Path, settings: Any) -> None:
    """As if the file were installed."""
    settings.ASN_DATABASE = str(write(tmp_path / "asn.mmdb"))
