"""The legal class of an article in a shop's country: what one calls a medicine another does not."""

from central.storage.interface.rows import ArticleRow
from loyalty.programme.articles import ArticleClass


def class_in(row: ArticleRow, country: str, home_country: str) -> ArticleClass:
    """The class of an article where a shop lies.

    `article_class` is the class in the group's own country. In any other country the article has the class
    that was given it there, and none is unknown, which every country pack denies.
    """
    if country == home_country:
        return ArticleClass(row.article_class)
    return ArticleClass((row.country_classes or {}).get(country, ArticleClass.UNKNOWN))
