"""`officine central`: the central service."""

import dataclasses

import click

from officine.logs import LEVELS
from officine.programs import settings_of
from officine.running import run_program


@click.group()
def command() -> None:
    """Run the central service.

    Example: OFFICINE_DATABASE=sqlite:///central.db officine central run
    """


@command.command("run")
@click.option("--log-level", type=click.Choice(LEVELS), help="Default: as the settings say (info).")
@click.pass_context
def run_central(ctx: click.Context, log_level: str | None) -> None:
    """Run central until Ctrl-C: the JSON API under /api/v1, /healthz, /readyz, /metrics.

    The database is made when there is none; the first group comes with `officine group create`.

    Example: officine --config officine.toml central run
    """
    from central.app import run
    from central.settings import SecretsFileBroken
    from officine.logs import log_what_ends_the_program, set_up_logs
    from officine.opened import outlets_for
    from officine.settings import SettingsInvalid

    settings = settings_of("central", ctx.obj)
    if log_level is not None:
        settings = dataclasses.replace(settings, log_level=log_level)
    outlets = outlets_for(ctx.obj)
    set_up_logs(settings.log_level)
    log_what_ends_the_program()
    try:
        address = f"{settings.host}:{settings.port}"
        run_program(run(settings, outlets=outlets), address=address, setting="[central] port", is_fast=True)
    except SecretsFileBroken as error:
        raise SettingsInvalid(where="[central] secrets_file", why=str(error)) from error
