"""Which purchases count for the share of turnover that a shop gives to a member's association (C-21)."""

from datetime import date

from loyalty.programme.articles import ArticleClass
from loyalty.programme.compliance import LegalAct, verdict
from loyalty.programme.compliance.ch import MEDICINES


def counts_for_association(country: str, article_class: ArticleClass, day: date) -> bool:
    """Whether a line counts: it may earn by law, and is no medicine.

    A share of what members buy is a benefit tied to their purchases, so what may not earn for them does not
    count for their association. Medicines never count, though in Switzerland they may earn: LPTh art. 55
    (CH-2) names benefits to organisations, and no source says that a share of their price may be given away.
    """
    return article_class not in MEDICINES and verdict(country, article_class, LegalAct.EARN, day).is_allowed
