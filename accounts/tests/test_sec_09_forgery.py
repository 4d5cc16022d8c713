"""SEC-09: access tokens that we did not make."""

import base64
import json
import time
import uuid
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.test import Client

from accounts.clients import Client as Device
from accounts.models import AppSession
from accounts.services import tokens
from accounts.services.access_tokens import key_id
from accounts.tests.factories import FamilyUserFactory, StaffFactory

pytestmark = pytest.mark.django_db

KEY = settings.JWT_SIGNING_KEYS[0]


def call(client: Client, token: str) -> int:
    return client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code


@pytest.fixture
def pair() -> tokens.Pair:
    return tokens.issue(user=FamilyUserFactory(), client=Device())


def header(**changes: Any) -> dict[str, Any]:
    return {"typ": "at+jwt", "kid": key_id(KEY), **changes}


def part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def forged(good: str) -> dict[str, str]:
    """The table of bad tokens; each differs from a good one in what its name says."""
    claims = jwt.decode(good, options={"verify_signature": False})
    now = int(time.time())
    head, body, signature = good.split(".")

    def signed(key: str = KEY, head: dict[str, Any] | None = None, **changes: Any) -> str:
        payload = {name: v for name, v in {**claims, **changes}.items() if v is not None}
        return jwt.encode(payload, key, algorithm="HS256", headers=head or header())

    rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = rsa_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return {
        "none": f"{part(header(alg='none'))}.{body}.",
        "None": f"{part(header(alg='None'))}.{body}.",
        "none with a signature": f"{part(header(alg='none'))}.{body}.{signature}",
        "RS256": jwt.encode(claims, pem, algorithm="RS256", headers=header()),
        "HS512": jwt.encode(claims, KEY, algorithm="HS512", headers=header()),
        "another key": signed("another-key-" + "x" * 40),
        "the secret key of Django": signed(settings.SECRET_KEY),
        "no key id": jwt.encode(claims, KEY, algorithm="HS256", headers={"typ": "at+jwt"}),
        "unknown key id": signed(head=header(kid="000000000000")),
        "path as key id": signed("0" * 40, head=header(kid="../../../../dev/null")),
        "query as key id": signed(head=header(kid="' UNION SELECT 'x")),
        "jku": signed(head=header(jku="https://evil.example/keys")),
        "jwk": signed(head=header(jwk={"kty": "oct", "k": "eA"})),
        "x5u": signed(head=header(x5u="https://evil.example/cert")),
        "crit": signed(head=header(crit=["exp"])),
        "type JWT": signed(head=header(typ="JWT")),
        "refresh as access": signed(token_use="refresh"),
        "no token use": signed(token_use=None),
        "wrong audience": signed(aud="somebody-else"),
        "no audience": signed(aud=None),
        "wrong issuer": signed(iss="evil"),
        "expired": signed(exp=now - 1),
        "no end": signed(exp=None),
        "not yet": signed(nbf=now + 600),
        "made tomorrow": signed(iat=now + 86400),
        "empty signature": f"{head}.{body}.",
        "half a signature": f"{head}.{body}.{signature[:20]}",
        "changed body": f"{head}.{part({**claims, 'sub': str(uuid.uuid4())})}.{signature}",
        "no session": signed(sid=None),
        "unknown session": signed(sid=str(uuid.uuid4())),
        "a session that is no id": signed(sid="1 OR 1=1"),
        "another user": signed(sub=str(uuid.uuid4())),
        "old epoch": signed(epoch=-1),
        "epoch as text": signed(epoch="0"),
        "64 KB": signed(extra="x" * 65536),
        "rubbish": "rubbish",
        "dots": "..",
        "empty parts": "a..b",
    }


def test_sec_09_no_forged_token_passes(client: Client, pair: tokens.Pair):
    assert call(client, pair.access) == 200
    statuses = {name: call(client, token) for name, token in forged(pair.access).items()}
    assert len(statuses) > 30
    assert {name: status for name, status in statuses.items() if status != 401} == {}


def test_sec_09_a_refresh_token_is_no_access_token(client: Client, pair: tokens.Pair):
    assert call(client, pair.refresh) == 401


def test_sec_09_two_keys_live_while_they_rotate(client: Client, pair: tokens.Pair, settings):
    old, new = KEY, "brand-new-key-" + "n" * 40
    settings.JWT_SIGNING_KEYS = [new, old]
    assert call(client, pair.access) == 200
    fresh = tokens.issue(user=FamilyUserFactory(), client=Device()).access
    assert jwt.get_unverified_header(fresh)["kid"] == key_id(new)
    settings.JWT_SIGNING_KEYS = [new]
    assert call(client, pair.access) == 401
    assert call(client, fresh) == 200


def test_sec_09_staff_have_no_tokens(client: Client, pair: tokens.Pair):
    staff = StaffFactory()
    with pytest.raises(tokens.StaffHasNoTokens):
        tokens.issue(user=staff, client=Device())
    AppSession.objects.update(user=staff)
    claims = jwt.decode(pair.access, options={"verify_signature": False})
    token = jwt.encode({**claims, "sub": str(staff.pk)}, KEY, algorithm="HS256", headers=header())
    assert call(client, token) == 401


def test_sec_09_one_read_per_request(pair: tokens.Pair, django_assert_num_queries):
    claims = jwt.decode(pair.access, options={"verify_signature": False})
    with django_assert_num_queries(1):
        tokens.session_of(user_id=claims["sub"], session_id=claims["sid"], epoch=claims["epoch"])
