"""The demo group's articles: about 300, from prescription medicine to sun cream, every legal class of the shop.

Names are generic (substance, strength, pack). Barcodes are in-store EAN-13 (prefix 21, restricted circulation),
because real ones belong to their makers. Swiss dispensing categories are those in force since 2019 (A, B, D, E).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from loyalty.programme.articles import ArticleClass

ARTICLE_PREFIX = "21"


@dataclass(frozen=True, slots=True)
class DemoArticle:
    """One article of the demo: `price_minor` in rappen, tax in."""

    article_id: str
    code: str
    name: str
    article_class: ArticleClass
    brand: str
    range: str
    price_minor: int


def in_store_code(prefix: str, number: int) -> str:
    """An EAN-13 of the restricted range: two digits of prefix, ten of number, the check digit."""
    body = f"{prefix}{number:010d}"
    total = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(body))
    return body + str(-total % 10)


_RX_B = (
    ("Amlodipine", ("5 mg", "10 mg"), 1890), ("Atorvastatine", ("20 mg", "40 mg"), 3240),
    ("Bisoprolol", ("2,5 mg", "5 mg"), 1450), ("Candésartan", ("8 mg", "16 mg"), 2680),
    ("Escitalopram", ("10 mg", "20 mg"), 2950), ("Ésoméprazole", ("20 mg", "40 mg"), 2370),
    ("Gliclazide", ("30 mg", "60 mg"), 1990), ("Ibuprofène", ("600 mg",), 1280),
    ("Lévothyroxine", ("50 µg", "100 µg"), 980), ("Losartan", ("50 mg", "100 mg"), 2540),
    ("Metformine", ("500 mg", "1000 mg"), 890), ("Métoprolol retard", ("50 mg", "100 mg"), 1620),
    ("Mirtazapine", ("15 mg", "30 mg"), 2710), ("Naproxène", ("500 mg",), 1490),
    ("Pantoprazole", ("20 mg", "40 mg"), 2180), ("Périndopril", ("4 mg", "8 mg"), 2890),
    ("Prégabaline", ("75 mg", "150 mg"), 3890), ("Quétiapine", ("25 mg", "100 mg"), 3120),
    ("Ramipril", ("2,5 mg", "5 mg"), 1760), ("Rosuvastatine", ("10 mg", "20 mg"), 3380),
    ("Salbutamol aérosol", ("100 µg",), 1120), ("Sertraline", ("50 mg", "100 mg"), 2640),
    ("Simvastatine", ("20 mg", "40 mg"), 1870), ("Torasémide", ("5 mg", "10 mg"), 1390),
)  # fmt: skip
_RX_A = (
    ("Amoxicilline", ("500 mg", "1000 mg"), 1580), ("Amoxicilline acide clavulanique", ("625 mg", "1 g"), 2290),
    ("Azithromycine", ("250 mg", "500 mg"), 2140), ("Ciprofloxacine", ("500 mg",), 2460),
    ("Doxycycline", ("100 mg",), 1270), ("Isotrétinoïne", ("10 mg", "20 mg"), 5480),
)  # fmt: skip
_OTC_D = (
    ("Paracétamol 500 mg", ("16 comprimés", "20 comprimés", "10 suppositoires"), 380),
    ("Paracétamol sirop enfants", ("90 ml",), 720), ("Ibuprofène 200 mg", ("10 dragées", "20 dragées"), 790),
    ("Acide acétylsalicylique 500 mg", ("20 comprimés",), 690), ("Diclofénac gel 1 %", ("50 g", "100 g"), 1190),
    ("Cétirizine 10 mg", ("10 comprimés", "30 comprimés"), 890), ("Loratadine 10 mg", ("14 comprimés",), 1290),
    ("Lopéramide 2 mg", ("20 capsules",), 1390), ("Dextrométhorphane sirop", ("125 ml", "200 ml"), 1180),
    ("Acétylcystéine 600 mg", ("7 effervescents", "14 effervescents"), 1150), ("Xylométazoline spray", ("10 ml",), 890),
    ("Xylométazoline spray enfants", ("10 ml",), 860), ("Bisacodyl 5 mg", ("30 dragées",), 980),
    ("Macrogol sachets", ("20 sachets",), 1890), ("Siméticone 80 mg", ("50 comprimés",), 1420),
    ("Clotrimazole crème 1 %", ("20 g",), 1180), ("Aciclovir crème 5 %", ("2 g", "5 g"), 1090),
    ("Nicotine gommes 2 mg", ("24 pièces", "105 pièces"), 1580), ("Nicotine patch 21 mg", ("7 pièces",), 3490),
    ("Magnésium 10 mmol", ("20 sachets", "50 sachets"), 1790), ("Fer 100 mg", ("30 comprimés",), 1680),
    ("Alginate suspension", ("200 ml", "24 sachets"), 1450), ("Désinfectant chlorhexidine", ("100 ml",), 990),
    ("Povidone iodée", ("30 ml", "120 ml"), 850), ("Dexpanthénol pommade", ("30 g", "100 g"), 1090),
)  # fmt: skip
_OTC_E = (
    ("Tisane de tilleul", ("20 sachets",), 590), ("Tisane de verveine", ("20 sachets",), 590),
    ("Pastilles au lichen", ("24 pièces",), 780), ("Pastilles à la sauge", ("24 pièces",), 690),
    ("Bonbons eucalyptus médicinaux", ("50 g",), 520), ("Huile de menthe", ("10 ml",), 1180),
    ("Baume de camphre doux", ("50 g",), 1090), ("Eau de mélisse", ("100 ml",), 1390),
)  # fmt: skip
_DEVICES = (
    ("Pansements assortis", ("20 pièces", "40 pièces"), 590), ("Compresses stériles 10 × 10", ("10 pièces",), 690),
    ("Bande élastique 8 cm", ("1 pièce",), 790), ("Thermomètre digital", ("1 pièce",), 1490),
    ("Thermomètre auriculaire", ("1 pièce",), 4990), ("Tensiomètre de bras", ("1 pièce",), 8990),
    ("Lecteur de glycémie", ("1 set",), 5990), ("Bandelettes de glycémie", ("50 pièces",), 3980),
    ("Test de grossesse", ("1 pièce", "2 pièces"), 1290), ("Autotest antigénique", ("1 pièce", "5 pièces"), 590),
    ("Bas de contention classe 2", ("taille S", "taille M", "taille L"), 5890), ("Inhalateur de vapeur", ("1 pièce",), 3490),
    ("Spray nasal eau de mer", ("100 ml",), 1490), ("Larmes artificielles", ("10 ml", "20 unidoses"), 1390),
    ("Bouchons d’oreilles", ("8 pièces",), 890), ("Masques chirurgicaux", ("50 pièces",), 1490),
    ("Genouillère", ("taille M", "taille L"), 3990), ("Semelles confort", ("taille 38", "taille 42"), 2490),
)  # fmt: skip
_SUN = (
    ("Crème solaire visage SPF 50", ("50 ml",), 2190), ("Crème solaire enfants SPF 50", ("150 ml", "200 ml"), 2690),
    ("Lait solaire SPF 30", ("200 ml", "400 ml"), 2390), ("Spray solaire SPF 50", ("200 ml",), 2790),
    ("Stick solaire lèvres SPF 50", ("4 g",), 890), ("Après-soleil aloès", ("200 ml",), 1590),
    ("Fluide solaire teinté SPF 50", ("50 ml",), 2490),
)  # fmt: skip
_CARE = (
    ("Crème hydratante visage", ("40 ml", "50 ml riche"), 2890), ("Sérum vitamine C", ("30 ml",), 4590),
    ("Crème de nuit", ("50 ml",), 3890), ("Gel nettoyant doux", ("200 ml", "400 ml"), 1690),
    ("Eau micellaire", ("250 ml", "500 ml"), 1590), ("Crème mains", ("50 ml", "75 ml"), 890),
    ("Lait corps peaux sèches", ("250 ml", "400 ml"), 1990), ("Baume à lèvres", ("4 g", "10 ml"), 590),
    ("Shampooing doux", ("200 ml", "400 ml"), 1390), ("Shampooing antipelliculaire", ("150 ml",), 1790),
    ("Déodorant sans sels d’aluminium", ("50 ml",), 1290), ("Crème pieds urée 10 %", ("75 ml",), 1490),
    ("Huile d’amande douce", ("100 ml", "200 ml"), 1190), ("Masque argile", ("75 ml",), 1890),
    ("Contour des yeux", ("15 ml",), 3290), ("Gel douche surgras", ("250 ml", "1 l"), 1290),
    ("Beurre de karité", ("100 ml",), 1690), ("Crème anti-rougeurs", ("40 ml",), 3190),
    ("Vernis fortifiant", ("10 ml",), 1490), ("Eau thermale", ("150 ml", "300 ml"), 1090),
)  # fmt: skip
_PARA = (
    ("Dentifrice fluoré", ("75 ml", "75 ml enfants"), 590), ("Brosse à dents souple", ("1 pièce", "3 pièces"), 490),
    ("Brossettes interdentaires", ("8 pièces",), 990), ("Bain de bouche", ("400 ml",), 1290),
    ("Fil dentaire", ("50 m",), 590), ("Gel hydroalcoolique", ("75 ml", "500 ml"), 490),
    ("Mouchoirs doux", ("10 paquets",), 390), ("Coton", ("100 g",), 350), ("Couches naissance", ("28 pièces",), 1190),
    ("Lingettes bébé", ("64 pièces",), 490), ("Biberon anti-colique", ("150 ml", "260 ml"), 1490),
    ("Sucette 0-6 mois", ("2 pièces",), 1190), ("Anti-moustique spray", ("100 ml", "100 ml enfants"), 1590),
    ("Peigne anti-poux", ("1 pièce",), 1690), ("Bouillotte", ("1 pièce",), 1990), ("Pilulier semaine", ("1 pièce",), 1290),
    ("Ciseaux à ongles", ("1 pièce",), 1390), ("Pince à épiler", ("1 pièce",), 1190), ("Savon d’Alep", ("200 g",), 990),
    ("Gourde inox", ("500 ml",), 2490),
)  # fmt: skip
_SUPPLEMENTS = (
    ("Vitamine D3 gouttes", ("10 ml",), 1490), ("Vitamine C 1000", ("20 effervescents", "60 comprimés"), 990),
    ("Multivitamines", ("30 comprimés", "100 comprimés"), 1990), ("Oméga-3", ("60 capsules",), 2490),
    ("Zinc 15 mg", ("60 comprimés",), 1290), ("Probiotiques", ("10 sachets", "30 capsules"), 2190),
    ("Collagène", ("20 sachets",), 3990), ("Mélatonine 1 mg", ("30 comprimés",), 1890), ("Acide folique", ("90 comprimés",), 1390),
    ("Levure de bière", ("200 comprimés",), 1290), ("Spiruline", ("180 comprimés",), 2290), ("Curcuma", ("60 capsules",), 2690),
    ("Canneberge", ("30 capsules",), 2190), ("Boisson protéinée vanille", ("4 × 200 ml",), 1990),
    ("Électrolytes", ("10 sachets",), 1190),
)  # fmt: skip
_MILK = (("Lait 1er âge", ("800 g", "800 g bio"), 2690),)
_SERVICES = (
    ("Mesure de la tension", ("",), 500), ("Contrôle de glycémie", ("",), 800), ("Vaccination grippe", ("",), 3500),
    ("Bilan de médication", ("",), 4500), ("Perçage d’oreilles", ("",), 5900), ("Analyse de peau", ("",), 2500),
    ("Mesure pour bas de contention", ("",), 2000), ("Livraison à domicile", ("",), 700),
)  # fmt: skip

_SHELVES = (
    (_RX_A, ArticleClass.MEDICINE_CH_A, "Ordonnance", ("10 comprimés", "20 comprimés")),
    (_RX_B, ArticleClass.MEDICINE_CH_B, "Ordonnance", ("30 comprimés", "100 comprimés")),
    (_OTC_D, ArticleClass.MEDICINE_CH_D, "Conseil", ("",)),
    (_OTC_E, ArticleClass.MEDICINE_CH_E, "Conseil", ("",)),
    (_DEVICES, ArticleClass.MEDICAL_DEVICE, "Dispositifs", ("",)),
    (_SUN, ArticleClass.COSMETIC, "Soleil", ("",)),
    (_CARE, ArticleClass.COSMETIC, "Soins", ("",)),
    (_PARA, ArticleClass.PARAPHARMACY, "Hygiène et bébé", ("",)),
    (_SUPPLEMENTS, ArticleClass.FOOD_SUPPLEMENT, "Compléments", ("",)),
    (_MILK, ArticleClass.INFANT_MILK_FIRST_AGE, "Hygiène et bébé", ("",)),
    (_SERVICES, ArticleClass.SERVICE, "Services", ("",)),
)


def demo_articles() -> list[DemoArticle]:
    """All articles of the demo group, always the same."""
    return [
        DemoArticle(
            article_id=f"a-{number:04d}",
            code=in_store_code(ARTICLE_PREFIX, number),
            name=name,
            article_class=article_class,
            brand="Léman" if article_class is ArticleClass.COSMETIC else "",
            range=shelf,
            price_minor=price_minor,
        )
        for number, (name, article_class, shelf, price_minor) in enumerate(_variants(), start=1)
    ]


def _variants() -> Iterator[tuple[str, ArticleClass, str, int]]:
    for rows, article_class, shelf, packs in _SHELVES:
        for name, sizes, price_minor in rows:
            for step, (size, pack) in enumerate((size, pack) for size in sizes for pack in packs):
                full = ", ".join(
                    part for part in (f"{name} {size}".strip() if pack else name, pack or size) if part
                )
                yield full, article_class, shelf, price_minor * (10 + 4 * step) // 10 // 5 * 5
