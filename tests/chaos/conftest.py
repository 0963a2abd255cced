"""What the campaign needs of the machine."""

from __future__ import annotations

import os

import pytest

from tests.chaos.rabbit import SCRIPTS


@pytest.fixture(autouse=True)
def rabbitmq_server() -> None:
    """Look for RabbitMQ's own programs; without them, CI fails and a laptop skips."""
    if SCRIPTS is None:
        absent = "no rabbitmq-server to start and kill on this machine: apt-get install rabbitmq-server"
        if os.environ.get("CI"):
            pytest.fail(absent)
        pytest.skip(absent)
