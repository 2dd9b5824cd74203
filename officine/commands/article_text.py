"""`officine article text`: what kiosks tell of an article beside its name and price."""

from typing import TYPE_CHECKING

import click

from officine.inputs import to_body
from officine.opened import as_operator, group_option
from officine.output import json_option, print_facts, print_json

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire.api_packs import ArticleTextView


@click.command()
@click.argument("code", metavar="CODE")
@click.option(
    "--text", "told", nargs=2, multiple=True, metavar="LANGUAGE TEXT", help="What is said in a language."
)
@group_option
@json_option
@click.pass_context
def text(
    ctx: click.Context, code: str, told: tuple[tuple[str, str], ...], group_id: str | None, as_json: bool
) -> None:
    """Say what kiosks tell of an article (docs/kiosk.md): all languages at once; without any, nothing.

    Example: officine article text 7612345678900 --text fr "Bien agiter." --text de "Gut schütteln."
    """

    async def work(services: "Services", actor: "Actor") -> "ArticleTextView":
        from wire.api_packs import ArticleTextBody

        article = await services.articles.get_article_by_code(actor, code)
        body = to_body(ArticleTextBody, texts=dict(told))
        return (await services.visits.packs.put_text(actor, article.article_id, body))[0]

    view = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(view)
    else:
        print_facts(f"Article {view.article_id}", dict(view.texts) or {"text": "none"})
