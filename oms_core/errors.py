"""The errors of the runtime itself: what keeps it from starting or from doing what it was told.

::

    OmsError                what a person can act on; the CLI prints it without a traceback
    ├── ConfigError         oms.toml, environment or flags
    ├── PluginError         a plugin is missing, broken or in another's way
    ├── StorageError        the database or its folder
    ├── GenerateError       a contract that cannot be turned into code
    ├── ScaffoldError       a new project that cannot be written
    └── AuthError           keys and tokens, offline

Errors that answer a call are ``oms_wire.errors.RpcError``.
"""

from __future__ import annotations


class OmsError(Exception):
    """Base: a stable ``code``, what is wrong with which thing, and the next action."""

    def __init__(self, code: str, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  → {self.hint}" if self.hint else self.message


class ConfigError(OmsError):
    """A setting is unknown, missing or out of range."""


class PluginError(OmsError):
    """A plugin is missing, broken, or in another plugin's way."""


class StorageError(OmsError):
    """The database cannot be reached, started or migrated."""


class GenerateError(OmsError):
    """A contract cannot be turned into code."""


class ScaffoldError(OmsError):
    """A new project cannot be written: its name, its place or its template."""


class AuthError(OmsError):
    """A key or token cannot be made or read."""
