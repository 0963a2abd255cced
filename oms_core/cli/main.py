"""The ``oms`` command: the core's commands, loaded when asked for, and those of plugins.

Help and completion are read from a table and from manifests: nothing that runs is imported for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import click

from oms_core.cli.plugin_commands import PluginCommands
from oms_core.errors import OmsError

COMMANDS: Mapping[str, tuple[str, str]] = {
    "breaking": (
        "oms_core.cli.breaking:breaking",
        "Compare the contract with what it was, and exit with 1 when somebody would be broken.",
    ),
    "config": ("oms_core.cli.config:config", "Look at the settings."),
    "db": ("oms_core.cli.db:db", "Look after the database."),
    "events": ("oms_core.cli.events:events", "Look after events."),
    "generate": (
        "oms_core.cli.generate:generate",
        "Turn .proto files into code, and write the manifest of each plugin.",
    ),
    "health": (
        "oms_core.cli.health:health",
        "Ask the process on this machine whether it is ready, and exit with 1 when it is not.",
    ),
    "new": ("oms_core.cli.new:new", "Write new projects that work at once."),
    "plugins": ("oms_core.cli.plugins:plugins", "Look at the plugins."),
    "processes": ("oms_core.cli.processes:processes", "Look at process managers."),
    "run": (
        "oms_core.cli.run:run",
        "Serve the plugins over REST and gRPC until Ctrl-C; running calls are finished first.",
    ),
    "token": ("oms_core.cli.token:token", "Make and read tokens."),
}
"""Where each of the core's commands lies, and its line of help."""


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
        return sorted({*COMMANDS, *PluginCommands.installed().helps})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        """Return one command, imported; a plugin's only when the core has none of that name."""
        if name in COMMANDS:
            module, _, attribute = COMMANDS[name][0].partition(":")
            command = getattr(import_module(module), attribute)
            assert isinstance(command, click.Command)
            return command
        return PluginCommands.installed().command(name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write every command with its line of help, and what plugins could not say."""
        plugins = PluginCommands.installed()
        helps = {**plugins.helps, **{name: line for name, (_, line) in COMMANDS.items()}}
        limit = formatter.width - 6 - max(map(len, helps))
        rows = [
            (name, click.Command(name, help=helps[name]).get_short_help_str(limit)) for name in sorted(helps)
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)
        notes = [*plugins.notes, *(_shadowed(name) for name in sorted({*COMMANDS} & {*plugins.helps}))]
        if notes:
            with formatter.section("Not shown"):
                formatter.write_dl([(note, "") for note in notes])

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; an OmsError ends it with its message and exit code 1."""
        try:
            return super().invoke(ctx)
        except OmsError as error:
            raise Failure(error) from error


def _shadowed(name: str) -> str:
    return f"a plugin's command {name!r}: the core has one of that name"


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with:  oms demo    then:  oms plugins list    and:  oms run --help",
)
@click.version_option(package_name="oms-core", prog_name="oms")
def main() -> None:
    """Compose, run and look after a system made of plugins."""


if __name__ == "__main__":
    main()
