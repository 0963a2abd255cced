"""Tokens that must not hold, each for one reason: for the verifier, REST and gRPC alike."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from oms_core.auth import KeyRing

GRANTS = [["owner", "chn_a"]]


def claims(**changes: Any) -> dict[str, Any]:
    """Return claims that hold; a change of None leaves one out."""
    now = int(time.time())
    good = {
        "iss": "oms",
        "aud": "oms",
        "sub": "user:1",
        "iat": now,
        "exp": now + 3600,
        "jti": "tok_1",
        "tenant": "chn_a",
        "grants": GRANTS,
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def signed(keys: KeyRing, payload: Mapping[str, Any], **headers: Any) -> str:
    """Return ``payload`` signed with the very key that signs here."""
    kid, key = keys.signing_key()
    return jwt.encode(dict(payload), key, "EdDSA", headers={"typ": "at+jwt", "kid": kid} | headers)


def forgeries(keys: KeyRing, elsewhere: Path) -> dict[str, str]:
    """Return tokens by what is wrong with them."""
    kid, key = keys.signing_key()
    header = {"typ": "at+jwt", "kid": kid}
    good = signed(keys, claims())
    head, body, signature = good.split(".")
    foreign_kid, foreign_key = KeyRing.open(elsewhere / "foreign").signing_key()
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    now = int(time.time())
    elliptic = ec.generate_private_key(ec.SECP256R1())
    return {
        "empty": "",
        "no dots": "x",
        "two parts": f"{head}.{body}",
        "four parts": f"{good}.x",
        "no signature": f"{head}.{body}.",
        "cut off": good[:-10],
        "padded": f"{good}=",
        "other payload": f"{head}.{_part(claims(tenant='chn_b'))}.{signature}",
        "other header": f"{_part(header | {'alg': 'EdDSA', 'x': 1})}.{body}.{signature}",
        "nul": f"{good}\0",
        "not ascii": "ü.ü.ü",
        "payload no object": _signed_raw(key, {"alg": "EdDSA"} | header, b"[1]"),
        "payload no json": _signed_raw(key, {"alg": "EdDSA"} | header, b"{"),
        "deep payload": _signed_raw(key, {"alg": "EdDSA"} | header, b"[" * 3000 + b"]" * 3000),
        "alg none": f"{_part({'alg': 'none'} | header)}.{body}.",
        "alg None": f"{_part({'alg': 'None'} | header)}.{body}.{signature}",
        "alg null": f"{_part({'alg': None} | header)}.{body}.{signature}",
        "alg missing": f"{_part(header)}.{body}.{signature}",
        "hmac with public key raw": _hmac(raw, header),
        "hmac with public key pem": _hmac(_pem(key), header),
        "hmac with kid": _hmac(kid.encode(), header),
        "es256": jwt.encode(claims(), elliptic, "ES256", headers=header),
        "foreign key, our kid": jwt.encode(claims(), foreign_key, "EdDSA", headers=header),
        "foreign key and kid": jwt.encode(
            claims(), foreign_key, "EdDSA", headers=header | {"kid": foreign_kid}
        ),
        "fresh key": jwt.encode(claims(), Ed25519PrivateKey.generate(), "EdDSA", headers=header),
        "kid missing": jwt.encode(claims(), key, "EdDSA", headers={"typ": "at+jwt"}),
        "kid unknown": signed(keys, claims(), kid="unknown"),
        "kid a path": signed(keys, claims(), kid="../active.pem"),
        "kid a number": f"{_part({'alg': 'EdDSA', 'typ': 'at+jwt', 'kid': 1})}.{body}.{signature}",
        "typ JWT": signed(keys, claims(), typ="JWT"),
        "typ missing": signed(keys, claims(), typ=None),
        "typ other case": signed(keys, claims(), typ="AT+JWT"),
        "crit": signed(keys, claims(), crit=["b64"]),
        "iss other": signed(keys, claims(iss="others")),
        "iss prefix": signed(keys, claims(iss="om")),
        "iss missing": signed(keys, claims(iss=None)),
        "iss a list": _signed_raw(key, {"alg": "EdDSA"} | header, json.dumps(claims(iss=["oms"])).encode()),
        "aud other": signed(keys, claims(aud="others")),
        "aud several": signed(keys, claims(aud=["oms", "others"])),
        "aud missing": signed(keys, claims(aud=None)),
        "exp missing": signed(keys, claims(exp=None)),
        "exp text": signed(keys, claims(exp="never")),
        "exp number as text": signed(keys, claims(exp=str(now + 60))),
        "exp infinite": _signed_raw(
            key, {"alg": "EdDSA"} | header, json.dumps(claims(exp=float("inf"))).encode()
        ),
        "expired": signed(keys, claims(iat=now - 600, exp=now - 31)),
        "expired long ago": signed(keys, claims(iat=0, exp=1)),
        "iat missing": signed(keys, claims(iat=None)),
        "iat to come": signed(keys, claims(iat=now + 120)),
        "nbf to come": signed(keys, claims(nbf=now + 120)),
        "sub missing": signed(keys, claims(sub=None)),
        "sub empty": signed(keys, claims(sub="")),
        "sub a plugin": signed(keys, claims(sub="plugin:echo")),
        "sub with a space": signed(keys, claims(sub="user:a b")),
        "jti missing": signed(keys, claims(jti=None)),
        "jti empty": signed(keys, claims(jti="")),
        "tenant missing": signed(keys, claims(tenant=None)),
        "tenant empty": signed(keys, claims(tenant="")),
        "tenant a list": signed(keys, claims(tenant=["chn_a"])),
        "tenant with a quote": signed(keys, claims(tenant="chn_a'--")),
        "grants missing": signed(keys, claims(grants=None)),
        "grants text": signed(keys, claims(grants="owner")),
        "grants of one": signed(keys, claims(grants=[["owner"]])),
        "grants of three": signed(keys, claims(grants=[["owner", "chn_a", "x"]])),
        "grants of numbers": signed(keys, claims(grants=[[1, 2]])),
        "grants too many": signed(keys, claims(grants=GRANTS * 101)),
        "too long": signed(keys, claims(extra="x" * 8192)),
    }


def _part(value: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _signed_raw(key: Ed25519PrivateKey, header: Mapping[str, Any], payload: bytes) -> str:
    text = f"{_part(header)}.{base64.urlsafe_b64encode(payload).rstrip(b'=').decode()}"
    return f"{text}.{base64.urlsafe_b64encode(key.sign(text.encode())).rstrip(b'=').decode()}"


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _hmac(secret: bytes, header: Mapping[str, Any]) -> str:
    text = f"{_part({'alg': 'HS256'} | header)}.{_part(claims())}"
    digest = hmac.digest(secret, text.encode(), hashlib.sha256)
    return f"{text}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"
