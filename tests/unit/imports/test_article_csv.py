from pathlib import Path

import pytest

from central.gateways import article_csv, class_rules
from central.gateways.article_csv import CsvOptions
from central.gateways.files import FileBroken, FileUnreadable
from central.gateways.rows import Parsed
from loyalty.programme.articles import ArticleClass
from wire.api_catalogue import ArticleBody


def read(path: Path, rules: str | None = None, **options: str) -> Parsed[ArticleBody]:
    found = class_rules.parse(rules or class_rules.default_text(), "rules.toml")
    return article_csv.read(path, found, "CHF", CsvOptions(**options))  # type: ignore[arg-type]


def a_file(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "articles.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_encoding_and_separator_are_found_out(tmp_path: Path, encoding: str, separator: str) -> None:
    lines = [["EAN", "Désignation", "Preis"], ["4005808730735", "Crème été", "12.90"]]
    path = a_file(tmp_path, "\r\n".join(separator.join(line) for line in lines), encoding)
    (record,) = read(path).records
    assert (record.line, record.record_id) == (2, "code:4005808730735")
    assert (record.body.name, record.body.price_minor) == ("Crème été", 1290)


def test_every_row_is_taken_or_refused_with_its_line_and_reason(tmp_path: Path) -> None:
    text = (
        "code;name;price;class;currency\n"
        "4005808730735;Sun cream;12,90;cosmetic;\n"
        "4005808730736;Wrong digit;1,00;cosmetic;\n"
        ";No code;1,00;cosmetic;\n"
        "A1;;1,00;cosmetic;\n"
        "A2;Negative;-1,00;cosmetic;\n"
        "4005808730735;Twice;1,00;cosmetic;\n"
        "A3;Euro;1,00;cosmetic;EUR\n"
        "A4;Short row;1,00\n"
        "\n"
        "4.0058E+12;Spoiled;1,00;cosmetic;\n"
        'A5;"Two\nlines";3;unheard of;\n'
        f"{'9' * 65};Long code;1;cosmetic;\n"
    )
    parsed = read(a_file(tmp_path, text))
    assert [(note.line, note.kind, note.code) for note in parsed.notes] == [
        (3, "warned", "check_digit_wrong"),
        (4, "refused", "code_missing"),
        (5, "refused", "name_missing"),
        (6, "refused", "price_invalid"),
        (7, "refused", "code_twice"),
        (8, "refused", "currency_differs"),
        (9, "refused", "row_unreadable"),
        (11, "refused", "code_spoiled"),
        (12, "warned", "class_unknown"),
        (14, "refused", "row_invalid"),
    ]
    assert [(record.line, record.body.name) for record in parsed.records] == [
        (2, "Sun cream"),
        (3, "Wrong digit"),
        (12, "Two lines"),
    ]
    assert parsed.rows == len(parsed.records) + 8


@pytest.mark.parametrize(
    ("word", "article_class"),
    [
        ("medicine_rx", ArticleClass.MEDICINE_RX),
        ("Liste II", ArticleClass.MEDICINE_RX),
        ("rezeptfrei", ArticleClass.MEDICINE_OTC),
        ("Swissmedic B+", ArticleClass.MEDICINE_CH_B),
        ("Kosmetik", ArticleClass.COSMETIC),
        ("Lait 1er âge", ArticleClass.INFANT_MILK_FIRST_AGE),
        ("parapharmacie", ArticleClass.PARAPHARMACY),
        ("unknown", ArticleClass.UNKNOWN),
        ("not parapharmacy", ArticleClass.UNKNOWN),
        ("", ArticleClass.UNKNOWN),
    ],
)
def test_the_shipped_rules_give_a_class(tmp_path: Path, word: str, article_class: ArticleClass) -> None:
    (record,) = read(a_file(tmp_path, f"code;name;class\nA1;Something;{word}\n")).records
    assert record.body.article_class == article_class


def test_every_class_can_be_named_in_the_shipped_rules(tmp_path: Path) -> None:
    rows = "".join(f"A{at};Something;{each}\n" for at, each in enumerate(ArticleClass))
    parsed = read(a_file(tmp_path, f"code;name;class\n{rows}"))
    assert [record.body.article_class for record in parsed.records] == list(ArticleClass)


MY_RULES = """
default = "parapharmacy"

[columns]
code = ["Pharmacode"]
name = ["Artikel"]

[[rule]]
class = "medicine_ch_b"
when = { Liste = "[AB]", Art = "arznei.*" }

[[rule]]
class = "cosmetic"
when = { Art = "kosmetik" }
"""


@pytest.mark.parametrize(
    ("liste", "art", "article_class"),
    [
        ("B", "Arzneimittel", "medicine_ch_b"),
        ("B", "Kosmetik", "cosmetic"),
        ("C", "Arzneimittel", "parapharmacy"),
    ],
)
def test_the_first_rule_whose_cells_all_match_decides(
    tmp_path: Path, liste: str, art: str, article_class: str
) -> None:
    path = a_file(tmp_path, f"Pharmacode,Artikel,Liste,Art\n123,Etwas,{liste},{art}\n")
    (record,) = read(path, MY_RULES).records
    assert record.body.article_class == article_class


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ("rules", "not a rules file"),
        ('default = "sweets"\n' + MY_RULES.split("\n", 2)[2], "sweets"),
        (MY_RULES.replace("when", "if", 1), "if"),
        (MY_RULES.replace("[AB]", "[AB"), "rule 1, column Liste"),
    ],
)
def test_rules_that_cannot_be_used_say_why(tmp_path: Path, rules: str, why: str) -> None:
    with pytest.raises(FileBroken, match=why.replace("[", r"\[")):
        class_rules.parse(rules, "rules.toml")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "binary"),
        (b"\x1f\x8b\x08\x00garbage", "damaged gzip"),
        (b"article;price\nA;1\n", "lacks code, name"),
        (b"code;name;name\nA;B;C\n", "stands twice"),
        (b'code;name\n"A;B\nC;D\n', "line 2 cannot be read"),
    ],
)
def test_a_file_that_is_no_article_file_is_refused_whole(tmp_path: Path, data: bytes, why: str) -> None:
    path = tmp_path / "articles.csv"
    path.write_bytes(data)
    with pytest.raises(FileBroken, match=why):
        read(path)


def test_bytes_of_another_encoding_name_the_line(tmp_path: Path) -> None:
    path = a_file(tmp_path, "code;name\nA;B\nC;Crème\n", "cp1252")
    with pytest.raises(FileBroken, match="line 3 is not utf-8"):
        read(path, encoding="utf-8")


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="No such file"):
        read(tmp_path / "nothing.csv")


def test_different_codes_never_make_the_same_id() -> None:
    codes = ["BANK CHARGES", "BANK:20:CHARGES", "BANK-CHARGES", "a b", "a\u020ab", "gift_0001_£", "É"]
    assert len({article_csv.id_of_code(code) for code in codes}) == len(codes)


def test_a_column_of_tax_rates_is_read_and_a_rate_that_is_not_certain_is_refused(tmp_path: Path) -> None:
    text = "code;name;TVA\nA1;Sun cream;8,1\nA2;Tea;2.6 %\nA3;Unknown;\nA4;Unclear;0,2\n"
    parsed = read(a_file(tmp_path, text))
    assert [(record.record_id, record.body.tax_rate_bp) for record in parsed.records] == [
        ("code:A1", 810),
        ("code:A2", 260),
        ("code:A3", None),
    ]
    assert [(note.line, note.code) for note in parsed.notes if note.kind == "refused"] == [
        (5, "tax_rate_invalid")
    ]
