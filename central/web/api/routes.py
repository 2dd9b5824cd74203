"""The one table of operations under /api/v1: routing, permissions and OpenAPI all come from here."""

from typing import Final

from central.services.cards import cards
from central.services.core import access, clock
from central.services.core import requests as tickets
from central.services.core import sealed_people as people
from central.services.core.group import GroupNotFound
from central.services.group import articles, shops
from central.services.group.themes import ThemeIllegible
from central.services.members import identify, members
from central.services.tickets import (
    as_quoted,
    late,
    line_keys,
    quote_ids,
    redeeming,
    replaced,
    returns,
    sales,
    terms,
)
from central.services.tickets.leases import granting, settling
from central.services.tickets.tenders import paying
from central.storage.base import GuardFailed, IdempotencyConflict
from central.web.api import handlers
from central.web.api.refusals import CARD_REFUSED, TENDER_REFUSED
from central.web.api.route import Route
from central.web.api.routes_card_proofs import CARD_PROOF_ROUTES
from central.web.api.routes_carers import CARER_ROUTES
from central.web.api.routes_counter import COUNTER_ROUTES
from central.web.api.routes_details import DETAILS_ROUTES
from central.web.api.routes_forward import FORWARD_ROUTES
from central.web.api.routes_games import GAME_ROUTES
from central.web.api.routes_incidents import INCIDENT_ROUTES
from central.web.api.routes_join import JOIN_ROUTES
from central.web.api.routes_leases import LEASE_ROUTES
from central.web.api.routes_lost_cards import LOST_CARD_ROUTES
from central.web.api.routes_merges import MERGE_ROUTES
from central.web.api.routes_messages import MESSAGE_ROUTES
from central.web.api.routes_my_value import MY_VALUE_ROUTES
from central.web.api.routes_offline import OFFLINE_ROUTES, sealed_twins
from central.web.api.routes_packs import PACK_ROUTES
from central.web.api.routes_pairing import PAIRING_ROUTES
from central.web.api.routes_papers import PAPER_ROUTES
from central.web.api.routes_parties import PARTY_ROUTES
from central.web.api.routes_pharmacists import PHARMACIST_ROUTES
from central.web.api.routes_phone_cards import PHONE_CARD_ROUTES
from central.web.api.routes_posters import POSTER_ROUTES
from central.web.api.routes_profiles import PROFILE_ERRORS, PROFILE_ROUTES
from central.web.api.routes_replacements import REPLACEMENT_ROUTES
from central.web.api.routes_segments import SEGMENT_ROUTES
from central.web.api.routes_settlement import SETTLEMENT_ROUTES
from central.web.api.routes_shop_messages import SHOP_MESSAGE_ROUTES
from central.web.api.routes_shop_pages import SHOP_PAGE_ROUTES
from central.web.api.routes_stored_value import STORED_VALUE_ROUTES
from central.web.api.routes_support import SUPPORT_ROUTES
from central.web.api.routes_tiers import TIER_ROUTES
from central.web.api.routes_tills import TILL_ROUTES
from central.web.api.routes_traits import TRAIT_ROUTES
from central.web.api.routes_value import PREFIX, VALUE_ROUTES
from loyalty.ledger import lots, reversal
from loyalty.pricing import basket
from loyalty.programme import card, counter, latitude, member, pin, voucher
from wire import api, api_catalogue, api_members, api_sales, offline_basket

__all__ = ["PREFIX", "ROUTES"]

_BASKET: Final = (
    shops.ShopNotFound,
    access.ShopNotYours,
    access.ShopMissing,
    terms.CurrencyMismatch,
    terms.ArticleNotPriced,
    voucher.VoucherCodeInvalid,
    voucher.VoucherUnknown,
    voucher.VoucherUsed,
    voucher.VoucherHeld,
    voucher.VoucherExpired,
    voucher.VoucherTakenBack,
    voucher.VoucherOfAnother,
    latitude.ReasonMissing,
    latitude.NothingToDiscount,
    latitude.LatitudeExceeded,
    basket.LineNumberTwice,
    basket.QuantityOutOfRange,
    basket.AmountOutOfRange,
    basket.BasketSizeInvalid,
)
_QUOTED: Final = (quote_ids.QuoteInvalid, quote_ids.QuoteMismatch, quote_ids.QuoteExpired)
_REDEEMED: Final = (
    redeeming.RedeemingNeedsMember,
    redeeming.RedeemingNotOffered,
    redeeming.RedeemingNotInSteps,
    redeeming.RedeemingTooMuch,
    lots.BalanceTooLow,
)
_TICKET: Final = (
    IdempotencyConflict,
    tickets.ClockSkew,
    tickets.OccurredAhead,
    tickets.TicketTooOld,
    tickets.TryAgain,
)

_PLAIN: Final = (
    Route(
        method="GET",
        path=f"{PREFIX}/group",
        operation="get_group",
        tag="group",
        permission=access.GROUP_READ,
        handler=handlers.get_group,
        answer=api_catalogue.GroupView,
        errors=(GroupNotFound,),
    ),
    Route(
        method="PUT",
        path=f"{PREFIX}/group/theme",
        operation="put_theme",
        tag="group",
        permission=access.PROGRAMME_WRITE,
        handler=handlers.put_theme,
        body=api_catalogue.ThemeBody,
        answer=api_catalogue.ThemeView,
        errors=(GroupNotFound, ThemeIllegible, IdempotencyConflict),
    ),
    Route(
        method="GET",
        path=f"{PREFIX}/shops",
        operation="list_shops",
        tag="shops",
        permission=access.GROUP_READ,
        handler=handlers.list_shops,
        answer=api_catalogue.ShopListView,
    ),
    Route(
        method="GET",
        path=f"{PREFIX}/shops/{{shop_id}}",
        operation="get_shop",
        tag="shops",
        permission=access.GROUP_READ,
        handler=handlers.get_shop,
        answer=api_catalogue.ShopView,
        errors=(shops.ShopNotFound,),
    ),
    Route(
        method="PUT",
        path=f"{PREFIX}/shops/{{shop_id}}",
        operation="put_shop",
        tag="shops",
        permission=access.SHOPS_WRITE,
        handler=handlers.put_shop,
        body=api_catalogue.ShopBody,
        answer=api_catalogue.ShopView,
        errors=(clock.UnknownTimeZone,),
    ),
    Route(
        method="GET",
        path=f"{PREFIX}/articles",
        operation="list_articles",
        tag="articles",
        permission=access.ARTICLES_READ,
        handler=handlers.list_articles,
        query=handlers.ArticlesQuery,
        answer=api_catalogue.ArticleListView,
    ),
    Route(
        method="GET",
        path=f"{PREFIX}/articles/by-code/{{code}}",
        operation="get_article_by_code",
        tag="articles",
        permission=access.ARTICLES_READ,
        handler=handlers.get_article_by_code,
        answer=api_catalogue.ArticleView,
        errors=(articles.ArticleNotFound,),
    ),
    Route(
        method="GET",
        path=f"{PREFIX}/articles/{{article_id}}",
        operation="get_article",
        tag="articles",
        permission=access.ARTICLES_READ,
        handler=handlers.get_article,
        answer=api_catalogue.ArticleView,
        errors=(articles.ArticleNotFound,),
    ),
    Route(
        method="PUT",
        path=f"{PREFIX}/articles/{{article_id}}",
        operation="put_article",
        tag="articles",
        permission=access.ARTICLES_WRITE,
        handler=handlers.put_article,
        body=api_catalogue.ArticleBody,
        answer=api_catalogue.ArticleView,
        errors=(articles.UnknownArticleClass, articles.OwnCountryClass, IdempotencyConflict),
    ),
    Route(
        method="PUT",
        path=f"{PREFIX}/articles/{{article_id}}/classes/{{country}}",
        operation="classify_article",
        tag="articles",
        permission=access.ARTICLES_WRITE,
        handler=handlers.classify_article,
        body=api_catalogue.ArticleClassBody,
        answer=api_catalogue.ArticleView,
        errors=(articles.UnknownArticleClass, articles.CountryUnknown, articles.ArticleNotFound, GuardFailed),
    ),
    Route(
        method="GET",
        path=f"{PREFIX}/articles/{{article_id}}/prices",
        operation="list_prices",
        tag="articles",
        permission=access.ARTICLES_READ,
        handler=handlers.list_prices,
        answer=api_catalogue.PriceHistoryView,
        errors=(articles.ArticleNotFound,),
    ),
    Route(
        method="POST",
        path=f"{PREFIX}/articles/{{article_id}}/prices",
        operation="put_price",
        tag="articles",
        permission=access.ARTICLES_WRITE,
        handler=handlers.put_price,
        body=api_catalogue.PriceBody,
        answer=api_catalogue.PriceHistoryView,
        errors=(articles.ArticleNotFound,),
    ),
    Route(
        method="POST",
        path=f"{PREFIX}/identify",
        operation="identify",
        tag="cards",
        permission=access.IDENTIFY,
        handler=handlers.identify,
        body=api.IdentifyBody,
        answer=api.IdentifyView,
        errors=(
            *CARD_REFUSED,
            identify.StaffCardShown,
            pin.PinInvalid,
            pin.PinMissing,
            pin.PinWrong,
            pin.PinLocked,
            tickets.TryAgain,
        ),
    ),
    Route(
        method="POST",
        path=f"{PREFIX}/members",
        operation="enrol",
        tag="members",
        permission=access.MEMBERS_WRITE,
        handler=handlers.enrol,
        body=api_members.MemberBody,
        answer=api_members.MemberPersonView,
        errors=(IdempotencyConflict, shops.ShopNotFound, member.EnrolmentInvalid, *PROFILE_ERRORS),
        is_repeatable=True,
    ),
    Route(
        method="GET",
        path=f"{PREFIX}/members/{{member_id}}",
        operation="get_member",
        tag="members",
        permission=access.MEMBERS_READ,
        handler=handlers.get_member,
        answer=api_members.MemberPersonView,
        errors=(people.MemberNotFound,),
    ),
    Route(
        method="GET",
        path=f"{PREFIX}/members/{{member_id}}/balance",
        operation="get_balance",
        tag="members",
        permission=access.MEMBERS_READ,
        handler=handlers.get_balance,
        answer=api_members.BalanceView,
        errors=(people.MemberNotFound,),
    ),
    Route(
        method="GET",
        path=f"{PREFIX}/members/{{member_id}}/tickets",
        operation="list_tickets",
        tag="members",
        permission=access.MEMBERS_READ,
        handler=handlers.list_tickets,
        query=handlers.TicketsQuery,
        answer=api_members.PageView,
        errors=(people.MemberNotFound, members.InvalidCursor),
    ),
    Route(
        method="POST",
        path=f"{PREFIX}/cards",
        operation="put_card",
        tag="cards",
        permission=access.CARDS_WRITE,
        handler=handlers.put_card,
        body=api_members.CardBody,
        answer=api_members.CardView,
        errors=(IdempotencyConflict, people.MemberNotFound, people.MemberMerged, cards.MemberMissing),
        is_repeatable=True,
    ),
    Route(
        method="POST",
        path=f"{PREFIX}/cards/find",
        operation="find_card",
        tag="cards",
        permission=access.CARDS_READ,
        handler=handlers.find_card,
        body=api_members.FindCardBody,
        answer=api_members.CardView,
        errors=(card.UnknownCard,),
    ),
    Route(
        method="POST",
        path=f"{PREFIX}/cards/block",
        operation="block_card",
        tag="cards",
        permission=access.CARDS_BLOCK,
        handler=handlers.block_card,
        body=api_members.BlockBody,
        answer=api_members.CardView,
        errors=(card.UnknownCard, card.CardMoveRefused, GuardFailed),
    ),
    Route(
        method="POST",
        path=f"{PREFIX}/cards/validate",
        operation="validate_card",
        tag="cards",
        permission=access.CARDS_WRITE,
        handler=handlers.validate_card,
        body=api_members.ValidateBody,
        answer=api_members.CardView,
        errors=(
            card.UnknownCard,
            card.CardMoveRefused,
            card.CardStaysBlocked,
            cards.CardTaken,
            cards.MemberMissing,
            people.MemberNotFound,
            people.MemberMerged,
            GuardFailed,
        ),
    ),
    Route(
        method="POST",
        path=f"{PREFIX}/cards/replace",
        operation="replace_card",
        tag="cards",
        permission=access.CARDS_WRITE,
        handler=handlers.replace_card,
        body=api_members.ReplaceBody,
        answer=api_members.CardView,
        errors=(
            card.UnknownCard,
            card.CardMoveRefused,
            card.CardNotActive,
            cards.CardTaken,
            IdempotencyConflict,
            GuardFailed,
        ),
    ),
    Route(
        method="POST",
        path=f"{PREFIX}/cards/renew",
        operation="renew_card",
        tag="cards",
        permission=access.CARDS_WRITE,
        handler=handlers.renew_card,
        body=api_members.ReplaceBody,
        answer=api_members.CardView,
        errors=(
            card.UnknownCard,
            card.BlockedCard,
            card.CardMoveRefused,
            card.CardNotActive,
            cards.CardTaken,
            IdempotencyConflict,
            GuardFailed,
        ),
        is_repeatable=True,
    ),
    Route(
        method="POST",
        path=f"{PREFIX}/quotes",
        operation="quote",
        tag="sales",
        permission=access.SALES_WRITE,
        handler=handlers.quote,
        body=api_sales.QuoteBody,
        answer=api_sales.QuoteView,
        errors=(*_BASKET, *CARD_REFUSED, replaced.ReservationReplaced, replaced.ReservationUsed),
    ),
    Route(
        method="POST",
        path=f"{PREFIX}/reservations",
        operation="reserve",
        tag="sales",
        permission=access.SALES_WRITE,
        handler=handlers.reserve,
        body=api_sales.ReservationBody,
        answer=api_sales.ReservationView,
        errors=(
            *_QUOTED,
            *_BASKET,
            *CARD_REFUSED,
            *_REDEEMED,
            *TENDER_REFUSED,
            as_quoted.QuoteChanged,
            replaced.ReservationReplaced,
            replaced.ReservationUsed,
            IdempotencyConflict,
            tickets.TryAgain,
        ),
        is_repeatable=True,
    ),
    Route(
        method="POST",
        path=f"{PREFIX}/reservations/{{reservation_id}}/release",
        operation="release_reservation",
        tag="sales",
        permission=access.SALES_WRITE,
        handler=handlers.release_reservation,
        answer=api_sales.ReleasedReservationView,
        errors=(replaced.ReservationNotFound, replaced.ReservationUsed),
    ),
    Route(
        method="POST",
        path=f"{PREFIX}/sales",
        operation="commit_sale",
        tag="sales",
        permission=access.SALES_WRITE,
        handler=handlers.commit,
        body=api_sales.SaleBody,
        answer=api_sales.SaleView,
        errors=(
            *_BASKET,
            *CARD_REFUSED,
            *_QUOTED,
            *_TICKET,
            *_REDEEMED,
            counter.CounterLimit,
            redeeming.RedeemingExceedsHold,
            granting.LeaseUnknown,
            settling.LeaseNotAlone,
            settling.LeaseExceeded,
            *TENDER_REFUSED,
            paying.TenderExceedsHold,
            late.BundleNotAlone,
            offline_basket.NotInBundle,
            as_quoted.QuoteChanged,
            replaced.ReservationNotFound,
            replaced.ReservationUsed,
            line_keys.LinesErased,
        ),
        is_repeatable=True,
    ),
    Route(
        method="GET",
        path=f"{PREFIX}/sales/{{sale_id}}",
        operation="get_sale",
        tag="sales",
        permission=access.SALES_READ,
        handler=handlers.get_sale,
        answer=api_sales.SaleRecordView,
        errors=(sales.SaleNotFound,),
    ),
    Route(
        method="POST",
        path=f"{PREFIX}/sales/{{sale_id}}/returns",
        operation="record_return",
        tag="sales",
        permission=access.SALES_WRITE,
        handler=handlers.record_return,
        body=api_sales.ReturnBody,
        answer=api_sales.ReturnView,
        errors=(
            *_TICKET,
            sales.SaleNotFound,
            returns.SaleLineNotFound,
            line_keys.LinesErased,
            reversal.ReturnExceedsSale,
            basket.LineNumberTwice,
            identify.UnreadableCard,
            identify.TooManyTries,
        ),
        is_repeatable=True,
    ),
    *TRAIT_ROUTES,
    *TIER_ROUTES,
    *LEASE_ROUTES,
    *GAME_ROUTES,
    *FORWARD_ROUTES,
    *PARTY_ROUTES,
    *MERGE_ROUTES,
    *MESSAGE_ROUTES,
    *MY_VALUE_ROUTES,
    *DETAILS_ROUTES,
    *PHONE_CARD_ROUTES,
    *PROFILE_ROUTES,
    *SEGMENT_ROUTES,
    *SETTLEMENT_ROUTES,
    *PAPER_ROUTES,
    *VALUE_ROUTES,
    *STORED_VALUE_ROUTES,
    *PAIRING_ROUTES,
    *COUNTER_ROUTES,
    *INCIDENT_ROUTES,
    *OFFLINE_ROUTES,
    *TILL_ROUTES,
    *SUPPORT_ROUTES,
    *SHOP_PAGE_ROUTES,
    *POSTER_ROUTES,
    *SHOP_MESSAGE_ROUTES,
    *PACK_ROUTES,
    *LOST_CARD_ROUTES,
    *REPLACEMENT_ROUTES,
    *JOIN_ROUTES,
    *CARER_ROUTES,
    *PHARMACIST_ROUTES,
    *CARD_PROOF_ROUTES,
)
ROUTES: Final = (*_PLAIN, *sealed_twins(_PLAIN))
