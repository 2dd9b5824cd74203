"""Words that every printed paper shares, in five languages. Plain characters: printers know few others."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from loyalty.programme.articles import ArticleClass

LANGUAGES: Final = ("fr", "de", "it", "en", "zh")
"""The order of the words in the tables below."""

Words = Mapping[str, str]
"""By language."""


def words_of(texts: Words, language: str) -> str:
    """The words in a language, English in one that we do not have."""
    return texts.get(language, texts["en"])


def words_in(*texts: str) -> Words:
    """The words of the five languages, in their order."""
    return MappingProxyType(dict(zip(LANGUAGES, texts, strict=True)))


ONE_POINT: Final = words_in(
    "{points} point", "{points} Punkt", "{points} punto", "{points} point", "{points}分"
)
POINTS: Final = words_in(
    "{points} points", "{points} Punkte", "{points} punti", "{points} points", "{points}分"
)
BALANCE: Final = words_in("Solde", "Stand", "Saldo", "Balance", "积分余额")
VOUCHER: Final = words_in("Bon", "Gutschein", "Buono", "Voucher", "代金券")
VOUCHER_UNTIL: Final = words_in(
    "Valable jusqu'au {day}", "Gültig bis {day}", "Valido fino al {day}", "Valid until {day}", "有效期至{day}"
)
VOUCHER_PERSONAL: Final = words_in(
    "Uniquement avec votre carte", "Nur mit Ihrer Karte", "Solo con la sua carta", "Only with your card",
    "仅限本人会员卡使用",
)  # fmt: skip
VOUCHER_OFFERED: Final = words_in(
    "Offert par {name}", "Offeriert von {name}", "Offerto da {name}", "Offered by {name}", "由{name}提供"
)
VOUCHER_ONCE: Final = words_in(
    "Une seule fois, dans toutes nos pharmacies",
    "Einmal, in allen unseren Apotheken",
    "Una sola volta, in tutte le nostre farmacie",
    "Once, in all our pharmacies",
    "限用一次，本集团各门店通用",
)
VOUCHER_ON: Final = words_in(
    "Valable sur : {classes}",
    "Gültig für: {classes}",
    "Valido per: {classes}",
    "Good for: {classes}",
    "适用：{classes}",
)
COMMA: Final = words_in(", ", ", ", ", ", ", ", "、")
CLASSES: Final[Mapping[str, Words]] = MappingProxyType(
    {
        ArticleClass.MEDICINE_RX: words_in(
            "Médicament sur ordonnance",
            "Rezeptpflichtiges Arzneimittel",
            "Medicinale con ricetta",
            "Prescription medicine",
            "处方药",
        ),
        ArticleClass.MEDICINE_OTC: words_in(
            "Médicament sans ordonnance",
            "Rezeptfreies Arzneimittel",
            "Medicinale senza ricetta",
            "Non-prescription medicine",
            "非处方药",
        ),
        ArticleClass.MEDICINE_CH_A: words_in(
            "Médicament cat. A", "Arzneimittel Kat. A", "Medicinale cat. A", "Medicine cat. A", "A类药品"
        ),
        ArticleClass.MEDICINE_CH_B: words_in(
            "Médicament cat. B", "Arzneimittel Kat. B", "Medicinale cat. B", "Medicine cat. B", "B类药品"
        ),
        ArticleClass.MEDICINE_CH_C: words_in(
            "Médicament cat. C", "Arzneimittel Kat. C", "Medicinale cat. C", "Medicine cat. C", "C类药品"
        ),
        ArticleClass.MEDICINE_CH_D: words_in(
            "Médicament cat. D", "Arzneimittel Kat. D", "Medicinale cat. D", "Medicine cat. D", "D类药品"
        ),
        ArticleClass.MEDICINE_CH_E: words_in(
            "Médicament cat. E", "Arzneimittel Kat. E", "Medicinale cat. E", "Medicine cat. E", "E类药品"
        ),
        ArticleClass.MEDICAL_DEVICE: words_in(
            "Dispositif médical", "Medizinprodukt", "Dispositivo medico", "Medical device", "医疗器械"
        ),
        ArticleClass.INFANT_MILK_FIRST_AGE: words_in(
            "Lait 1er âge",
            "Säuglingsanfangsnahrung",
            "Latte di partenza",
            "First-age infant milk",
            "婴儿一段奶粉",
        ),
        ArticleClass.BOOK: words_in("Livre", "Buch", "Libro", "Book", "图书"),
        ArticleClass.PARAPHARMACY: words_in(
            "Parapharmacie", "Parapharmazie", "Parafarmacia", "Parapharmacy", "药妆"
        ),
        ArticleClass.COSMETIC: words_in("Cosmétique", "Kosmetik", "Cosmetico", "Cosmetic", "化妆品"),
        ArticleClass.FOOD_SUPPLEMENT: words_in(
            "Complément alimentaire", "Nahrungsergänzung", "Integratore", "Food supplement", "膳食补充剂"
        ),
        ArticleClass.FOOD: words_in("Aliment", "Lebensmittel", "Alimento", "Food", "食品"),
        ArticleClass.SERVICE: words_in("Prestation", "Dienstleistung", "Prestazione", "Service", "服务"),
        ArticleClass.UNKNOWN: words_in("Article", "Artikel", "Articolo", "Article", "商品"),
    }
)
"""Legal classes as a customer reads them on the paper that names the articles anyway."""
