"""What a receipt says of points, in five languages. Plain characters: paper printers know few others."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from loyalty.pricing.outcome import ReasonCode
from loyalty.printed.words import Words, words_in
from loyalty.programme.compliance import LegalAct, VerdictCode
from loyalty.rules.effect_names import EffectName

TITLE: Final = words_in(
    "Vos points, ligne par ligne",
    "Ihre Punkte, Zeile für Zeile",
    "I suoi punti, riga per riga",
    "Your points, line by line",
    "积分明细（按行）",
)
LINE: Final = words_in(
    "Ligne {numbers}", "Zeile {numbers}", "Riga {numbers}", "Line {numbers}", "第{numbers}行"
)
LINES: Final = words_in(
    "Lignes {numbers}", "Zeilen {numbers}", "Righe {numbers}", "Lines {numbers}", "第{numbers}行"
)
MORE_LINES: Final = words_in(
    "{count} autres lignes",
    "{count} weitere Zeilen",
    "Altre {count} righe",
    "{count} more lines",
    "其余{count}行",
)
DISCOUNTS: Final = words_in("Remises", "Rabatte", "Sconti", "Discounts", "优惠")
EARNED: Final = words_in("Points gagnés", "Punkte gesammelt", "Punti guadagnati", "Points earned", "本次获得")
REDEEMED: Final = words_in(
    "Points utilisés", "Punkte eingelöst", "Punti usati", "Points redeemed", "使用积分"
)
TOTAL: Final = words_in(
    "Total selon ce ticket",
    "Total laut diesem Beleg",
    "Totale secondo questo scontrino",
    "Total by this receipt",
    "本小票应付",
)
TILL_TOTAL: Final = words_in(
    "Demandé par la caisse",
    "Von der Kasse verlangt",
    "Chiesto dalla cassa",
    "Asked by the till",
    "收银台应收",
)
ASK_ABOUT_TOTAL: Final = words_in(
    "Si vous avez payé davantage, demandez la différence au comptoir.",
    "Falls Sie mehr bezahlt haben, verlangen Sie die Differenz am Schalter.",
    "Se ha pagato di più, chieda la differenza al banco.",
    "If you paid more, ask for the difference at the counter.",
    "如您多付，请到柜台退差额。",
)
TENDERS: Final = MappingProxyType(
    {
        "gift_card": words_in("Carte cadeau", "Geschenkkarte", "Carta regalo", "Gift card", "礼品卡"),
        "purse": words_in("Porte-monnaie", "Guthaben", "Borsellino", "Purse", "储值账户"),
        "meal_vouchers": words_in(
            "Titres-restaurant", "Essensgutscheine", "Buoni pasto", "Meal vouchers", "餐券"
        ),
    }
)
"""What paid, by kind."""
TENDER_LEFT: Final = words_in("Il reste", "Verbleibt", "Rimangono", "Left on it", "余额")
TENDER_EMPTY: Final = words_in(
    "Carte vide. Devenez membre avec elle : demandez-nous.",
    "Karte leer. Werden Sie mit ihr Mitglied: Fragen Sie uns.",
    "Carta vuota. Diventi membro con essa: chieda a noi.",
    "Card empty. Become a member with it: ask us.",
    "卡内已无余额。凭此卡可入会，请询问店员。",
)
LEFT_TO_PAY: Final = words_in("Reste à payer", "Noch zu zahlen", "Resta da pagare", "Left to pay", "还需支付")
NO_CARD: Final = words_in(
    "Sans carte : pas de points.",
    "Ohne Karte: keine Punkte.",
    "Senza carta: nessun punto.",
    "No card, no points.",
    "未出示会员卡，无积分。",
)
NOTHING: Final = words_in(
    "Pas de points : {why}", "Keine Punkte: {why}", "Nessun punto: {why}", "No points: {why}", "无积分：{why}"
)
TIMES: Final = words_in(
    "{rule} (x{times})", "{rule} (x{times})", "{rule} (x{times})", "{rule} (x{times})", "{rule}(x{times})"
)
OF_CLASS: Final = words_in(
    "{what} : {why}", "{what}: {why}", "{what}: {why}", "{what}: {why}", "{what}：{why}"
)
BECAUSE: Final = words_in("{what}, {why}", "{what}, {why}", "{what}, {why}", "{what}, {why}", "{what}，{why}")
CITED: Final = words_in("{why} ({law})", "{why} ({law})", "{why} ({law})", "{why} ({law})", "{why}（{law}）")

WHY: Final[Mapping[str, Words]] = MappingProxyType(
    {
        VerdictCode.DENIED_BY_LAW: words_in(
            "selon la loi",
            "so das Gesetz",
            "per legge",
            "by law",
            "依法规定",
        ),
        VerdictCode.UNSOURCED: words_in(
            "aucune règle de droit connue ne le permet",
            "keine uns bekannte Vorschrift erlaubt es",
            "nessuna norma nota lo permette",
            "no rule of law we know allows it",
            "尚无已知法规允许",
        ),
        VerdictCode.NO_COUNTRY_PACK: words_in(
            "le droit de ce pays ne nous est pas connu",
            "das Recht dieses Landes ist uns nicht bekannt",
            "il diritto di questo paese non ci è noto",
            "the law of this country is not known to us",
            "尚不了解该国法规",
        ),
        VerdictCode.UNKNOWN_ARTICLE: words_in(
            "tant que sa catégorie n'est pas connue",
            "solange die Art nicht bekannt ist",
            "finché la categoria non è nota",
            "until its kind is known",
            "类别未知",
        ),
        ReasonCode.PRODUCT_BOUND: words_in(
            "selon la loi",
            "so das Gesetz",
            "per legge",
            "by law",
            "依法规定",
        ),
        ReasonCode.MEMBER_REQUIRED: words_in(
            "sans carte", "ohne Karte", "senza carta", "no card was shown", "未出示会员卡"
        ),
        ReasonCode.RULE_NOT_MET: words_in(
            "les conditions ne sont pas remplies",
            "die Bedingungen sind nicht erfüllt",
            "le condizioni non sono soddisfatte",
            "the conditions are not met",
            "不符合条件",
        ),
        ReasonCode.RULE_UNKNOWN: words_in(
            "une information manque, peut-être plus tard",
            "eine Angabe fehlt, vielleicht später",
            "manca un'informazione, forse più tardi",
            "something is not known yet, perhaps later",
            "信息不全，可能稍后补记",
        ),
        ReasonCode.RESTRICTED: words_in(
            "exclu du programme",
            "vom Programm ausgenommen",
            "escluso dal programma",
            "left out of the programme",
            "不参加本计划",
        ),
        ReasonCode.LIMIT_REACHED: words_in(
            "limite atteinte", "Limite erreicht", "limite raggiunto", "limit reached", "已达次数上限"
        ),
        ReasonCode.BUDGET_USED_UP: words_in(
            "budget épuisé", "Budget aufgebraucht", "budget esaurito", "budget used up", "活动额度已用完"
        ),
        ReasonCode.MAXIMUM_REACHED: words_in(
            "maximum atteint", "Höchstbetrag erreicht", "massimo raggiunto", "maximum reached", "已达优惠上限"
        ),
        ReasonCode.NOT_BEST: words_in(
            "une autre offre donne plus",
            "ein anderes Angebot gibt mehr",
            "un'altra offerta dà di più",
            "another offer gives more",
            "另一优惠更多",
        ),
        ReasonCode.LINE_USED: words_in(
            "déjà compté dans une autre offre",
            "schon in einem anderen Angebot gezählt",
            "già contato in un'altra offerta",
            "already counted in another offer",
            "已计入其他优惠",
        ),
        ReasonCode.TAX_UNKNOWN: words_in(
            "le taux de TVA n'est pas connu",
            "der Steuersatz ist nicht bekannt",
            "l'aliquota IVA non è nota",
            "the tax rate is not known",
            "税率未知",
        ),
        ReasonCode.SHOW_CARD: words_in(
            "sans carte, une partie seulement compte",
            "ohne Karte zählt nur ein Teil",
            "senza carta conta solo una parte",
            "without a card only a part counts",
            "未出示会员卡，仅部分计分",
        ),
        ReasonCode.VOUCHER: words_in(
            "payé par un bon",
            "mit einem Gutschein bezahlt",
            "pagato con un buono",
            "paid with a voucher",
            "已用代金券支付",
        ),
        ReasonCode.MANUAL_DISCOUNT: words_in(
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
        LegalAct.EARN: words_in("pas de points", "keine Punkte", "nessun punto", "no points", "不积分"),
        LegalAct.BE_DISCOUNTED: words_in(
            "pas de remise", "kein Rabatt", "nessuno sconto", "no discount", "不打折"
        ),
        LegalAct.REDEEM_ON: words_in(
            "pas payable par bon",
            "nicht mit Gutschein zahlbar",
            "non pagabile con buono",
            "no voucher accepted",
            "不可用代金券",
        ),
        LegalAct.BE_A_GIFT: words_in(
            "pas de cadeau", "kein Geschenk", "nessun omaggio", "no gift", "不可作赠品"
        ),
        LegalAct.COUPON_TRIGGER: words_in(
            "ne donne pas de bon", "gibt keinen Gutschein", "non dà buoni", "gives no voucher", "不赠代金券"
        ),
        LegalAct.BE_IN_A_CONTEST: words_in(
            "pas de concours", "kein Wettbewerb", "nessun concorso", "no contest", "不参加抽奖"
        ),
        LegalAct.COUNTS_TOWARD_THRESHOLD: words_in(
            "ne compte pas pour un palier",
            "zählt nicht für eine Stufe",
            "non conta per una soglia",
            "does not count toward a threshold",
            "不计入门槛",
        ),
        ReasonCode.PRODUCT_BOUND: words_in(
            "pas d'avantage lié à un produit",
            "kein Vorteil für ein Produkt",
            "nessun vantaggio legato a un prodotto",
            "no benefit tied to a product",
            "不可与商品挂钩",
        ),
    }
)
"""What is kept from a line: by the act, or that it was tied to products."""

TOO_LITTLE: Final = words_in(
    "montant trop petit", "Betrag zu klein", "importo troppo piccolo", "the amount is too small", "金额不足"
)
NO_RULE: Final = words_in(
    "aucune règle ne s'applique",
    "keine Regel trifft zu",
    "nessuna regola si applica",
    "no rule applies",
    "无适用规则",
)

EFFECTS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        EffectName.DENY: words_in("Exclusion", "Ausschluss", "Esclusione", "Exclusion", "排除"),
        EffectName.UNIT_PRICE: words_in("Prix fixé", "Festpreis", "Prezzo fissato", "Set price", "定价"),
        EffectName.PRICE_RATE: words_in(
            "Prix adapté", "Angepasster Preis", "Prezzo adattato", "Adapted price", "调价"
        ),
        EffectName.PERCENT_OFF: words_in("Remise", "Rabatt", "Sconto", "Discount", "折扣"),
        EffectName.AMOUNT_OFF: words_in("Remise", "Rabatt", "Sconto", "Discount", "立减"),
        EffectName.SPECIAL_PRICE: words_in(
            "Prix spécial", "Sonderpreis", "Prezzo speciale", "Special price", "特价"
        ),
        EffectName.BUY_GET: words_in(
            "Offre en lot", "Mengenangebot", "Offerta multipla", "Multi-buy", "多件优惠"
        ),
        EffectName.NTH_UNIT: words_in(
            "Offre en lot", "Mengenangebot", "Offerta multipla", "Multi-buy", "多件优惠"
        ),
        EffectName.CHEAPEST_FREE: words_in(
            "Le moins cher offert", "Günstigstes gratis", "Il meno caro gratis", "Cheapest free", "最低价免费"
        ),
        EffectName.BUNDLE_PRICE: words_in(
            "Prix du lot", "Setpreis", "Prezzo del set", "Bundle price", "套装价"
        ),
        EffectName.STEP_PERCENT_OFF: words_in(
            "Remise par palier", "Staffelrabatt", "Sconto a soglie", "Step discount", "阶梯折扣"
        ),
        EffectName.STEP_AMOUNT_OFF: words_in(
            "Remise par palier", "Staffelrabatt", "Sconto a soglie", "Step discount", "阶梯立减"
        ),
        EffectName.FREE_ARTICLE: words_in("Cadeau", "Geschenk", "Omaggio", "Gift", "赠品"),
        EffectName.NEXT_PURCHASE_VOUCHER: words_in(
            "Bon pour la prochaine fois",
            "Gutschein fürs nächste Mal",
            "Buono per la prossima volta",
            "Voucher for next time",
            "下次代金券",
        ),
        EffectName.SEGMENT: words_in("Groupe", "Gruppe", "Gruppo", "Group", "分组"),
        EffectName.POINTS_PER_AMOUNT: words_in(
            "Points sur le montant",
            "Punkte auf den Betrag",
            "Punti sull'importo",
            "Points on the amount",
            "消费积分",
        ),
        EffectName.POINTS_FIXED: words_in(
            "Points en plus", "Extrapunkte", "Punti extra", "Extra points", "额外积分"
        ),
        EffectName.POINTS_NTH_VISIT: words_in(
            "Points de visite", "Besuchspunkte", "Punti visita", "Visit points", "到店积分"
        ),
        EffectName.POINTS_MULTIPLIER: words_in(
            "Points multipliés", "Mehrfachpunkte", "Punti moltiplicati", "Points multiplied", "积分翻倍"
        ),
        EffectName.POINTS_THRESHOLD: words_in(
            "Bonus de palier", "Stufenbonus", "Bonus soglia", "Milestone bonus", "达标奖励"
        ),
        EffectName.POINTS_SPONSOR: words_in("Parrainage", "Empfehlung", "Invito", "Sponsoring", "推荐奖励"),
        EffectName.CONTEST_ENTRY: words_in("Concours", "Wettbewerb", "Concorso", "Contest", "抽奖"),
        ReasonCode.VOUCHER: words_in("Bon", "Gutschein", "Buono", "Voucher", "代金券"),
        ReasonCode.MANUAL_DISCOUNT: words_in(
            "Geste commercial", "Kulanz", "Sconto al banco", "Discount at the counter", "柜台优惠"
        ),
    }
)
"""What a rule without a name of its own is called, by what it does."""
