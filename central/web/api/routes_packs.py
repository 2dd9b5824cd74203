"""Operations on scanned packs, texts of articles and stock of shops; a part of the one table in `routes`."""

from typing import Final

from central.services.core import access
from central.services.group import articles, shops
from central.web.api.refusals import CARD_REFUSED
from central.web.api.route import Answer, Call, Route
from wire import api_packs


async def ask_pack(call: Call) -> Answer:
    """What a scanned pack is, costs and earns whoever stands there; nothing of it is kept."""
    return Answer(await call.services.visits.packs.ask(call.actor, call.body))


async def put_article_text(call: Call) -> Answer:
    """Say what kiosks tell of an article, by language; none takes it away."""
    view, _ = await call.services.visits.packs.put_text(call.actor, call.path["article_id"], call.body)
    return Answer(view)


async def put_stock(call: Call) -> Answer:
    """What a shop's stock system says of its articles; an older word than the known one is left out."""
    return Answer(await call.services.visits.packs.put_stock(call.actor, call.path["shop_id"], call.body))


_PREFIX: Final = "/api/v1"

PACK_ROUTES: Final = (
    Route(
        method="POST",
        path=f"{_PREFIX}/packs",
        operation="ask_pack",
        tag="articles",
        permission=access.SALES_TELL,
        handler=ask_pack,
        body=api_packs.AskPackBody,
        answer=api_packs.PackView,
        errors=(
            *CARD_REFUSED,
            articles.ArticleNotFound,
            access.ShopMissing,
            access.ShopNotYours,
            shops.ShopNotFound,
        ),
    ),
    Route(
        method="PUT",
        path=f"{_PREFIX}/articles/{{article_id}}/text",
        operation="put_article_text",
        tag="articles",
        permission=access.ARTICLES_WRITE,
        handler=put_article_text,
        body=api_packs.ArticleTextBody,
        answer=api_packs.ArticleTextView,
        errors=(articles.ArticleNotFound,),
    ),
    Route(
        method="PUT",
        path=f"{_PREFIX}/shops/{{shop_id}}/stock",
        operation="put_stock",
        tag="articles",
        permission=access.ARTICLES_WRITE,
        handler=put_stock,
        body=api_packs.StockBody,
        answer=api_packs.StockTakenView,
        errors=(shops.ShopNotFound, access.ShopNotYours),
    ),
)
