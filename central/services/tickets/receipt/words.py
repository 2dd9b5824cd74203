"""What a receipt says of points, in five languages. Plain characters: paper printers know few others."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from loyalty.pricing.outcome import ReasonCode
from loyalty.programme.articles import ArticleClass
from loyalty.programme.compliance import LegalAct, VerdictCode
from loyalty.rules.effect_names import EffectName

LANGUAGES: Final = ("fr", "de", "it", "en", "zh")
"""The order of the words in the tables below."""

Words = Mapping[str, str]
"""By language."""


def words_of(texts: Words, language: str) -> str:
    """The words in a language, English in one that we do not have."""
    return texts.get(language, texts["en"])


def _words(*texts: str) -> Words:
    return MappingProxyType(dict(zip(LANGUAGES, texts, strict=True)))


TITLE: Final = _words(
    "Vos points, ligne par ligne",
    "Ihre Punkte, Zeile für Zeile",
    "I suoi punti, riga per riga",
    "Your points, line by line",
    "积分明细（按行）",
)
LINE: Final = _words(
    "Ligne {numbers}", "Zeile {numbers}", "Riga {numbers}", "Line {numbers}", "第{numbers}行"
)
LINES: Final = _words(
    "Lignes {numbers}", "Zeilen {numbers}", "Righe {numbers}", "Lines {numbers}", "第{numbers}行"
)
MORE_LINES: Final = _words(
    "{count} autres lignes",
    "{count} weitere Zeilen",
    "Altre {count} righe",
    "{count} more lines",
    "其余{count}行",
)
ONE_POINT: Final = _words(
    "{points} point", "{points} Punkt", "{points} punto", "{points} point", "{points}分"
)
POINTS: Final = _words(
    "{points} points", "{points} Punkte", "{points} punti", "{points} points", "{points}分"
)
DISCOUNTS: Final = _words("Remises", "Rabatte", "Sconti", "Discounts", "优惠")
EARNED: Final = _words("Points gagnés", "Punkte gesammelt", "Punti guadagnati", "Points earned", "本次获得")
REDEEMED: Final = _words("Points utilisés", "Punkte eingelöst", "Punti usati", "Points redeemed", "使用积分")
TOTAL: Final = _words(
    "Total selon ce ticket",
    "Total laut diesem Beleg",
    "Totale secondo questo scontrino",
    "Total by this receipt",
    "本小票应付",
)
TILL_TOTAL: Final = _words(
    "Demandé par la caisse",
    "Von der Kasse verlangt",
    "Chiesto dalla cassa",
    "Asked by the till",
    "收银台应收",
)
ASK_ABOUT_TOTAL: Final = _words(
    "Si vous avez payé davantage, demandez la différence au comptoir.",
    "Falls Sie mehr bezahlt haben, verlangen Sie die Differenz am Schalter.",
    "Se ha pagato di più, chieda la differenza al banco.",
    "If you paid more, ask for the difference at the counter.",
    "如您多付，请到柜台退差额。",
)
BALANCE: Final = _words("Solde", "Stand", "Saldo", "Balance", "积分余额")
TENDERS: Final = MappingProxyType(
    {
        "gift_card": _words("Carte cadeau", "Geschenkkarte", "Carta regalo", "Gift card", "礼品卡"),
        "purse": _words("Porte-monnaie", "Guthaben", "Borsellino", "Purse", "储值账户"),
        "meal_vouchers": _words(
            "Titres-restaurant", "Essensgutscheine", "Buoni pasto", "Meal vouchers", "餐券"
        ),
    }
)
"""What paid, by kind."""
TENDER_LEFT: Final = _words("Il reste", "Verbleibt", "Rimangono", "Left on it", "余额")
TENDER_EMPTY: Final = _words(
    "Carte vide. Devenez membre avec elle : demandez-nous.",
    "Karte leer. Werden Sie mit ihr Mitglied: Fragen Sie uns.",
    "Carta vuota. Diventi membro con essa: chieda a noi.",
    "Card empty. Become a member with it: ask us.",
    "卡内已无余额。凭此卡可入会，请询问店员。",
)
LEFT_TO_PAY: Final = _words("Reste à payer", "Noch zu zahlen", "Resta da pagare", "Left to pay", "还需支付")
VOUCHER: Final = _words("Bon", "Gutschein", "Buono", "Voucher", "优惠券")
VOUCHER_UNTIL: Final = _words(
    "Valable jusqu'au {day}", "Gültig bis {day}", "Valido fino al {day}", "Valid until {day}", "有效期至{day}"
)
VOUCHER_PERSONAL: Final = _words(
    "Uniquement avec votre carte", "Nur mit Ihrer Karte", "Solo con la sua carta", "Only with your card",
    "仅限本人会员卡使用",
)  # fmt: skip
VOUCHER_OFFERED: Final = _words(
    "Offert par {name}", "Offeriert von {name}", "Offerto da {name}", "Offered by {name}", "由{name}提供"
)
VOUCHER_ONCE: Final = _words(
    "Une seule fois, dans toutes nos pharmacies",
    "Einmal, in allen unseren Apotheken",
    "Una sola volta, in tutte le nostre farmacie",
    "Once, in all our pharmacies",
    "限用一次，本集团各门店通用",
)
VOUCHER_ON: Final = _words(
    "Valable sur : {classes}",
    "Gültig für: {classes}",
    "Valido per: {classes}",
    "Good for: {classes}",
    "适用：{classes}",
)
NO_CARD: Final = _words(
    "Sans carte : pas de points.",
    "Ohne Karte: keine Punkte.",
    "Senza carta: nessun punto.",
    "No card, no points.",
    "未出示会员卡，无积分。",
)
NOTHING: Final = _words(
    "Pas de points : {why}", "Keine Punkte: {why}", "Nessun punto: {why}", "No points: {why}", "无积分：{why}"
)
TIMES: Final = _words(
    "{rule} (x{times})", "{rule} (x{times})", "{rule} (x{times})", "{rule} (x{times})", "{rule}(x{times})"
)
OF_CLASS: Final = _words("{what} : {why}", "{what}: {why}", "{what}: {why}", "{what}: {why}", "{what}：{why}")
BECAUSE: Final = _words("{what}, {why}", "{what}, {why}", "{what}, {why}", "{what}, {why}", "{what}，{why}")
COMMA: Final = _words(", ", ", ", ", ", ", ", "、")
CITED: Final = _words("{why} ({law})", "{why} ({law})", "{why} ({law})", "{why} ({law})", "{why}（{law}）")

WHY: Final[Mapping[str, Words]] = MappingProxyType(
    {
        VerdictCode.DENIED_BY_LAW: _words(
            "selon la loi",
            "so das Gesetz",
            "per legge",
            "by law",
            "依法规定",
        ),
        VerdictCode.UNSOURCED: _words(
            "aucune règle de droit connue ne le permet",
            "keine uns bekannte Vorschrift erlaubt es",
            "nessuna norma nota lo permette",
            "no rule of law we know allows it",
            "尚无已知法规允许",
        ),
        VerdictCode.NO_COUNTRY_PACK: _words(
            "le droit de ce pays ne nous est pas connu",
            "das Recht dieses Landes ist uns nicht bekannt",
            "il diritto di questo paese non ci è noto",
            "the law of this country is not known to us",
            "尚不了解该国法规",
        ),
        VerdictCode.UNKNOWN_ARTICLE: _words(
            "tant que sa catégorie n'est pas connue",
            "solange die Art nicht bekannt ist",
            "finché la categoria non è nota",
            "until its kind is known",
            "类别未知",
        ),
        ReasonCode.PRODUCT_BOUND: _words(
            "selon la loi",
            "so das Gesetz",
            "per legge",
            "by law",
            "依法规定",
        ),
        ReasonCode.MEMBER_REQUIRED: _words(
            "sans carte", "ohne Karte", "senza carta", "no card was shown", "未出示会员卡"
        ),
        ReasonCode.RULE_NOT_MET: _words(
            "les conditions ne sont pas remplies",
            "die Bedingungen sind nicht erfüllt",
            "le condizioni non sono soddisfatte",
            "the conditions are not met",
            "不符合条件",
        ),
        ReasonCode.RULE_UNKNOWN: _words(
            "une information manque, peut-être plus tard",
            "eine Angabe fehlt, vielleicht später",
            "manca un'informazione, forse più tardi",
            "something is not known yet, perhaps later",
            "信息不全，可能稍后补记",
        ),
        ReasonCode.RESTRICTED: _words(
            "exclu du programme",
            "vom Programm ausgenommen",
            "escluso dal programma",
            "left out of the programme",
            "不参加本计划",
        ),
        ReasonCode.LIMIT_REACHED: _words(
            "limite atteinte", "Limite erreicht", "limite raggiunto", "limit reached", "已达次数上限"
        ),
        ReasonCode.BUDGET_USED_UP: _words(
            "budget épuisé", "Budget aufgebraucht", "budget esaurito", "budget used up", "活动额度已用完"
        ),
        ReasonCode.MAXIMUM_REACHED: _words(
            "maximum atteint", "Höchstbetrag erreicht", "massimo raggiunto", "maximum reached", "已达优惠上限"
        ),
        ReasonCode.NOT_BEST: _words(
            "une autre offre donne plus",
            "ein anderes Angebot gibt mehr",
            "un'altra offerta dà di più",
            "another offer gives more",
            "另一优惠更多",
        ),
        ReasonCode.LINE_USED: _words(
            "déjà compté dans une autre offre",
            "schon in einem anderen Angebot gezählt",
            "già contato in un'altra offerta",
            "already counted in another offer",
            "已计入其他优惠",
        ),
        ReasonCode.TAX_UNKNOWN: _words(
            "le taux de TVA n'est pas connu",
            "der Steuersatz ist nicht bekannt",
            "l'aliquota IVA non è nota",
            "the tax rate is not known",
            "税率未知",
        ),
        ReasonCode.VOUCHER: _words(
            "payé par un bon",
            "mit einem Gutschein bezahlt",
            "pagato con un buono",
            "paid with a voucher",
            "已用优惠券支付",
        ),
        ReasonCode.MANUAL_DISCOUNT: _words(
            "offert au comptoir",
            "am Schalter nachgelassen",
            "scontato al banco",
            "taken off at the counter",
            "已在柜台减免",
        ),
    }
)
"""Why a line earned nothing, or why something was kept from it, by the reason's code."""

KEPT: Final[Mapping[str, Words]] = MappingProxyType(
    {
        LegalAct.EARN: _words("pas de points", "keine Punkte", "nessun punto", "no points", "不积分"),
        LegalAct.BE_DISCOUNTED: _words(
            "pas de remise", "kein Rabatt", "nessuno sconto", "no discount", "不打折"
        ),
        LegalAct.REDEEM_ON: _words(
            "pas payable par bon",
            "nicht mit Gutschein zahlbar",
            "non pagabile con buono",
            "no voucher accepted",
            "不可用优惠券",
        ),
        LegalAct.BE_A_GIFT: _words(
            "pas de cadeau", "kein Geschenk", "nessun omaggio", "no gift", "不可作赠品"
        ),
        LegalAct.COUPON_TRIGGER: _words(
            "ne donne pas de bon", "gibt keinen Gutschein", "non dà buoni", "gives no voucher", "不赠优惠券"
        ),
        LegalAct.BE_IN_A_CONTEST: _words(
            "pas de concours", "kein Wettbewerb", "nessun concorso", "no contest", "不参加抽奖"
        ),
        LegalAct.COUNTS_TOWARD_THRESHOLD: _words(
            "ne compte pas pour un palier",
            "zählt nicht für eine Stufe",
            "non conta per una soglia",
            "does not count toward a threshold",
            "不计入门槛",
        ),
        ReasonCode.PRODUCT_BOUND: _words(
            "pas d'avantage lié à un produit",
            "kein Vorteil für ein Produkt",
            "nessun vantaggio legato a un prodotto",
            "no benefit tied to a product",
            "不可与商品挂钩",
        ),
    }
)
"""What is kept from a line: by the act, or that it was tied to products."""

TOO_LITTLE: Final = _words(
    "montant trop petit", "Betrag zu klein", "importo troppo piccolo", "the amount is too small", "金额不足"
)
NO_RULE: Final = _words(
    "aucune règle ne s'applique",
    "keine Regel trifft zu",
    "nessuna regola si applica",
    "no rule applies",
    "无适用规则",
)

EFFECTS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        EffectName.DENY: _words("Exclusion", "Ausschluss", "Esclusione", "Exclusion", "排除"),
        EffectName.UNIT_PRICE: _words("Prix fixé", "Festpreis", "Prezzo fissato", "Set price", "定价"),
        EffectName.PRICE_RATE: _words(
            "Prix adapté", "Angepasster Preis", "Prezzo adattato", "Adapted price", "调价"
        ),
        EffectName.PERCENT_OFF: _words("Remise", "Rabatt", "Sconto", "Discount", "折扣"),
        EffectName.AMOUNT_OFF: _words("Remise", "Rabatt", "Sconto", "Discount", "立减"),
        EffectName.SPECIAL_PRICE: _words(
            "Prix spécial", "Sonderpreis", "Prezzo speciale", "Special price", "特价"
        ),
        EffectName.BUY_GET: _words(
            "Offre en lot", "Mengenangebot", "Offerta multipla", "Multi-buy", "多件优惠"
        ),
        EffectName.NTH_UNIT: _words(
            "Offre en lot", "Mengenangebot", "Offerta multipla", "Multi-buy", "多件优惠"
        ),
        EffectName.CHEAPEST_FREE: _words(
            "Le moins cher offert", "Günstigstes gratis", "Il meno caro gratis", "Cheapest free", "最低价免费"
        ),
        EffectName.BUNDLE_PRICE: _words(
            "Prix du lot", "Setpreis", "Prezzo del set", "Bundle price", "套装价"
        ),
        EffectName.STEP_PERCENT_OFF: _words(
            "Remise par palier", "Staffelrabatt", "Sconto a soglie", "Step discount", "阶梯折扣"
        ),
        EffectName.STEP_AMOUNT_OFF: _words(
            "Remise par palier", "Staffelrabatt", "Sconto a soglie", "Step discount", "阶梯立减"
        ),
        EffectName.FREE_ARTICLE: _words("Cadeau", "Geschenk", "Omaggio", "Gift", "赠品"),
        EffectName.NEXT_PURCHASE_VOUCHER: _words(
            "Bon pour la prochaine fois",
            "Gutschein fürs nächste Mal",
            "Buono per la prossima volta",
            "Voucher for next time",
            "下次优惠券",
        ),
        EffectName.SEGMENT: _words("Groupe", "Gruppe", "Gruppo", "Group", "分组"),
        EffectName.POINTS_PER_AMOUNT: _words(
            "Points sur le montant",
            "Punkte auf den Betrag",
            "Punti sull'importo",
            "Points on the amount",
            "消费积分",
        ),
        EffectName.POINTS_FIXED: _words(
            "Points en plus", "Extrapunkte", "Punti extra", "Extra points", "额外积分"
        ),
        EffectName.POINTS_NTH_VISIT: _words(
            "Points de visite", "Besuchspunkte", "Punti visita", "Visit points", "到店积分"
        ),
        EffectName.POINTS_MULTIPLIER: _words(
            "Points multipliés", "Mehrfachpunkte", "Punti moltiplicati", "Points multiplied", "积分翻倍"
        ),
        EffectName.POINTS_THRESHOLD: _words(
            "Bonus de palier", "Stufenbonus", "Bonus soglia", "Milestone bonus", "达标奖励"
        ),
        EffectName.POINTS_SPONSOR: _words("Parrainage", "Empfehlung", "Invito", "Sponsoring", "推荐奖励"),
        EffectName.CONTEST_ENTRY: _words("Concours", "Wettbewerb", "Concorso", "Contest", "抽奖"),
        ReasonCode.VOUCHER: _words("Bon", "Gutschein", "Buono", "Voucher", "优惠券"),
        ReasonCode.MANUAL_DISCOUNT: _words(
            "Geste commercial", "Kulanz", "Sconto al banco", "Discount at the counter", "柜台优惠"
        ),
    }
)
"""What a rule without a name of its own is called, by what it does."""

CLASSES: Final[Mapping[str, Words]] = MappingProxyType(
    {
        ArticleClass.MEDICINE_RX: _words(
            "Médicament sur ordonnance",
            "Rezeptpflichtiges Arzneimittel",
            "Medicinale con ricetta",
            "Prescription medicine",
            "处方药",
        ),
        ArticleClass.MEDICINE_OTC: _words(
            "Médicament sans ordonnance",
            "Rezeptfreies Arzneimittel",
            "Medicinale senza ricetta",
            "Non-prescription medicine",
            "非处方药",
        ),
        ArticleClass.MEDICINE_CH_A: _words(
            "Médicament cat. A", "Arzneimittel Kat. A", "Medicinale cat. A", "Medicine cat. A", "A类药品"
        ),
        ArticleClass.MEDICINE_CH_B: _words(
            "Médicament cat. B", "Arzneimittel Kat. B", "Medicinale cat. B", "Medicine cat. B", "B类药品"
        ),
        ArticleClass.MEDICINE_CH_C: _words(
            "Médicament cat. C", "Arzneimittel Kat. C", "Medicinale cat. C", "Medicine cat. C", "C类药品"
        ),
        ArticleClass.MEDICINE_CH_D: _words(
            "Médicament cat. D", "Arzneimittel Kat. D", "Medicinale cat. D", "Medicine cat. D", "D类药品"
        ),
        ArticleClass.MEDICINE_CH_E: _words(
            "Médicament cat. E", "Arzneimittel Kat. E", "Medicinale cat. E", "Medicine cat. E", "E类药品"
        ),
        ArticleClass.MEDICAL_DEVICE: _words(
            "Dispositif médical", "Medizinprodukt", "Dispositivo medico", "Medical device", "医疗器械"
        ),
        ArticleClass.INFANT_MILK_FIRST_AGE: _words(
            "Lait 1er âge",
            "Säuglingsanfangsnahrung",
            "Latte di partenza",
            "First-age infant milk",
            "婴儿一段奶粉",
        ),
        ArticleClass.BOOK: _words("Livre", "Buch", "Libro", "Book", "图书"),
        ArticleClass.PARAPHARMACY: _words(
            "Parapharmacie", "Parapharmazie", "Parafarmacia", "Parapharmacy", "药妆"
        ),
        ArticleClass.COSMETIC: _words("Cosmétique", "Kosmetik", "Cosmetico", "Cosmetic", "化妆品"),
        ArticleClass.FOOD: _words("Alimentation", "Lebensmittel", "Alimentari", "Food", "食品"),
        ArticleClass.FOOD_SUPPLEMENT: _words(
            "Complément alimentaire", "Nahrungsergänzung", "Integratore", "Food supplement", "膳食补充剂"
        ),
        ArticleClass.FOOD: _words("Aliment", "Lebensmittel", "Alimento", "Food", "食品"),
        ArticleClass.SERVICE: _words("Prestation", "Dienstleistung", "Prestazione", "Service", "服务"),
        ArticleClass.UNKNOWN: _words("Article", "Artikel", "Articolo", "Article", "商品"),
    }
)
"""Legal classes as a customer reads them on the paper that names the articles anyway."""
