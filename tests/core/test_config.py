from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_core.config import (
    Config,
    Schema,
    Secret,
    effective,
    load_config,
    refuse_strangers,
    schema_of,
    settings_of,
)
from oms_core.config.schema import ANYTHING, NOTHING
from oms_core.errors import ConfigError


class Rates(msgspec.Struct, frozen=True, kw_only=True):
    """A table inside a plugin's table."""

    share: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.5
    by_name: dict[str, int] = msgspec.field(default_factory=dict)


class HourSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings with one of each kind."""

    percent: Annotated[int, msgspec.Meta(ge=1, le=100)] = 10
    days: list[str] = msgspec.field(default_factory=lambda: ["fri"])
    length: timedelta = timedelta(hours=1)
    folder: Path = Path("hours")
    api_key: Secret = ""
    rates: Rates = msgspec.field(default_factory=Rates)


class Needy(msgspec.Struct, frozen=True, kw_only=True):
    """One setting without a default."""

    address: str


PLUGINS: dict[str, Schema] = {"happy_hour": schema_of(HourSettings), "plain": NOTHING, "broken": ANYTHING}


def configured(tmp_path: Path, toml: str = "", /, **environ: str) -> Config:
    """The settings of a folder with this file; PLUGINS are installed."""
    file = tmp_path / "oms.toml"
    file.write_text(toml)
    return load_config(file=file, environ=environ, plugins=lambda _: PLUGINS)


def hour(config: Config) -> HourSettings:
    settings = settings_of(config, "happy_hour", HourSettings)
    assert settings is not None
    return settings


def test_the_later_source_wins(tmp_path: Path) -> None:
    file = tmp_path / "oms.toml"
    file.write_text("[server]\nhttp_port = 1\ngrpc_port = 1\nhost = 'file'\n")
    environ = {"OMS_SERVER_HTTP_PORT": "2", "OMS_SERVER_GRPC_PORT": "2", "HOME": "ignored"}
    config = load_config(file=file, environ=environ, flags={"server.grpc_port": 3, "server.host": None})
    assert (config.server.host, config.server.http_port, config.server.grpc_port) == ("file", 2, 3)


@pytest.mark.parametrize(
    ("text", "names"), [("one,two", ["one", "two"]), ("one, two", ["one", "two"]), ("", []), ('["a"]', ["a"])]
)
def test_a_list_comes_from_the_environment_too(tmp_path: Path, text: str, names: list[str]) -> None:
    assert configured(tmp_path, OMS_PLUGINS=text).plugins == names


def test_what_a_failure_does_is_set_for_all_and_for_one(tmp_path: Path) -> None:
    config = configured(
        tmp_path, "on_failure = 'degrade'\n[failure]\nplain = 'abort'\n", OMS_FAILURE_HAPPY_HOUR="abort"
    )
    assert (config.on_failure, config.failure) == ("degrade", {"plain": "abort", "happy_hour": "abort"})


def test_a_plugins_settings_come_from_the_environment_too(tmp_path: Path) -> None:
    config = configured(
        tmp_path,
        "[settings.happy_hour]\npercent = 20\nfolder = 'here'\n",
        OMS_SETTINGS_HAPPY_HOUR_PERCENT="30",
        OMS_SETTINGS_HAPPY_HOUR_DAYS="mon, tue",
        OMS_SETTINGS_HAPPY_HOUR_LENGTH="PT30M",
        OMS_SETTINGS_HAPPY_HOUR_RATES_SHARE="0.25",
        OMS_SETTINGS_HAPPY_HOUR_RATES_BY_NAME='{"a": 1}',
    )
    assert hour(config) == HourSettings(
        percent=30,
        days=["mon", "tue"],
        length=timedelta(minutes=30),
        folder=Path("here"),
        rates=Rates(share=0.25, by_name={"a": 1}),
    )


def test_what_others_put_into_the_environment_is_left_alone(tmp_path: Path) -> None:
    """What a client reads, and what Kubernetes makes for Services named ``oms`` and ``oms-http``."""
    config = configured(
        tmp_path,
        OMS_BASE_URL="http://127.0.0.1:8080",
        OMS_TOKEN="a.b.c",
        OMS_PORT="tcp://10.0.0.1:80",
        OMS_SERVICE_HOST="10.0.0.1",
        OMS_SERVICE_PORT_GRPC="90",
        OMS_HTTP_PORT_80_TCP_ADDR="10.0.0.1",
        OMS_SETTINGS_BROKEN_X="its schema is unknown",
    )
    assert list(effective(config, {})) == list(effective(Config(), {}))


def mistakes() -> Iterator[tuple[str, dict[str, str], str]]:
    """The cases of ``golden/mistakes.txt``: a file, variables, and what is said."""
    for case in (Path(__file__).parent / "golden" / "mistakes.txt").read_text().split("===\n"):
        given, _, said = case.partition(">>>\n")
        variables = [line[2:].partition("=") for line in given.splitlines() if line.startswith("$ ")]
        toml = "\n".join(line for line in given.splitlines() if not line.startswith("$ "))
        yield toml, {name: value for name, _, value in variables}, said.rstrip("\n")


@pytest.mark.parametrize(("toml", "environ", "said"), list(mistakes()))
def test_a_mistake_is_named_with_its_source(
    tmp_path: Path, toml: str, environ: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("oms.toml").write_text(toml)
    with pytest.raises(ConfigError) as caught:
        list(effective(load_config(environ=environ, plugins=lambda _: PLUGINS), PLUGINS))
    assert caught.value.code == "CONFIG_INVALID"
    assert str(caught.value) == said


@pytest.mark.parametrize("toml", ["percents = 1", "percent = 101", "rates.share = 0", "api_key = ['pssst']"])
def test_the_settings_class_says_the_same_as_its_schema(tmp_path: Path, toml: str) -> None:
    config = configured(tmp_path, f"[settings.happy_hour]\n{toml}\n")
    with pytest.raises(ConfigError) as by_class:
        hour(config)
    with pytest.raises(ConfigError) as by_schema:
        list(effective(config, PLUGINS))
    assert str(by_class.value) == str(by_schema.value)


leaf_names = st.sampled_from(["server.host", "auth.issuer", "database.url", "settings.happy_hour.folder"])
values = st.dictionaries(leaf_names, st.text("abc", min_size=1))


@given(in_file=values, in_environ=values, in_flags=values)
def test_any_setting_has_the_value_of_its_last_source_and_says_so(
    tmp_path_factory: pytest.TempPathFactory,
    in_file: dict[str, str],
    in_environ: dict[str, str],
    in_flags: dict[str, str],
) -> None:
    file = tmp_path_factory.mktemp("config") / "oms.toml"
    file.write_text("".join(f"{name} = '{value}'\n" for name, value in in_file.items()))
    variables = {"OMS_" + name.upper().replace(".", "_"): value for name, value in in_environ.items()}
    config = load_config(file=file, environ=variables, flags=in_flags, plugins=lambda _: PLUGINS)
    expected = {one.name: (one.default, "default") for one in effective(Config(), PLUGINS)}
    for line, (name, value) in enumerate(in_file.items(), 1):
        expected[name] = (value, f"{file}:{line}")
    for name, value in in_environ.items():
        expected[name] = (value, "OMS_" + name.upper().replace(".", "_"))
    for name, value in in_flags.items():
        expected[name] = (value, f"--{name.rpartition('.')[2]}")
    assert {one.name: (one.value, one.source) for one in effective(config, PLUGINS)} == expected


def test_a_setting_without_a_default_has_to_be_set(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"settings\.needy\.address is not set, and has no default"
    ) as caught:
        settings_of(configured(tmp_path), "needy", Needy)
    assert "OMS_SETTINGS_NEEDY_ADDRESS" in caught.value.hint


def test_one_variable_for_two_settings_is_refused(tmp_path: Path) -> None:
    schema = schema_of(msgspec.defstruct("S", [("hour_percent", int, 1)]))
    with pytest.raises(
        ConfigError, match=r"may mean settings\.happy_hour\.percent or settings\.happy\.hour_percent"
    ):
        load_config(
            environ={"OMS_SETTINGS_HAPPY_HOUR_PERCENT": "1"}, plugins=lambda _: {**PLUGINS, "happy": schema}
        )


@pytest.mark.parametrize("section", ["settings", "failure"])
def test_a_plugin_that_takes_no_part_is_named(tmp_path: Path, section: str) -> None:
    value = "abort" if section == "failure" else {}
    config = Config(**{section: {"plane": value}})
    with pytest.raises(ConfigError, match=f"{section}.plane: no plugin .*\n.*did you mean 'plain'"):
        refuse_strangers(config, PLUGINS)


def test_a_plugin_without_settings_takes_none(tmp_path: Path) -> None:
    config = configured(tmp_path, "[settings.plain]\nx = 1\n")
    with pytest.raises(ConfigError, match=r"oms.toml:2: plugin 'plain' has no settings"):
        settings_of(config, "plain", None)
    assert settings_of(configured(tmp_path), "plain", None) is None


def test_a_file_that_was_asked_for_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(file=tmp_path / "other.toml", environ={})
    assert caught.value.code == "CONFIG_MISSING"


def test_a_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"oms\.toml") as caught:
        configured(tmp_path, "[server\n")
    assert caught.value.code == "CONFIG_SYNTAX"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "oms.toml").mkdir()  # root may read every file, but no folder
    with pytest.raises(ConfigError) as caught:
        load_config(file=tmp_path / "oms.toml", environ={})
    assert caught.value.code == "CONFIG_UNREADABLE"
    assert "oms.toml" in str(caught.value)


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    config = configured(
        tmp_path,
        "[database]\nurl = 'postgresql://me:pa@ss/wo:rd@host/db?password=pssst&x=1'\n"
        "[settings.happy_hour]\napi_key = 'pssst'\n[settings.broken]\nwhatever = 'pssst'\n",
    )
    shown = {one.name: one.value for one in effective(config, PLUGINS)}
    assert shown["database.url"] == "postgresql://me:***@host/db?password=***&x=1"
    assert shown["settings.happy_hour.api_key"] == shown["settings.broken"] == "***"
    assert not re.search("pssst|pa@ss|wo:rd", str(shown))


class Window(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """Keys that are no names in Python, a list of fixed length, and a rule over several keys."""

    opens_at: int = 8
    closes_at: int = 20
    size: tuple[int, int] = (1, 2)

    def __post_init__(self) -> None:
        if self.opens_at > self.closes_at:
            raise ValueError("it opens after it closes")


class Windows(msgspec.Struct, frozen=True, kw_only=True):
    """Windows in a list."""

    window: Window | None = None
    each: list[Window] = []


def test_what_no_name_in_python_can_be_is_a_key_all_the_same(tmp_path: Path) -> None:
    config = configured(tmp_path, "[settings.happy_hour]\nopens-at = 9\n")
    assert settings_of(config, "happy_hour", Window) == Window(opens_at=9)
    shown = {one.name: one.value for one in effective(config, {"happy_hour": schema_of(Window)})}
    assert shown["settings.happy_hour.opens-at"] == 9
    assert shown["settings.happy_hour.size"] == [1, 2]


@pytest.mark.parametrize(
    ("toml", "kind", "place"),
    [
        ("opens-at = 21", Window, "settings.happy_hour"),
        ("window.opens-at = 21", Windows, "settings.happy_hour.window"),
        ("each = [{opens-at = 21}]", Windows, "settings.happy_hour.each"),
    ],
)
def test_a_rule_that_a_settings_class_has_is_said(
    tmp_path: Path, toml: str, kind: type[msgspec.Struct], place: str
) -> None:
    config = configured(tmp_path, f"[settings.happy_hour]\n{toml}\n")
    with pytest.raises(
        ConfigError, match=f"{place} is .*21.*, which does not hold: it opens after it closes"
    ):
        settings_of(config, "happy_hour", kind)
