"""The ``oms`` command: the core's commands, loaded when asked for, and those of plugins."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import version

import click

from oms_core.errors import OmsError

COMMANDS: Mapping[str, str] = {
    "db": "oms_core.cli.db:db",
    "events": "oms_core.cli.events:events",
    "generate": "oms_core.cli.generate:generate",
    "plugins": "oms_core.cli.plugins:plugins",
    "run": "oms_core.cli.run:run",
    "token": "oms_core.cli.token:token",
}
"""Where each of the core's commands lies; a module is imported only when its command is needed."""


class Failure(click.ClickException):
    """An OmsError as a person sees it: what is wrong, what to do next, no traceback."""

    exit_code = 1

    def __init__(self, error: OmsError) -> None:
        super().__init__(str(error))
        self.code = error.code

    def show(self, file: object = None) -> None:  # noqa: ARG002 - click's own signature
        """Print the message and its code on standard error."""
        click.secho(f"Error [{self.code}] ", fg="red", bold=True, nl=False, err=True)
        click.echo(self.message, err=True)


class Commands(click.Group):
    """A group that looks a command up in the core first, then among the plugins."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own signature
        """Return every command's name, the core's and the plugins'."""
        return sorted({*COMMANDS, *plugin_commands()})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        """Return one command; only a name that the core does not know makes plugins load."""
        if place := COMMANDS.get(name):
            module, _, attribute = place.partition(":")
            command = getattr(import_module(module), attribute)
            assert isinstance(command, click.Command)
            return command
        return plugin_commands().get(name)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; an OmsError ends it with its message and exit code 1."""
        try:
            return super().invoke(ctx)
        except OmsError as error:
            raise Failure(error) from error


@functools.cache
def plugin_commands() -> Mapping[str, click.Command]:
    """Return the commands that installed plugins add; raises OmsError when a plugin cannot be imported."""
    # Imported here: a core command must not pay for every plugin.
    from oms_core.plugins.discovery import discover, load  # noqa: PLC0415
    from oms_core.plugins.plugin import hooks  # noqa: PLC0415

    manager = hooks()
    for installed in discover().values():
        manager.register(load(installed), name=installed.name)
    return {command.name or "": command for added in manager.hook.commands() for command in added}


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with:  oms demo    then:  oms plugins list    and:  oms run --help",
)
@click.version_option(version("oms-core"), prog_name="oms")
def main() -> None:
    """Compose, run and look after a system made of plugins."""


if __name__ == "__main__":
    main()
