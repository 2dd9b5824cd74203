-- Legal classes in countries other than the group's: a JSON object of classes by country, versioned with the article.

ALTER TABLE article ADD COLUMN country_classes TEXT NOT NULL DEFAULT '{}';
ALTER TABLE article_version ADD COLUMN country_classes TEXT NOT NULL DEFAULT '{}';
