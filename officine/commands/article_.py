"""`officine article`: articles of a group, and what the law of each country calls them."""

from typing import TYPE_CHECKING

import click

from officine.commands import article_text
from officine.opened import as_operator, group_option, with_currency
from officine.output import json_option, print_facts, print_json
from officine.shown import amount, moment

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire import api_catalogue


@click.group()
def command() -> None:
    """Show articles by their code, and give them their legal class in a country.

    Example: officine article show 7612345678900
    """


@command.command()
@click.argument("code", metavar="CODE")
@group_option
@json_option
@click.pass_context
def show(ctx: click.Context, code: str, group_id: str | None, as_json: bool) -> None:
    """Show the article that carries a code.

    Example: officine article show 7612345678900
    """
    found = as_operator(
        ctx.obj,
        group_id,
        with_currency(lambda services, actor: services.articles.get_article_by_code(actor, code)),
    )
    _print(*found, as_json=as_json)


@command.command("class")
@click.argument("code", metavar="CODE")
@click.argument("article_class", metavar="CLASS")
@click.option("--country", metavar="CC", required=True, help="Where it has this class, such as FR.")
@group_option
@json_option
@click.pass_context
def classify(
    ctx: click.Context, code: str, article_class: str, country: str, group_id: str | None, as_json: bool
) -> None:
    """Give an article its legal class in a country, from now on; tickets of before keep theirs.

    Many at once: officine import articles FILE --country FR

    Example: officine article class 3400930000001 medicine_otc --country FR
    """

    async def work(services: "Services", actor: "Actor") -> "api_catalogue.ArticleView":
        article = await services.articles.get_article_by_code(actor, code)
        return await services.articles.classify_one(actor, article.article_id, country, article_class)

    _print(*as_operator(ctx.obj, group_id, with_currency(work)), as_json=as_json)


command.add_command(article_text.text)


def _print(view: "api_catalogue.ArticleView", currency: str, *, as_json: bool) -> None:
    if as_json:
        print_json(view)
        return
    tax = "not known" if view.tax_rate_bp is None else f"{view.tax_rate_bp / 100:.2f} %"
    elsewhere = [f"{country}: {name}" for country, name in sorted(view.country_classes.items())]
    print_facts(
        f"Article {view.article_id}",
        {
            "name": view.name,
            "codes": ", ".join(view.codes),
            "class": view.article_class,
            "class elsewhere": ", ".join(elsewhere) or None,
            "brand": view.brand,
            "range": view.range,
            "price": amount(view.price_minor, currency),
            "tax in the price": tax,
            "version": view.version,
            "recorded": moment(view.recorded_ms),
        },
    )
