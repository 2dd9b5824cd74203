"""France: programmes live on parapharmacy, cosmetics and supplements, and hold in every shop of the group."""

from datetime import date

from loyalty.programme.articles import ArticleClass as A
from loyalty.programme.compliance.verdict import Cell, CountryPack, LegalAct, Source, named, read_in, table

FR_1 = Source(
    "FR-1",
    "R. 5125-28 CSP, as explained by Kos avocats (before 2024)",
    "https://kos-avocats.fr/?p=3336",
    named(
        fr="art. R. 5125-28 du code de la santé publique",
        de="Art. R. 5125-28 Code de la santé publique",
        it="art. R. 5125-28 Code de la santé publique",
        en="art. R. 5125-28 Code de la santé publique",
        zh="Code de la santé publique第R. 5125-28条",
    ),
    is_law=True,
)
FR_2 = Source(
    "FR-2",
    "Conseil d'Etat, 5 April 2024, no 466187",
    "https://consultation.avocat.fr/blog/emma-favre-rochex/article-2968121-cartes-de-fidelite-en-pharmacie-"
    "oui-a-la-fidelite-au-groupement-non-a-la-fidelite-a-l-officine.html",
    named(
        fr="Conseil d'État, 5 avril 2024, n° 466187",
        de="Conseil d'État, 5. April 2024, Nr. 466187",
        it="Conseil d'État, 5 aprile 2024, n. 466187",
        en="Conseil d'État, 5 April 2024, no. 466187",
        zh="Conseil d'État 2024年4月5日第466187号",
    ),
    is_law=True,
)
FR_3 = Source(
    "FR-3",
    "Le Quotidien du pharmacien, la carte de fidelite, un atout des groupements",
    "https://www.lequotidiendupharmacien.fr/archives/la-carte-de-fidelite-un-atout-des-groupements",
    read_in("Le Quotidien du pharmacien"),
)
FR_4 = Source(
    "FR-4",
    "Le Quotidien du pharmacien, reperes",
    "https://static1.lequotidiendupharmacien.fr/archives/reperes-53",
    read_in("Le Quotidien du pharmacien"),
)
FR_5 = Source(
    "FR-5",
    "Fiducial, fidelisation en pharmacie",
    "https://www.fiducial.fr/Pharmacie/Comptabilite-et-gestion-de-votre-pharmacie/"
    "fidelisation-pharmacie-levier-rentable-a-condition-de-bien-encadrer",
    read_in("Fiducial"),
)

PROGRAMME_CLASSES = (A.PARAPHARMACY, A.COSMETIC, A.FOOD_SUPPLEMENT)
MEDICINES_AND_DEVICES = (A.MEDICINE_RX, A.MEDICINE_OTC, A.MEDICAL_DEVICE)
EVERY_CLASS = (*PROGRAMME_CLASSES, *MEDICINES_AND_DEVICES, A.INFANT_MILK_FIRST_AGE, A.BOOK, A.SERVICE)

# The programme itself: collecting, counting, redeeming. Giving and playing are judged apart.
PROGRAMME_ACTS = (
    LegalAct.EARN,
    LegalAct.REDEEM_ON,
    LegalAct.COUNTS_TOWARD_THRESHOLD,
    LegalAct.BE_DISCOUNTED,
)
EVERY_PROGRAMME_ACT = (*PROGRAMME_ACTS, LegalAct.COUPON_TRIGGER)

EXCLUDED_MEDICINE = Cell(is_allowed=False, sources=(FR_5, FR_3))
EXCLUDED_MILK = Cell(is_allowed=False, sources=(FR_4,))
WITHIN_THE_PROGRAMME = Cell(is_allowed=True, sources=(FR_3, FR_5))
OUTSIDE_THE_PROGRAMME = Cell(is_allowed=False, sources=(FR_3, FR_5))
NO_PREMIUM = Cell(is_allowed=False, sources=(FR_1, FR_4))
NOT_FOR_ONE_SHOP = Cell(is_allowed=False, sources=(FR_1, FR_4))
NOT_FOR_ONE_SHOP_RULED = Cell(is_allowed=False, sources=(FR_2,), valid_from=date(2024, 4, 5))

PACK = CountryPack(
    country="FR",
    version=3,
    cells=table(
        (PROGRAMME_CLASSES, PROGRAMME_ACTS, WITHIN_THE_PROGRAMME),
        ((A.BOOK, A.SERVICE), PROGRAMME_ACTS, OUTSIDE_THE_PROGRAMME),
        (MEDICINES_AND_DEVICES, EVERY_PROGRAMME_ACT, EXCLUDED_MEDICINE),
        ((A.INFANT_MILK_FIRST_AGE,), EVERY_PROGRAMME_ACT, EXCLUDED_MILK),
        (EVERY_CLASS, (LegalAct.BE_A_GIFT, LegalAct.BE_A_PRIZE), NO_PREMIUM),
        (EVERY_CLASS, (LegalAct.SHOP_ONLY_BENEFIT,), NOT_FOR_ONE_SHOP_RULED),
        (EVERY_CLASS, (LegalAct.SHOP_ONLY_BENEFIT,), NOT_FOR_ONE_SHOP),
    ),
    shop_only_programme=(NOT_FOR_ONE_SHOP_RULED, NOT_FOR_ONE_SHOP),
    # A prize is a material benefit to a customer.
    contests=(NO_PREMIUM,),
)
