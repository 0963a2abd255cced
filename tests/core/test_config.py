from __future__ import annotations

from pathlib import Path

import pytest

from oms_core.config import load_config
from oms_core.errors import ConfigError


def test_the_later_source_wins(tmp_path: Path) -> None:
    file = tmp_path / "oms.toml"
    file.write_text("[server]\nhttp_port = 1\ngrpc_port = 1\nhost = 'file'\n")
    environ = {"OMS_SERVER_HTTP_PORT": "2", "OMS_SERVER_GRPC_PORT": "2", "HOME": "ignored"}
    config = load_config(file=file, environ=environ, flags={"server.grpc_port": 3, "server.host": None})
    assert (config.server.host, config.server.http_port, config.server.grpc_port) == ("file", 2, 3)


def test_a_list_comes_from_the_environment_too(tmp_path: Path) -> None:
    (tmp_path / "oms.toml").write_text("")
    config = load_config(file=tmp_path / "oms.toml", environ={"OMS_PLUGINS": "one,two"})
    assert config.plugins == ["one", "two"]


@pytest.mark.parametrize(
    ("text", "code", "named"),
    [
        ("[server]\nhttp_prot = 1\n", "CONFIG_INVALID", "http_prot"),
        ("[server]\nhttp_port = 'x'\n", "CONFIG_INVALID", "http_port"),
        ("[server\n", "CONFIG_SYNTAX", "oms.toml"),
        ("server = 3\n", "CONFIG_INVALID", "server"),
        ("[server]\nhttp_port = 70000\n", "CONFIG_INVALID", "http_port"),
        ("[server]\ndrain_seconds = -1\n", "CONFIG_INVALID", "drain_seconds"),
        ("[database]\npool_size = 0\n", "CONFIG_INVALID", "pool_size"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, code: str, named: str) -> None:
    file = tmp_path / "oms.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(file=file, environ={})
    assert caught.value.code == code
    assert named in str(caught.value)


def test_a_file_that_was_asked_for_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(file=tmp_path / "other.toml", environ={})
    assert caught.value.code == "CONFIG_MISSING"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "oms.toml").mkdir()  # root may read every file, but no folder
    with pytest.raises(ConfigError) as caught:
        load_config(file=tmp_path / "oms.toml", environ={})
    assert caught.value.code == "CONFIG_UNREADABLE"
    assert "oms.toml" in str(caught.value)
