"""Switzerland: purchases earn on a card tied to no medicine; medicine vouchers and contests are illicit."""

from datetime import date

from loyalty.programme.articles import ArticleClass as A
from loyalty.programme.compliance.verdict import (
    Cell,
    Condition,
    CountryPack,
    LegalAct,
    Source,
    named,
    read_in,
    table,
)

CH_1 = Source(
    "CH-1",
    "pharmaSuisse, points for all categories (answer)",
    "https://pharmasuisse.org/fr/articles/carte-de-fidelite/"
    "pouvons-nous-proposer-la-collecte-de-points-pour-toutes-les-categories",
    read_in("pharmaSuisse"),
)


def _article_21(paragraph: str = "", letter: str = "") -> Source:
    """The ordinance on advertising for medicines, by its official names in three languages.

    RS/SR 812.212.5: OPuM (fr, it), AWV (de); https://droit-bilingue.ch/it-fr/8/81/812.212.5-21-27.html
    """

    def place(of_paragraph: str, of_letter: str) -> str:
        told = f" {of_paragraph} {paragraph}" if paragraph else ""
        return f"{told} {of_letter} {letter}" if letter else told

    chinese = (f"第{paragraph}款" if paragraph else "") + (f"{letter}项" if letter else "")
    return Source(
        "CH-3",
        f"OPuM/AWV art. 21{place('al.', 'let.')}",
        "https://droit-bilingue.ch/de-fr/8/81/812.212.5-21-27.html",
        named(
            fr=f"art. 21{place('al.', 'let.')} OPuM, RS 812.212.5",
            de=f"Art. 21{place('Abs.', 'Bst.')} AWV, SR 812.212.5",
            it=f"art. 21{place('cpv.', 'lett.')} OPuM, RS 812.212.5",
            en=f"art. 21{place('par.', 'let.')} OPuM/AWV, SR 812.212.5",
            zh=f"AWV/OPuM第21条{chinese}, SR 812.212.5",
        ),
        is_law=True,
    )


CH_3 = _article_21()
CH_3_E = _article_21("1", "e")
CH_3_F = _article_21("1", "f")
CH_3_H = _article_21("1", "h")
CH_3_AL2 = _article_21("2")
CH_4 = Source(
    "CH-4",
    "LPTh art. 32 al. 2 let. a, at issue in Federal court 2A.20/2007",
    "https://entscheide.weblaw.ch/cache.php?link=09.05.2007_2A.20-2007&q=&sel_lang=fr",
    named(
        fr="art. 32 al. 2 let. a LPTh, RS 812.21",
        de="Art. 32 Abs. 2 Bst. a HMG, SR 812.21",
        it="art. 32 cpv. 2 lett. a LATer, RS 812.21",
        en="art. 32 par. 2 let. a LPTh/HMG, SR 812.21",
        zh="HMG/LPTh第32条第2款a项, SR 812.21",
    ),
    is_law=True,
)
CH_5 = Source(
    "CH-5",
    "Bon a savoir, la cartomania en pharmacie",
    "https://www.bonasavoir.ch/article/article-detail/la-cartomania-en-pharmacie-1",
    read_in("Bon à savoir"),
)
CH_8 = Source(
    "CH-8",
    "LJAr/BGS art. 3 let. a",
    "https://droit-bilingue.ch/rm-fr/9/93/935.51-3-6.html",
    named(
        fr="art. 3 let. a LJAr, RS 935.51",
        de="Art. 3 Bst. a BGS, SR 935.51",
        it="art. 3 lett. a LGD, RS 935.51",
        en="art. 3 let. a LJAr/BGS, SR 935.51",
        zh="BGS/LJAr第3条a项, SR 935.51",
    ),
    is_law=True,
)

PRESCRIPTION = (A.MEDICINE_RX, A.MEDICINE_CH_A, A.MEDICINE_CH_B)
WITHOUT_PRESCRIPTION = (A.MEDICINE_OTC, A.MEDICINE_CH_C, A.MEDICINE_CH_D)
MEDICINES = (*PRESCRIPTION, *WITHOUT_PRESCRIPTION, A.MEDICINE_CH_E)
MEDICINES_UNDER_ART_21 = (*PRESCRIPTION, *WITHOUT_PRESCRIPTION)
PURCHASES = (A.PARAPHARMACY, A.COSMETIC, A.FOOD_SUPPLEMENT)
BENEFITS = (
    LegalAct.EARN,
    LegalAct.REDEEM_ON,
    LegalAct.COUNTS_TOWARD_THRESHOLD,
    LegalAct.BE_DISCOUNTED,
)

WORDING_OF_2004 = date(2004, 9, 1)
WORDING_OF_2019 = date(2019, 1, 1)

MAY_EARN_UNTIED = Cell(is_allowed=True, sources=(CH_1,), condition=Condition.NOT_PRODUCT_BOUND)
MAY_EARN = Cell(is_allowed=True, sources=(CH_1,))
ONE_SHOP_MAY_RUN_IT = Cell(is_allowed=True, sources=(CH_5,))
NO_VOUCHER = Cell(is_allowed=False, sources=(CH_3_F,), valid_from=WORDING_OF_2019)
NO_CONTEST = Cell(is_allowed=False, sources=(CH_3_H,), valid_from=WORDING_OF_2004)
NO_GIFT = Cell(is_allowed=False, sources=(CH_3_E,))
NO_PRODUCT_COUPON = Cell(is_allowed=False, sources=(CH_1, CH_3_F))
# The ordinance is on advertising of medicines; CH-1 has promotions of medicines alone as the problem.
OTHER_GOODS_MAY_TRIGGER = Cell(is_allowed=True, sources=(CH_1, CH_3))
NO_PUBLIC_ADVERTISING = Cell(is_allowed=False, sources=(CH_4,))
NO_MEDICINE_AS_PRIZE = Cell(is_allowed=False, sources=(CH_3_E, CH_3_H))
# A game of money takes a stake or a legal act; ours takes neither. The ordinance forbids contests as
# advertising for medicines: a contest that is tied to none and gives none is not what it is about.
OTHER_GOODS_AS_PRIZES = Cell(is_allowed=True, sources=(CH_8, CH_3_H), condition=Condition.NOT_PRODUCT_BOUND)
CATEGORY_E_IS_FREE = Cell(is_allowed=True, sources=(CH_3_AL2,), valid_from=WORDING_OF_2004)

PACK = CountryPack(
    country="CH",
    version=4,
    cells=table(
        (MEDICINES, (LegalAct.EARN,), MAY_EARN_UNTIED),
        (PURCHASES, BENEFITS, MAY_EARN),
        ((*MEDICINES, *PURCHASES), (LegalAct.SHOP_ONLY_BENEFIT,), ONE_SHOP_MAY_RUN_IT),
        (MEDICINES_UNDER_ART_21, (LegalAct.REDEEM_ON,), NO_VOUCHER),
        (MEDICINES_UNDER_ART_21, (LegalAct.BE_IN_A_CONTEST,), NO_CONTEST),
        (MEDICINES_UNDER_ART_21, (LegalAct.BE_A_GIFT,), NO_GIFT),
        (MEDICINES_UNDER_ART_21, (LegalAct.COUPON_TRIGGER,), NO_PRODUCT_COUPON),
        (PURCHASES, (LegalAct.COUPON_TRIGGER,), OTHER_GOODS_MAY_TRIGGER),
        (MEDICINES_UNDER_ART_21, (LegalAct.BE_A_PRIZE,), NO_MEDICINE_AS_PRIZE),
        (PURCHASES, (LegalAct.BE_A_PRIZE,), OTHER_GOODS_AS_PRIZES),
        (PRESCRIPTION, (LegalAct.BE_ADVERTISED,), NO_PUBLIC_ADVERTISING),
        (
            (A.MEDICINE_CH_E,),
            (LegalAct.REDEEM_ON, LegalAct.BE_IN_A_CONTEST, LegalAct.BE_A_GIFT),
            CATEGORY_E_IS_FREE,
        ),
    ),
    shop_only_programme=(ONE_SHOP_MAY_RUN_IT,),
    contests=(OTHER_GOODS_AS_PRIZES,),
)
