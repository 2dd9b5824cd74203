"""Germany: nothing of value may touch a prescription line; a bonus on the rest is possible."""

from datetime import date

from loyalty.programme.articles import ArticleClass as A
from loyalty.programme.compliance.verdict import Cell, CountryPack, LegalAct, Source, named, table

DE_1 = Source(
    "DE-1",
    "BGH 6 June 2019, I ZR 206/17; § 7 Abs. 1 S. 1 Nr. 1 HWG",
    "https://iww.de/ah/quellenmaterial/id/210827",
    named(
        fr="§ 7 al. 1 phrase 1 no 1 HWG",
        de="§ 7 Abs. 1 Satz 1 Nr. 1 HWG",
        it="§ 7 cpv. 1 frase 1 n. 1 HWG",
        en="§ 7 par. 1 sentence 1 no. 1 HWG",
        zh="HWG第7条第1款第1句第1项",
    ),
    is_law=True,
)
DE_2 = Source(
    "DE-2",
    "VG Lueneburg 6 B 19/17; § 7 HWG",
    "https://voris.wolterskluwer-online.de/browse/document/378f26c2-d067-4506-aa18-bfeb5b0b2a03",
    named(
        fr="§ 7 HWG, VG Lüneburg 6 B 19/17",
        de="§ 7 HWG, VG Lüneburg 6 B 19/17",
        it="§ 7 HWG, VG Lüneburg 6 B 19/17",
        en="§ 7 HWG, VG Lüneburg 6 B 19/17",
        zh="HWG第7条, VG Lüneburg 6 B 19/17",
    ),
    is_law=True,
)
DE_3 = Source(
    "DE-3",
    "CJEU C-517/23, 27 February 2025; Dir. 2001/83 art. 86",
    "https://betriebs-berater.ruw.de/wirtschaftsrecht/urteile/Mitgliedstaat-duerf-Werbeaktion-fu-Bez-"
    "unbestimmt-verschreibungspflichtig-Arzneimitt-in-Gesta-vo-Preisnachlaess-od-Zahlung-in-Hoe-ein-genau-"
    "Betra-erla-47173",
    named(
        fr="CJUE C-517/23, directive 2001/83/CE art. 86",
        de="EuGH C-517/23, Richtlinie 2001/83/EG Art. 86",
        it="CGUE C-517/23, direttiva 2001/83/CE art. 86",
        en="CJEU C-517/23, Directive 2001/83/EC art. 86",
        zh="欧盟法院C-517/23, 2001/83/EC指令第86条",
    ),
    is_law=True,
)
DE_4 = Source(
    "DE-4",
    "Appeal court 6 U 347/24, 15 May 2025",
    "https://alro-recht.de/?p=4835",
    named(
        fr="cour d'appel, 6 U 347/24, 15 mai 2025",
        de="Berufungsgericht, 6 U 347/24, 15. Mai 2025",
        it="corte d'appello, 6 U 347/24, 15 maggio 2025",
        en="appeal court, 6 U 347/24, 15 May 2025",
        zh="上诉法院6 U 347/24, 2025年5月15日",
    ),
    is_law=True,
)

NO_BENEFIT_ON_RX = Cell(is_allowed=False, sources=(DE_1,), valid_from=date(2013, 8, 13))
NO_VOUCHER_FOR_RX = Cell(is_allowed=False, sources=(DE_3, DE_4), valid_from=date(2025, 2, 27))
BONUS_WITHIN_LIMITS = Cell(is_allowed=True, sources=(DE_2,))

PACK = CountryPack(
    country="DE",
    version=2,
    cells=table(
        (
            (A.MEDICINE_RX,),
            (
                LegalAct.EARN,
                LegalAct.REDEEM_ON,
                LegalAct.COUNTS_TOWARD_THRESHOLD,
                LegalAct.COUPON_TRIGGER,
                LegalAct.BE_DISCOUNTED,
            ),
            NO_BENEFIT_ON_RX,
        ),
        ((A.MEDICINE_RX,), (LegalAct.COUPON_TRIGGER,), NO_VOUCHER_FOR_RX),
        (
            (A.MEDICINE_OTC, A.PARAPHARMACY, A.COSMETIC, A.FOOD_SUPPLEMENT),
            (LegalAct.EARN, LegalAct.BE_DISCOUNTED),
            BONUS_WITHIN_LIMITS,
        ),
    ),
)
