"""Phones of our own making: what Google's and Apple's attestation would say of an app on them."""

import base64
import datetime
import hashlib
import json
import os
import struct
from dataclasses import dataclass
from typing import Any

from asn1crypto import x509 as asn1
from cbor2 import dumps
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509.oid import NameOID
from jose import jwe, jws

PACKAGE, APP_ID = "in.example.tutorhub", "ABCDE12345.in.example.tutorhub"
NONCE_OID = x509.ObjectIdentifier("1.2.840.113635.100.8.2")
IN_PRODUCTION = b"appattest" + bytes(7)
DER = serialization.Encoding.DER


def bytes_of(nonce: str) -> bytes:
    return base64.urlsafe_b64decode(nonce)


@dataclass
class Google:
    """The two keys that the Play Console hands out, and Google's own half of one of them."""

    signing: ec.EllipticCurvePrivateKey
    secret: bytes

    @classmethod
    def new(cls) -> "Google":
        return cls(ec.generate_private_key(ec.SECP256R1()), os.urandom(32))

    @property
    def settings(self) -> dict[str, str]:
        public = self.signing.public_key().public_bytes(
            DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return {
            "PLAY_INTEGRITY_PACKAGE": PACKAGE,
            "PLAY_INTEGRITY_DECRYPTION_KEY": base64.b64encode(self.secret).decode(),
            "PLAY_INTEGRITY_VERIFICATION_KEY": base64.b64encode(public).decode(),
        }

    def token(self, nonce: str, **changes: Any) -> str:
        """A verdict on a genuine app, with a part or two changed: `app="UNEVALUATED"`."""
        package = changes.get("package", PACKAGE)
        verdict = {
            "requestDetails": {"nonce": nonce, "requestPackageName": package},
            "appIntegrity": {
                "appRecognitionVerdict": changes.get("app", "PLAY_RECOGNIZED"),
                "packageName": package,
                "certificateSha256Digest": ["A" * 43],
            },
            "deviceIntegrity": {
                "deviceRecognitionVerdict": changes.get("device", ["MEETS_DEVICE_INTEGRITY"])
            },
        }
        for part in changes.get("without", ()):
            del verdict[part]
        pem = self.signing.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        signed = jws.sign(json.dumps(verdict).encode(), pem.decode(), algorithm="ES256")
        sealed = jwe.encrypt(signed, self.secret, algorithm="A256KW", encryption="A256GCM")
        return str(sealed.decode())


@dataclass
class Authority:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(DER)

    @property
    def asn1(self) -> asn1.Certificate:
        return asn1.Certificate.load(self.der)


def certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    by: Authority | None,
    *,
    is_over: bool = False,
    nonce: bytes | None = None,
) -> x509.Certificate:
    """By itself if nobody is named; with a nonce it is one of a phone's key."""
    now = datetime.datetime.now(datetime.UTC)
    start = now - datetime.timedelta(days=3)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    is_leaf = nonce is not None
    usage = x509.KeyUsage(is_leaf, *([False] * 4), not is_leaf, not is_leaf, False, False)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(hashlib.sha256(point_of(key)).digest()[:19]))
        .not_valid_before(start)
        .not_valid_after(now + datetime.timedelta(days=-1 if is_over else 3))
        .add_extension(x509.BasicConstraints(not is_leaf, None), critical=True)
        .add_extension(usage, critical=True)
    )
    if nonce is not None:
        value = b"\x30\x24\xa1\x22\x04\x20" + nonce
        builder = builder.add_extension(x509.UnrecognizedExtension(NONCE_OID, value), False)
    return builder.sign(by.key if by else key, hashes.SHA256(), ecdsa_deterministic=True)


def point_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    form = serialization.PublicFormat.UncompressedPoint
    return key.public_key().public_bytes(serialization.Encoding.X962, form)


class Apple:
    """A root, what stands between it and phones, and phones with keys of their own.

    While the clock stands still, those of one seed say the same, to the last byte.
    """

    def __init__(self, seed: bytes = b"") -> None:
        self._seed, self._keys = seed or os.urandom(32), 0
        self.root = self._authority("root", None)
        self.middle = self._authority("middle", self.root)

    def _authority(self, name: str, by: Authority | None) -> Authority:
        key = self._key(ec.SECP384R1())
        return Authority(certificate(name, key, by), key)

    def _key(self, curve: ec.EllipticCurve) -> ec.EllipticCurvePrivateKey:
        self._keys += 1
        secret = hashlib.sha256(self._seed + str(self._keys).encode()).digest()
        # Of 255 bits, which is less than the order of either curve.
        return ec.derive_private_key(int.from_bytes(secret) >> 1, curve)

    def proof(self, nonce: str, **changes: Any) -> dict[str, str]:
        """`token` and `key_id` for a genuine app, with a part or two changed: `counter=1`."""
        key = self._key(ec.SECP256R1())
        name = hashlib.sha256(point_of(key)).digest()
        about = (
            hashlib.sha256(changes.get("app_id", APP_ID).encode()).digest()
            + b"\x40"
            + struct.pack("!I", changes.get("counter", 0))
            + changes.get("aaguid", IN_PRODUCTION)
            + struct.pack("!H", 32)
            + changes.get("credential", name)
        )
        asked = hashlib.sha256(about + hashlib.sha256(bytes_of(nonce)).digest()).digest()
        leaf = certificate(
            "phone", key, self.middle, is_over=changes.get("is_over", False), nonce=asked
        )
        attestation = {
            "fmt": "apple-appattest",
            "attStmt": {"x5c": [leaf.public_bytes(DER), self.middle.der], "receipt": b""},
            "authData": about,
        }
        token = base64.b64encode(dumps(attestation)).decode()
        key_id = base64.b64encode(changes.get("key_id", name)).decode()
        return {"token": token, "key_id": key_id}

    def odd_chains(self) -> list[Any]:
        """None that ends at the root, or ends there as it should."""
        stranger = rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "phone")])
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.middle.certificate.subject)
            .public_key(stranger.public_key())
            .serial_number(1)
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
        )
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        forged = [
            builder.sign(stranger, hashes.SHA256()).public_bytes(DER),
            builder.sign(stranger, hashes.SHA256(), rsa_padding=pss).public_bytes(DER),
            builder.sign(ed25519.Ed25519PrivateKey.generate(), None).public_bytes(DER),
        ]
        return [
            *([], None, {}, "text", [b""], [None], [b"0"] * 3),
            *([self.root.der], [self.middle.der], [self.middle.der] * 50),
            *([each, self.middle.der] for each in forged),
        ]
