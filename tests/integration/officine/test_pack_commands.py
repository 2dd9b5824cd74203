"""`officine article text` and `officine shop stock`: what kiosks tell of a pack."""

from pathlib import Path

from tests.integration.officine.cli import run, run_json


def test_texts_of_an_article_and_the_stock_of_a_shop_are_put(group: str, tmp_path: Path) -> None:
    code, shop = "2000000000015", "nyon"
    articles = tmp_path / "articles.csv"
    articles.write_text(f"code;name;class;price\n{code};Sun cream;cosmetic;19.90\n", encoding="utf-8")
    run_json("import", "articles", str(articles))
    text = run_json("article", "text", code, "--text", "fr", "Bien agiter.", "--text", "de", "Schütteln.")
    assert text["texts"] == {"de": "Schütteln.", "fr": "Bien agiter."}
    assert run_json("article", "text", code)["texts"] == {}
    assert run("article", "text", code, "--text", "rm", "x", "--json").error["code"] == "input_invalid"
    file = tmp_path / "stock.csv"
    file.write_text(f"code,units\n{code},6\n7612345678900,1\n")
    told = run_json("shop", "stock", shop, str(file))
    assert told == {"taken": 1, "older": 0, "unknown": ["7612345678900"]}
    earlier = run_json("shop", "stock", shop, str(file), "--as-of", "2020-01-01T00:00:00")
    assert (earlier["taken"], earlier["older"]) == (0, 1)
    file.write_text(f"code,units\n{code},many\n")
    refused = run("shop", "stock", shop, str(file), "--json")
    assert (refused.status, refused.error["code"]) == (1, "input_invalid")
    assert "line 2" in refused.error["detail"]
