"""Flags that several commands share, and what they make of the settings."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import click

from oms_core.config import Config, load_config

P = ParamSpec("P")
R = TypeVar("R")


def with_config(command: Callable[Concatenate[Config, P], R]) -> Callable[P, R]:
    """Add ``--config`` and ``--data``, and call the command with the settings they lead to."""

    @click.option("--config", type=click.Path(path_type=Path), help="Settings file. [default: oms.toml here]")
    @click.option("--data", type=click.Path(path_type=Path), help="Data folder. [default: .oms]")
    @functools.wraps(command)
    def with_settings(*args: P.args, **kwargs: P.kwargs) -> R:
        file, data = kwargs.pop("config"), kwargs.pop("data")
        assert file is None or isinstance(file, Path)
        config = load_config(file=file, environ=os.environ, flags={"data": data and str(data)})
        return command(config, *args, **kwargs)

    return with_settings


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
