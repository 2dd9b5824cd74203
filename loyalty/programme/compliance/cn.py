"""China: no medicine as a gift. Whether points may be given is not sourced yet, so nothing earns."""

from datetime import date

from loyalty.programme.articles import ArticleClass as A
from loyalty.programme.compliance.verdict import Cell, CountryPack, LegalAct, Source, named, table

CN_1 = Source(
    "CN-1",
    "SAMR Order 84, art. 42 (a comment in a public code file; the official text was not reached)",
    "",
    named(
        fr="arrêté n° 84 de la SAMR, art. 42",
        de="SAMR-Erlass Nr. 84, Art. 42",
        it="ordinanza SAMR n. 84, art. 42",
        en="SAMR Order 84, art. 42",
        zh="《药品经营和使用质量监督管理办法》第四十二条",
    ),
    is_law=True,
)

# Class-A OTC is named by the article, class-B is not; MEDICINE_OTC does not tell them apart, so it denies.
NO_MEDICINE_AS_GIFT = Cell(is_allowed=False, sources=(CN_1,), valid_from=date(2024, 1, 1))

PACK = CountryPack(
    country="CN",
    version=1,
    cells=table(((A.MEDICINE_RX, A.MEDICINE_OTC), (LegalAct.BE_A_GIFT,), NO_MEDICINE_AS_GIFT)),
)
