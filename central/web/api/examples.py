"""Example requests of the OpenAPI document, as structs: a wrong one fails the type check."""

import base64
from typing import Final

import msgspec

from wire import (
    api,
    api_carers,
    api_catalogue,
    api_conversions,
    api_counter,
    api_details,
    api_games,
    api_goodwill,
    api_join,
    api_leases,
    api_lost_cards,
    api_members,
    api_merges,
    api_messages,
    api_my_value,
    api_packs,
    api_parties,
    api_pharmacists,
    api_phone_cards,
    api_posters,
    api_replacements,
    api_sales,
    api_settlement,
    api_shop_messages,
    api_shop_pages,
    api_stored_value,
    api_support,
    api_value,
)

_MOMENT_MS: Final = 1_795_329_000_000
_BY_CHIP: Final = api.EvidenceBody(medium="nfc_uid", value="04A1B2C3D4E580")
_BASKET: Final = api_sales.BasketBody(
    currency="CHF",
    lines=[
        api_sales.LineBody(line_no=1, code="2000000000015", quantity=2, amount_minor=3980),
        api_sales.LineBody(line_no=2, code="7680123450010", quantity=1, amount_minor=1250),
    ],
)
_DOT: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mPgzvYHAAFKAMZH3f0KAAAAAElFTkSuQmCC"
)
"""A PNG of one pixel: shorter than any that can be used."""
_HOLDER: Final = api.EvidenceBody(medium="nfc_uid", value="04A1B2C3D4E580")

EXAMPLES: Final[dict[str, msgspec.Struct]] = {
    "put_theme": api_catalogue.ThemeBody(
        name="Pharmacies du Léman", names={"zh": "莱芒药房"}, brand="#0B6B4F"
    ),
    "identify": api.IdentifyBody(evidence=_HOLDER),
    "quote": api_sales.QuoteBody(basket=_BASKET, holder=_HOLDER),
    "commit_sale": api_sales.SaleBody(
        sale_id="0199f2c4-7d1e-7c3a-9a51-2f4be1c0a111",
        business_key="2026-11-22T10:15:00Z/4711/TX-4711/sale",
        occurred_ms=_MOMENT_MS,
        sent_ms=_MOMENT_MS + 900,
        basket=_BASKET,
        holder=_HOLDER,
    ),
    "record_return": api_sales.ReturnBody(
        return_id="0199f2c4-8e2f-7d4b-8b62-3f5cf2d1b222",
        business_key="2026-11-23T09:05:00Z/4790/TX-4790/return",
        occurred_ms=_MOMENT_MS,
        sent_ms=_MOMENT_MS + 900,
        lines=[api_sales.ReturnLineBody(line_no=1, quantity=1)],
        holder=_HOLDER,
    ),
    "enrol": api_members.MemberBody(
        member_id="m-000501",
        family_name="Rochat",
        given_name="Anne",
        salutation="ms",
        language="fr",
        card_number="2900000005017",
    ),
    "put_card": api_members.CardBody(card_number="2900000005024", uid="04A1B2C3D4E580", state="stock"),
    "block_card": api_members.BlockBody(card_number="2900000005017", reason="lost"),
    "replace_card": api_members.ReplaceBody(card_number="2900000005017", new_card_number="2900000005024"),
    "put_shop": api_catalogue.ShopBody(name="Pharmacie du Lac", country="CH", time_zone="Europe/Zurich"),
    "show_details": api_details.DetailsBody(holder=_HOLDER),
    "change_details": api_details.DetailsChangeBody(holder=_HOLDER, language="de"),
    "say_consent": api_details.DetailsConsentBody(
        holder=_HOLDER, purpose="email", is_given=True, text_version="2026-11/fr"
    ),
    "send_contact_code": api_details.ContactCodeBody(
        holder=_HOLDER,
        code_id="0199f2c4-7d1e-7c3a-9a51-2f4be1c0a335",
        channel="email",
        address="anne@example.org",
    ),
    "prove_contact": api_details.ContactProofBody(
        holder=_HOLDER, code_id="0199f2c4-7d1e-7c3a-9a51-2f4be1c0a335", code="417302"
    ),
    "write_to_shop": api_shop_messages.ShopMessageBody(
        message_id="0199f2c4-7d1e-7c3a-9a51-2f4be1c0a333", holder=_HOLDER, topic="call_me"
    ),
    "ask_pack": api_packs.AskPackBody(code="7612345678900", holder=_HOLDER),
    "put_article_text": api_packs.ArticleTextBody(texts={"en": "Shake well. Use every two hours."}),
    "put_stock": api_packs.StockBody(
        as_of_ms=_MOMENT_MS, levels=[api_packs.StockLevelBody(code="7612345678900", units=6)]
    ),
    "put_poster": api_posters.PosterBody(
        titles={"fr": "Sous le soleil", "de": "In der Sonne"},
        aloud={"fr": "Un tube de crème solaire sur le sable.", "de": "Eine Tube Sonnencreme im Sand."},
        texts={"fr": "20 % de points en plus", "de": "20 % mehr Punkte"},
        from_day="2026-06-01",
        to_day="2026-08-31",
        hours="Mo-Sa 08:00-18:30",
        picture=_DOT,
    ),
    "put_logo": api_posters.LogoBody(picture=_DOT),
    "put_shown_staff": api_pharmacists.ShownStaffBody(name="Anne Rochat", agreed=True),
    "choose_pharmacist": api_pharmacists.PharmacistChoiceBody(holder=_HOLDER, staff_id="s-7"),
    "put_member_pharmacist": api_pharmacists.MemberPharmacistBody(staff_id="s-7"),
    "join_by_email": api_join.JoinBody(
        join_id="0199f2c4-7d1e-7c3a-9a51-2f4be1c0a446",
        email="eva.aubert@example.org",
        agreed=True,
        text_version="2026-11/en",
        language="en",
    ),
    "report_lost_card": api_lost_cards.LostCardBody(
        report_id="0199f2c4-7d1e-7c3a-9a51-2f4be1c0a444", number="2900000005017", birth_date="1961-04-12"
    ),
    "end_lost_card": api_lost_cards.LostCardCodeBody(
        number="2900000005017", birth_date="1961-04-12", code="482913", wish="keep"
    ),
    "show_carers": api_carers.CarersBody(holder=_BY_CHIP),
    "give_carer": api_carers.CarerBody(
        carer_id="0199f2c4-7d1e-7c3a-9a51-2f4be1c0a666",
        holder=_BY_CHIP,
        name="Marie",
        card=api.EvidenceBody(medium="nfc_uid", value="04A1B2C3D4E590"),
    ),
    "end_carer": api_carers.CarerEndBody(carer_id="0199f2c4-7d1e-7c3a-9a51-2f4be1c0a666", holder=_BY_CHIP),
    "give_carer_by_staff": api_carers.MemberCarerBody(
        carer_id="0199f2c4-7d1e-7c3a-9a51-2f4be1c0a667",
        name="Marie",
        card_number="2900000005048",
        may=["purchases"],
    ),
    "begin_replacement": api_replacements.ReplacementBody(
        request_id="0199f2c4-7d1e-7c3a-9a51-2f4be1c0a555",
        holder=api.EvidenceBody(medium="nfc_uid", value="04A1B2C3D4E580"),
    ),
    "begin_replacement_without_card": api_replacements.ReplacementWithoutBody(
        request_id="0199f2c4-7d1e-7c3a-9a51-2f4be1c0a556", number="2900000005017", birth_date="1961-04-12"
    ),
    "prove_replacement": api_replacements.ReplacementCodeBody(
        replacement_id="5d41402abc4b2a76b9719d911017c592", code="482913"
    ),
    "confirm_replacement": api_replacements.ReplacementStaffBody(
        replacement_id="5d41402abc4b2a76b9719d911017c592",
        staff=api.EvidenceBody(
            medium="ntag424", value="e=EF963FF7828658A599F3041510671E88&c=94EED9EE65337086"
        ),
        pin="4071",
    ),
    "finish_replacement": api_replacements.ReplacementCardBody(
        replacement_id="5d41402abc4b2a76b9719d911017c592",
        card=api.EvidenceBody(medium="nfc_uid", value="04A1B2C3D4E590"),
    ),
    "put_shop_days": api_shop_pages.ShopDaysBody(
        days=[api_shop_pages.OtherDayBody(day="2026-12-25", hours="off", names={"en": "Christmas"})]
    ),
    "put_shop_services": api_shop_pages.ShopServicesBody(
        services=[api_shop_pages.ShopServiceBody(names={"en": "Flu vaccination"}, notes={"en": "Saturdays"})]
    ),
    "put_shop_events": api_shop_pages.ShopEventsBody(
        events=[
            api_shop_pages.ShopEventBody(
                names={"en": "Blood pressure day"}, from_day="2026-11-30", hours="14:00-17:00"
            )
        ]
    ),
    "put_article": api_catalogue.ArticleBody(
        name="Crème solaire 50+", article_class="cosmetic", codes=["2000000000015"], price_minor=1990
    ),
    "classify_article": api_catalogue.ArticleClassBody(article_class="medicine_otc"),
    "donate": api_value.DonationBody(
        donation_id="don-000017", holder=_HOLDER, association_id="red-cross", points=100
    ),
    "show_value": api_my_value.HolderBody(holder=_HOLDER),
    "show_associations": api_my_value.HolderBody(holder=_HOLDER),
    "show_promotions": api_my_value.HolderBody(holder=_HOLDER),
    "show_conversions": api_my_value.HolderBody(holder=_HOLDER),
    "pay_forward": api_conversions.ForwardBody(
        forward_id="fwd-000017", holder=_HOLDER, points=500, worth_minor=1000
    ),
    "show_forward": api_conversions.ForwardClerkBody(clerk="pass-of-sign-in"),
    "hand_out": api_conversions.ForwardHandOutBody(
        act_id="out-000017", clerk="pass-of-sign-in", worth_minor=1000
    ),
    "convert_points": api_conversions.ConversionBody(
        conversion_id="conv-000017", holder=_HOLDER, points=500, worth_minor=1000
    ),
    "report_ticket": api_my_value.MyReportBody(
        holder=_HOLDER, sale_id="0199f2c4-7d1e-7c3a-9a51-2f4be1c0a111"
    ),
    "tell_voucher": api_my_value.TellVoucherBody(holder=_HOLDER, voucher_id="0199f2c4-7d1e/1"),
    "give_goodwill": api_goodwill.GoodwillBody(
        goodwill_id="gw-000017",
        holder=_HOLDER,
        points=20,
        role="pharmacist",
        reason="Waited for a delivery",
    ),
    "put_staff": api_counter.StaffBody(role="assistant", shop_id="nyon", code="4071"),
    "sign_in": api_counter.SignInBody(staff_id="s-7", code="4071"),
    "sign_in_by_card": api_counter.CardSignInBody(card=_HOLDER, code="4071"),
    "put_pin": api_counter.PinBody(
        act_id="pin-000017",
        clerk="pass-of-sign-in",
        holder=_HOLDER,
        kind="set",
        identity="id_card",
        pin="2486",
    ),
    "tell_pin_holder": api_counter.PinHolderBody(holder=_HOLDER, clerk="pass-of-sign-in"),
    "make_gift_card": api_stored_value.GiftCardBody(gift_card_id="gift-000017"),
    "activate_gift_card": api_stored_value.GiftActivationBody(
        activation_id="sold-000017", number="12345 67890 12345 67891", amount_minor=5000
    ),
    "make_gift_batch": api_stored_value.GiftBatchBody(
        batch_id="lottery-2026", cards=20, purpose="Summer lottery", amount_minor=2000
    ),
    "top_up_purse": api_stored_value.TopUpBody(top_up_id="top-000017", holder=_HOLDER, amount_minor=5000),
    "sell_service": api_stored_value.ServiceSaleBody(
        sale_id="ahead-000017", holder=_HOLDER, service_id="massage", units=250
    ),
    "request_correction": api_value.CorrectionBody(
        correction_id="cor-000017", member_id="m-000501", points=50, reason="Goodwill: delivery came late"
    ),
    "link_insured_card": api_counter.InsuredCardBody(
        act_id="insured-000017",
        clerk="pass-of-sign-in",
        holder=_HOLDER,
        insured="insured:7B2F0C4D9E1A86537B2F0C4D9E1A86537B2F0C4D",
        agreed=True,
    ),
    "put_card_in_phone": api_phone_cards.PhoneCardBody(
        phone_card_id="phone-000017", card_number="2900000000017"
    ),
    "send_message": api_messages.MessageBody(
        message_id="message-000017",
        channel="sms",
        text="Votre commande est prête. Pharmacie de la Gare",
    ),
    "merge_member": api_merges.MergeBody(
        merge_id="merge-000017", duplicate_id="m-001377", reason="Same e-mail address and birthday"
    ),
    "put_draft": api_value.DraftBody(
        programme={
            "rules": [
                {
                    "id": "base",
                    "version": 1,
                    "kind": "campaign",
                    "when": {"fact": "member.is_known"},
                    "effects": [
                        {"effect": "points_per_amount", "points": 2, "per_minor": 100, "rounding": "floor"}
                    ],
                }
            ]
        },
        note="Two points for every franc",
    ),
    "simulate_draft": api_value.SimulationBody(from_ms=_MOMENT_MS - 30 * 86_400_000, to_ms=_MOMENT_MS),
    "trace_settlement_line": api_settlement.TraceBody(
        entry="5f0c0b1e9a7d4c3e8f2a1b0c9d8e7f60/1/discount/june-sun//"
    ),
    "put_deal": api_settlement.DealBody(share_bp=200),
    "put_member_association": api_settlement.AssociationChoiceBody(association_id="fc-nyon"),
    "put_game": api_games.GameBody(
        kind="wheel",
        names={"fr": "La roue de l'automne", "de": "Das Herbstrad"},
        countries=["CH"],
        first_day="2026-11-01",
        last_day="2026-11-30",
        plays_per_day=1,
        out_of=1000,
        prizes=[
            api_games.PrizeBody(
                prize_id="voucher5",
                kind="voucher",
                names={"fr": "Bon de 5 francs", "de": "Gutschein über 5 Franken"},
                odds=20,
                stock=50,
                cost_minor=500,
                voucher="wheel5",
                valid_days=30,
            ),
            api_games.PrizeBody(
                prize_id="points20",
                kind="points",
                names={"fr": "20 points", "de": "20 Punkte"},
                odds=300,
                stock=5000,
                cost_minor=20,
                points=20,
            ),
        ],
        fallback_id="points20",
        budget_minor=100_000,
    ),
    "offer_games": api_games.OffersBody(holder=_HOLDER),
    "play_game": api_games.PlayBody(
        play_id="0199f2c4-9a3f-7e5c-9c73-4a6fd3e2c444",
        holder=_HOLDER,
        commitment="2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
        client_seed="9f86d081884c7d659a2feaa0c55ad015",
    ),
    "tell_play": api_games.OffersBody(holder=_HOLDER),
    "hand_over_prize": api_games.HandoverBody(
        handover_id="0199f2c4-9a3f-7e5c-9c73-4a6fd3e2c555", code="12345 67890 12345 67895"
    ),
    "grant_lease": api_leases.LeaseBody(lease_id="0199f2c4-9a3f-7e5c-9c73-4a6fd3e2c333", holder=_HOLDER),
    "return_lease": api_leases.LeaseReturnBody(drawn=40),
    "declare_lease_lost": api_leases.LeaseLostBody(reason="The terminal was stolen"),
    "ask_support": api_support.AskSupportBody(
        support_id="0199f2c4-9a3f-7e5c-9c73-4a6fd3e2c666",
        terminal_id="OFFICINE-00000001",
        reason="The printer stays silent (call of this morning)",
    ),
    "answer_support": api_support.AnswerSupportBody(is_granted=True, staff_id="s-7"),
    "put_support_frame": api_support.SupportFrameBody(number=1, is_private=True),
    "put_party": api_parties.PartyBody(
        name="Sol Laboratoires SA",
        street="Route des Alpes 12",
        postcode="1260",
        city="Nyon",
        country="CH",
        language="fr",
        tax_number="CHE-123.456.788 TVA",
        bank_account="CH9300762011623852957",
    ),
    "put_price": api_catalogue.PriceBody(price_minor=1890, valid_from_ms=_MOMENT_MS),
}
