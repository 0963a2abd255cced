"""Who is calling, and what may they do: keys, tokens, permissions, seals.

::

    keys = KeyRing.open(folder)                                   # creates the first key pair, files 0600
    issuer = Issuer(keys, issuer="oms", audience="oms", clock=SystemClock())
    verifier = Verifier(keys, issuer="oms", audience="oms")
    authoriser = Authoriser(directory)          # Directory: async path(), async permissions()
    service = ServiceIssuer(service_keys, issuer="oms").vouch(context, "people")    # between processes
    seals = Seals.in_folder(folder)             # signed texts that callers carry for us

``Verifier`` and ``Authoriser`` raise ``RpcError``; what an operator can act on is an ``AuthError``.
"""

from oms_core.auth.authoriser import Authoriser, Directory
from oms_core.auth.keys import KeyRing
from oms_core.auth.remote_directory import RemoteDirectory
from oms_core.auth.seals import SealBroken, SealExpired, Seals
from oms_core.auth.service_tokens import ServiceIssuer, ServiceVerifier, Voucher
from oms_core.auth.tokens import PLATFORM, PLATFORM_NODE, Credentials, Issuer, Verifier

__all__ = [
    "PLATFORM",
    "PLATFORM_NODE",
    "Authoriser",
    "Credentials",
    "Directory",
    "Issuer",
    "KeyRing",
    "RemoteDirectory",
    "SealBroken",
    "SealExpired",
    "Seals",
    "ServiceIssuer",
    "ServiceVerifier",
    "Verifier",
    "Voucher",
]
