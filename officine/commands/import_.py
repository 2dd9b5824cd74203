"""`officine import`: articles and shops from files."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from officine.inputs import InputInvalid
from officine.opened import as_operator, group_option
from officine.output import console, json_option, print_facts, print_json, print_rows, progress

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from central.services.group.imports.report import ImportReport
    from central.services.group.imports.service import ImportService

separator_option = click.option("--separator", help="Between the columns. Default: found out.")
encoding_option = click.option("--encoding", help="Such as utf-8 or cp1252. Default: found out.")
notes_option = click.option(
    "--notes", type=click.IntRange(min=0), default=20, show_default=True, help="Warnings and refusals shown."
)


@click.group()
def command() -> None:
    """Import articles and shops from files.

    A whole file is read before the first row is written; the report says what was taken, changed,
    warned and refused, line by line; the same file again changes nothing.

    Example: officine import articles --format bdpm DIRECTORY
    """


@command.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--format",
    "file_format",
    type=click.Choice(("bdpm", "csv")),
    default="csv",
    show_default=True,
    help="bdpm: the directory of the French public medicines database. csv: any delimited file.",
)
@click.option(
    "--rules",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Columns and article classes, for csv (see `officine import class-rules`).",
)
@separator_option
@encoding_option
@click.option(
    "--country",
    metavar="CC",
    help="Only give the articles that are there, by their codes, their legal class in this country.",
)
@click.option(
    "--decimal",
    type=click.Choice(("auto", ".", ",")),
    default="auto",
    show_default=True,
    help="Decimal sign of the prices.",
)
@notes_option
@group_option
@json_option
@click.pass_context
def articles(
    ctx: click.Context,
    path: Path,
    file_format: str,
    rules: Path | None,
    separator: str | None,
    encoding: str | None,
    decimal: str,
    country: str | None,
    notes: int,
    group_id: str | None,
    as_json: bool,
) -> None:
    """Import articles with codes, legal classes and prices from PATH.

    The classes are those of the group's country. For shops in another one import its classes by --country:
    an article without a class there neither earns nor is discounted.

    Examples:
      officine import articles --format bdpm raw_bdpm/
      officine import articles --format bdpm raw_bdpm/ --country FR
      officine import articles --rules my_rules.toml articles.csv
    """
    from central.gateways.article_csv import CsvOptions

    if file_format == "bdpm" and not path.is_dir():
        raise InputInvalid(where=str(path), why="--format bdpm takes the directory that holds the files.")
    if file_format == "csv" and path.is_dir():
        raise InputInvalid(where=str(path), why="--format csv takes a file.")

    with progress(as_json=as_json) as on_progress:

        async def work(services: "Services", actor: "Actor") -> "ImportReport":
            importer = _importer(services)
            if file_format == "bdpm":
                return await importer.import_bdpm(actor, path, on_progress, country=country)
            options = CsvOptions(separator=separator, encoding=encoding, decimal=decimal)  # type: ignore[arg-type]
            return await importer.import_csv(
                actor, path, rules=rules, options=options, on_progress=on_progress, country=country
            )

        report = as_operator(ctx.obj, group_id, work)
    _print_report(report, notes, as_json=as_json)


@command.command()
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--country", metavar="CC", help="Of shops whose row names none. Default: the group's.")
@click.option("--time-zone", metavar="ZONE", help="Of shops whose row names none. Default: the country's.")
@separator_option
@encoding_option
@notes_option
@group_option
@json_option
@click.pass_context
def shops(
    ctx: click.Context,
    path: Path,
    country: str | None,
    time_zone: str | None,
    separator: str | None,
    encoding: str | None,
    notes: int,
    group_id: str | None,
    as_json: bool,
) -> None:
    """Import shops from a delimited file.

    Needed columns: name, and shop_id or osm_id. Also read: street, housenumber, postcode, city, phone,
    website, opening_hours, latitude, longitude, country, time_zone, finess.

    Example: officine import shops pharmacies.csv --country FR
    """
    from central.gateways.shop_csv import ShopCsvOptions

    with progress(as_json=as_json) as on_progress:

        async def work(services: "Services", actor: "Actor") -> "ImportReport":
            own_country = country or (await services.groups.get_group(actor)).country
            options = ShopCsvOptions(
                country=own_country, time_zone=time_zone, separator=separator, encoding=encoding
            )
            return await _importer(services).import_shops(
                actor, path, options=options, on_progress=on_progress
            )

        report = as_operator(ctx.obj, group_id, work)
    _print_report(report, notes, as_json=as_json)


@command.command("class-rules")
def class_rules() -> None:
    """Print the shipped rules that give an article of a csv file its legal class: copy and change them.

    Example: officine import class-rules > my_rules.toml
    """
    from central.gateways.class_rules import default_text

    sys.stdout.write(default_text())


def _importer(services: "Services") -> "ImportService":
    from central.services.group.imports.service import ImportService

    return ImportService(services.groups, services.articles, services.shops)


def _print_report(report: "ImportReport", notes: int, *, as_json: bool) -> None:
    from central.services.group.imports.report import facts_of, rows_of

    if as_json:
        print_json(report)
        return
    print_facts(f"Import of {report.what} ({report.format})", facts_of(report))
    rows = rows_of(report, notes)
    if rows:
        print_rows("", ("Line", "Kind", "Code", "What"), rows)
    if len(report.notes) > len(rows):
        console().print(f"[dim]{len(report.notes) - len(rows)} more notes: --notes or --json shows them.[/]")
