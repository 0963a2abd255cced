"""What an operator may set."""

from __future__ import annotations

from typing import Annotated

import msgspec


class {{ cookiecutter.__Plugin }}Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table ``[settings.{{ cookiecutter.name }}]``."""

    percent_off: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0
    """Percent that are taken off every order."""
