"""Flags that several commands share, and what they make of the settings."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import click

from oms_core.config import Config, Schema, load_config

P = ParamSpec("P")
R = TypeVar("R")

FLAGS = {
    "data": "data",
    "host": "server.host",
    "http_port": "server.http_port",
    "grpc_port": "server.grpc_port",
    "bundle": "bundle",
}
"""The setting behind each flag."""


def with_config(command: Callable[Concatenate[Config, P], R]) -> Callable[P, R]:
    """Add ``--config`` and ``--data``, and call the command with the settings they lead to."""

    @click.option("--config", type=click.Path(path_type=Path), help="Settings file. [default: oms.toml here]")
    @click.option("--data", type=click.Path(), help="Data folder. [default: .oms]")
    @functools.wraps(command)
    def with_settings(*args: P.args, **kwargs: P.kwargs) -> R:
        file = kwargs.pop("config")
        assert file is None or isinstance(file, Path)
        flags = {setting: kwargs.pop(flag) for flag, setting in FLAGS.items() if flag in kwargs}
        config = load_config(file=file, environ=os.environ, flags=flags, plugins=_schemas)
        return command(config, *args, **kwargs)

    return with_settings


def listening(command: Callable[P, R]) -> Callable[P, R]:
    """Add the flags that say where to listen; they become settings, so this stands below ``with_config``."""
    for option in (
        click.option("--grpc-port", type=click.IntRange(1, 65535), help="Port for gRPC. [default: 9090]"),
        click.option("--http-port", type=click.IntRange(1, 65535), help="Port for REST. [default: 8080]"),
        click.option("--host", help="Address to listen on. [default: 127.0.0.1]"),
    ):
        command = option(command)
    return command


def _schemas(names: Collection[str] | None) -> Mapping[str, Schema]:
    # Imported here: only a variable that speaks of a plugin needs it.
    from oms_core.plugins.settings import settings_schemas  # noqa: PLC0415

    return settings_schemas(names)


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
