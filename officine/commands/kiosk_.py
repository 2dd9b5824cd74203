"""`officine kiosk`: the kiosk, its fonts, its contact sheet."""

import asyncio
from pathlib import Path

import click

from officine.commands.kiosk_watch import watch
from officine.logs import LEVELS
from officine.output import console, die, json_option, print_json, progress
from officine.programs import is_configured, settings_of

DIRECTORY = click.Path(file_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """Run the kiosk; see one from afar; build its fonts; draw its contact sheet.

    Example: officine --config officine.toml kiosk run
    """


@command.command("run")
@click.option("--log-level", type=click.Choice(LEVELS), default="info", show_default=True)
@click.pass_context
def run_kiosk(ctx: click.Context, log_level: str) -> None:
    """Run the kiosk until Ctrl-C or its window is closed; without a display it draws off-screen.

    Example: officine --config officine.toml kiosk run
    """
    from officine.logs import log_what_ends_the_program, set_up_logs

    settings = settings_of("kiosk", ctx.obj)
    set_up_logs(log_level)
    log_what_ends_the_program()
    from kiosk.app import run

    asyncio.run(run(settings))


@command.command()
@click.option("--directory", type=DIRECTORY, help="Where to keep them. Default: as the settings say.")
@json_option
@click.pass_context
def fonts(ctx: click.Context, directory: Path | None, as_json: bool) -> None:
    """Cut the kiosk's fonts out of their packages: about 15 s, at once when they are there.

    Example: officine kiosk fonts
    """
    from kiosk.assets import fonts as cutting

    place = directory or fonts_directory(ctx.obj)
    was_built = cutting.is_built(place)
    with progress(as_json=as_json) as on_progress:
        built = cutting.build(place, lambda done, total, _what: on_progress("Fonts", done, total))
    if as_json:
        print_json({"directory": str(built), "was_built": was_built})
    else:
        console().print(f"{'Already there' if was_built else 'Built'}: {built}", soft_wrap=True)


@command.command("contact-sheet")
@click.option(
    "--output", type=DIRECTORY, default=Path("build/contact-sheet"), show_default=True, help="Where to draw."
)
@click.option("--scene", "prefixes", multiple=True, help="Only scenes that begin so; as often as you like.")
@click.option(
    "--language", "languages", multiple=True, help="Only this one, such as fr; as often as you like."
)
@click.option("--size", "sizes", multiple=True, help="Only this one, such as 800x480; as often as you like.")
@click.option("--mode", "modes", multiple=True, help="Only this one, such as large; as often as you like.")
@json_option
def contact_sheet(
    output: Path,
    prefixes: tuple[str, ...],
    languages: tuple[str, ...],
    sizes: tuple[str, ...],
    modes: tuple[str, ...],
    as_json: bool,
) -> None:
    """Draw every screen in every language, size and mode on one page, which shows any choice of them.

    Beside the page lie sheets, many screens on one picture: sheet-SIZE-LANGUAGE-plain.png for each size and
    language; and for each size and mode (large type, high contrast, left hand, low, all of them)
    sheet-SIZE-LANGUAGE-MODE.png in the first of the languages alone.

    Example: officine kiosk contact-sheet --scene member --language fr --mode large
    """
    from kiosk.contact_sheet import UnknownChoice, chosen, write

    try:
        choice = chosen(scenes=prefixes, languages=languages, sizes=sizes, modes=modes)
    except UnknownChoice as error:
        die("unknown_choice", str(error), as_json=as_json)
    with progress(as_json=as_json) as on_progress:
        page = write(output, lambda done, total, _what: on_progress("Screens", done, total), choice=choice)
    if as_json:
        print_json({"page": str(page.resolve()), "pictures": choice.count})
    else:
        console().print(f"Open {page.resolve()}", soft_wrap=True)


command.add_command(watch)


def fonts_directory(config: str | None) -> Path:
    """Where the fonts are kept: as the kiosk's settings say, else the user's cache."""
    from kiosk.assets.fonts import default_directory

    named: Path | None = settings_of("kiosk", config).fonts_dir if is_configured("kiosk", config) else None
    return named or default_directory()
