"""The `helpdesk` command: one group a subject. Each subject's own module says what it does."""

from __future__ import annotations

import gettext
import sys
from importlib import import_module
from pathlib import Path

import click

from helpdesk.errors import DomainError

# Subcommand → the module and the name of its command. A command loads only what it needs:
# `helpdesk due` starts without the web framework, `helpdesk snapshot` without a database.
COMMANDS: dict[str, tuple[str, str]] = {
    "archive": ("helpdesk.archive.cli", "archive"),
    "audit": ("helpdesk.archive.audit_cli", "audit"),
    "ca": ("helpdesk.signing.cli", "ca"),
    "calendar": ("helpdesk.calendars.cli", "calendar"),
    "database": ("helpdesk.jobs.cli", "database"),
    "demo": ("helpdesk.demo.preparing", "demo"),
    "due": ("helpdesk.sop.clocks.cli", "due"),
    "health-report": ("helpdesk.documents.health.cli", "health_report"),
    "numbers": ("helpdesk.documents.cli", "numbers"),
    "people": ("helpdesk.accounts.cli", "people"),
    "redact": ("helpdesk.devices.cli", "redact"),
    "run": ("helpdesk.demo.cli", "run"),
    "scheduler": ("helpdesk.jobs.cli", "scheduler"),
    "snapshot": ("helpdesk.devices.cli", "snapshot"),
    "sop": ("helpdesk.documents.sop_cli", "sop"),
    "traps": ("helpdesk.jobs.traps_cli", "traps"),
}


TRANSLATIONS = Path(__file__).with_name("translations")


class LazyGroup(click.Group):
    """A group that imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(cls=LazyGroup)
def helpdesk() -> None:
    """Disposisi: a network helpdesk that executes an official SOP."""


def _in_indonesian(error: DomainError) -> str:
    translate = gettext.translation("messages", TRANSLATIONS, ["id"], fallback=True).gettext
    details = {
        key: translate(value) if isinstance(value, str) and value else value
        for key, value in error.details.items()
    }
    sentence = translate(error.message)
    return sentence % details if details else sentence


def main() -> None:
    """Run the command; a refusal is one sentence in each language and exit code 1."""
    try:
        helpdesk(prog_name="helpdesk")
    except DomainError as error:
        for sentence in dict.fromkeys((_in_indonesian(error), str(error))):
            click.echo(f"helpdesk: {sentence}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
