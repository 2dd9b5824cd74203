"""What somebody who tries the demo group needs: a PIN, staff, stock, words for packs, vouchers to show."""

import random
from collections.abc import Sequence
from typing import Final

from central.services.bundle import Services
from central.services.core.access import Actor
from tools.demo.catalogue import DemoArticle, DemoShop
from tools.demo.desk.chips import ChipFile, DeskChip
from tools.demo.desk.facts import DeskVoucher
from tools.demo.life import said
from tools.demo.people import DemoMember, label_of
from wire.api import EvidenceBody
from wire.api_conversions import ConversionBody
from wire.api_counter import PinBody, SignInBody, StaffBody
from wire.api_my_value import HolderBody
from wire.api_packs import ArticleTextBody, StockBody, StockLevelBody
from wire.api_pharmacists import ShownStaffBody, StaffTitle
from wire.api_tills import StaffCardBody

PIN: Final = "2718"
"""Of every member's card on the desk that has one; README says it."""
STAFF_ID: Final = "s-1"
STAFF_NAME: Final = "Mme Rochat"
_SHOWN: Final[tuple[tuple[str, str, StaffTitle], ...]] = (
    (STAFF_ID, STAFF_NAME, "pharmacist"),
    ("s-2", "Li Wei", "assistant"),
)
"""Staff whom members may choose as their pharmacist."""
STAFF_CODE: Final = "4071"
STAFF_UID: Final = "04D5A7F0C1E280"
_VOUCHER_STEPS: Final = (1, 2)
"""So many steps of the rate each voucher on the desk comes to."""
_TEXTS: Final = {
    "a-0183": said(
        "À appliquer généreusement avant de sortir, puis toutes les deux heures et après le bain.",
        "Vor dem Hinausgehen grosszügig auftragen, danach alle zwei Stunden und nach dem Baden.",
        "Applicare generosamente prima di uscire, poi ogni due ore e dopo il bagno.",
        "Apply generously before going out, then every two hours and after bathing.",
        "外出前充分涂抹，之后每两小时及游泳后补涂。",
    ),
    "a-0199": said(
        "Nettoie et démaquille le visage et les yeux. Sans rinçage.",
        "Reinigt und schminkt Gesicht und Augen ab. Ohne Abspülen.",
        "Pulisce e strucca viso e occhi. Senza risciacquo.",
        "Cleanses and removes make-up from face and eyes. No rinsing.",
        "清洁并卸除面部及眼部妆容，无需冲洗。",
    ),
    "a-0222": said(
        "Brosser deux fois par jour pendant deux minutes.",
        "Zweimal täglich zwei Minuten lang putzen.",
        "Spazzolare due volte al giorno per due minuti.",
        "Brush for two minutes twice a day.",
        "每天刷牙两次，每次两分钟。",
    ),
    "a-0241": said(
        "Remplir aux deux tiers d’eau chaude, jamais bouillante.",
        "Zu zwei Dritteln mit heissem, nie kochendem Wasser füllen.",
        "Riempire per due terzi di acqua calda, mai bollente.",
        "Fill two thirds with hot water, never boiling.",
        "注入三分之二的热水，切勿使用沸水。",
    ),
}


async def tell_packs(
    services: Services,
    actor: Actor,
    *,
    shops: Sequence[DemoShop],
    articles: Sequence[DemoArticle],
    now_ms: int,
) -> None:
    """Words for some articles, and what each shop has of all of them: much, the last ones, none."""
    for article_id, texts in _TEXTS.items():
        await services.visits.packs.put_text(actor, article_id, ArticleTextBody(texts=texts))
    rng = random.Random(3)
    for shop in shops:
        levels = [
            StockLevelBody(code=each.code, units=rng.choice((0, 2, 6, 12, 24, 40))) for each in articles
        ]
        await services.visits.packs.put_stock(actor, shop.shop_id, StockBody(as_of_ms=now_ms, levels=levels))


async def staff(services: Services, actor: Actor, shop_id: str) -> str:
    """A clerk with a code and a card; the pass of one who signed in."""
    await services.counter.staff.put(actor, STAFF_ID, StaffBody(role="pharmacist", code=STAFF_CODE))
    await services.counter.staff.put(actor, "s-2", StaffBody(role="assistant", shop_id=shop_id))
    for staff_id, name, title in _SHOWN:
        shown = ShownStaffBody(name=name, title=title, agreed=True)
        await services.visits.pharmacists.put_shown(actor, staff_id, shown)
    card = StaffCardBody(staff_id=STAFF_ID, name=STAFF_NAME, uid=STAFF_UID, needs="nfc_uid")
    await services.staff_cards.issue(actor, card)
    signed = await services.counter.staff.sign_in(
        actor, SignInBody(staff_id=STAFF_ID, code=STAFF_CODE, shop_id=shop_id)
    )
    return signed.clerk


async def chips_with_pin(
    services: Services, actor: Actor, clerk: str, members: Sequence[DemoMember]
) -> ChipFile:
    """Each member's card as a chip that signs (NTAG 424 DNA) under keys of the group, with the PIN."""
    await services.card_keys.make(actor)
    keys = (await services.card_keys.for_writing(actor))[0]
    chips = {}
    for member in members:
        uid = bytes.fromhex(member.uid)
        holder = EvidenceBody(medium="nfc_uid", value=member.uid)
        body = PinBody(
            act_id=f"demo-pin-{member.member_id}",
            clerk=clerk,
            holder=holder,
            kind="set",
            identity="id_card",
            pin=PIN,
        )
        await services.counter.pins.put(actor, body)
        chips[member.member_id] = DeskChip(
            uid=member.uid, meta_key=keys.meta.hex(), mac_key=keys.file_key(uid).hex()
        )
    return ChipFile(chips=chips)


async def vouchers(services: Services, actor: Actor, members: Sequence[DemoMember]) -> list[DeskVoucher]:
    """Vouchers on paper, of the first members whose points come to one; each is its owner's alone."""
    made: list[DeskVoucher] = []
    for member in members:
        holder = EvidenceBody(medium="nfc_uid", value=member.uid)
        told = await services.conversions.show(actor, HolderBody(holder=holder))
        steps = _VOUCHER_STEPS[len(made)]
        points, worth_minor = steps * told.step_points, steps * told.step_minor
        if points > told.points:
            continue
        body = ConversionBody(
            conversion_id=f"demo-voucher-{len(made) + 1}",
            holder=holder,
            points=points,
            worth_minor=worth_minor,
        )
        view, _ = await services.conversions.convert(actor, body)
        made.append(DeskVoucher(code=view.payload, worth_minor=view.worth_minor, owner=label_of(member)))
        if len(made) == len(_VOUCHER_STEPS):
            break
    return made
