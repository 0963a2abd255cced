"""What a token may say, and which tokens hold."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from oms_core.auth import Issuer, KeyRing, Verifier
from oms_core.clock import FixedClock
from oms_core.context import Grant
from oms_core.errors import AuthError
from oms_wire.errors import Unauthenticated
from tests.forgeries import claims, forgeries, signed

HOUR = timedelta(hours=1)
OWNER = [Grant("owner", "chn_a")]


def test_an_issued_token_says_who_and_where(issuer: Issuer, verifier: Verifier) -> None:
    grants = [Grant("owner", "chn_a"), Grant("cook", "loc_a1")]
    credentials = verifier.verify(issuer.issue("user:1", tenant="chn_a", grants=grants, ttl=HOUR))
    assert (credentials.tenant, credentials.principal.subject) == ("chn_a", "user:1")
    assert credentials.principal.grants == tuple(grants)
    assert abs(credentials.expires_at - time.time() - 3600) < 5
    assert credentials.token_id.startswith("tok_")


def test_no_forgery_holds_and_none_learns_why(keys: KeyRing, verifier: Verifier, tmp_path: Path) -> None:
    assert verifier.verify(signed(keys, claims())).tenant == "chn_a"
    corpus = forgeries(keys, tmp_path)
    assert len(corpus) >= 60
    for reason, token in corpus.items():
        with pytest.raises(Unauthenticated) as refused:
            verifier.verify(token)
        expected = "TOKEN_EXPIRED" if reason.startswith("expired") else "TOKEN_INVALID"
        assert refused.value.code == expected, reason
        assert (
            reason.startswith("expired")
            or refused.value.message == "the token does not hold here; get a new one"
        )


def test_clocks_may_differ_by_half_a_minute(keys: KeyRing, verifier: Verifier) -> None:
    now = int(time.time())
    assert verifier.verify(signed(keys, claims(iat=now - 60, exp=now - 20)))
    assert verifier.verify(signed(keys, claims(iat=now + 20)))


def test_a_token_is_checked_again_after_a_minute_or_its_end(
    keys: KeyRing, verifier: Verifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = time.time()
    lasting, short = signed(keys, claims()), signed(keys, claims(exp=int(start) + 10))
    first = {token: verifier.verify(token) for token in (lasting, short)}
    for later, cached in ((5, {lasting, short}), (11, {lasting}), (61, set())):
        monkeypatch.setattr(time, "time", lambda now=start + later: now)
        again = Verifier(keys, issuer="oms", audience="oms")
        again._seen = dict(verifier._seen)
        assert {token for token in first if again.verify(token) is first[token]} == cached


def test_many_tokens_do_not_fill_the_memory(keys: KeyRing, verifier: Verifier) -> None:
    for number in range(1100):
        verifier.verify(signed(keys, claims(jti=f"tok_{number}")))
    assert len(verifier._seen) <= 1024


@pytest.mark.parametrize("ttl", [timedelta(), timedelta(seconds=-1), timedelta(days=31)])
def test_a_token_lives_between_a_second_and_a_month(issuer: Issuer, ttl: timedelta) -> None:
    with pytest.raises(AuthError, match="cannot live"):
        issuer.issue("user:1", tenant="chn_a", grants=OWNER, ttl=ttl)


@pytest.mark.parametrize(
    ("subject", "tenant", "grant"),
    [
        ("plugin:echo", "chn_a", Grant("owner", "chn_a")),
        ("user:", "chn_a", Grant("owner", "chn_a")),
        ("user:1", "", Grant("owner", "chn_a")),
        ("user:1", "Chain.A", Grant("owner", "chn_a")),
        ("user:1", "c" * 64, Grant("owner", "chn_a")),
        ("user:1", "chn_a", Grant("own er", "chn_a")),
        ("user:1", "chn_a", Grant("owner", "chn_a;")),
    ],
)
def test_what_no_verifier_takes_is_not_issued(
    issuer: Issuer, subject: str, tenant: str, grant: Grant
) -> None:
    with pytest.raises(AuthError) as refused:
        issuer.issue(subject, tenant=tenant, grants=[grant], ttl=HOUR)
    assert refused.value.code == "CLAIM_INVALID"


@pytest.mark.parametrize("tenant", ["Chain.A", "chn-a", "1st", "_", "c" * 64, "chn_a\n"])
def test_a_tenant_that_storage_would_refuse_is_none(keys: KeyRing, verifier: Verifier, tenant: str) -> None:
    with pytest.raises(Unauthenticated):
        verifier.verify(signed(keys, claims(tenant=tenant)))


def test_a_token_issued_an_hour_ago_for_a_minute_has_expired(keys: KeyRing, verifier: Verifier) -> None:
    clock = FixedClock(datetime.now(UTC) - HOUR)
    issuer = Issuer(keys, issuer="oms", audience="oms", clock=clock)
    with pytest.raises(Unauthenticated) as refused:
        verifier.verify(issuer.issue("user:1", tenant="chn_a", grants=OWNER, ttl=timedelta(minutes=1)))
    assert refused.value.code == "TOKEN_EXPIRED"


def test_another_audience_is_another_verifier(keys: KeyRing, issuer: Issuer) -> None:
    token = issuer.issue("user:1", tenant="chn_a", grants=OWNER, ttl=HOUR)
    with pytest.raises(Unauthenticated):
        Verifier(keys, issuer="oms", audience="others").verify(token)
    with pytest.raises(Unauthenticated):
        Verifier(keys, issuer="others", audience="oms").verify(token)
