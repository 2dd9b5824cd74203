"""The line of a file that a refusal or finding is about."""

import json

import pytest

from officine.json_places import line_of

TEXT = """{
  "rules": [
    {"id": "a", "effects": []},
    {
      "id": "b.c, {not}: a \\"list\\" [",
      "when": {"and": [true,
        {"fact": "member.is_known"}]},
      "effects": [
        {"effect": "percent_off", "rate_bp": 10.0}
      ]
    }
  ],
  "": "",
  "voucher_step":
    {"points": 500}
}
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("programme", 1),
        ("programme.rules", 2),
        ("programme.rules.0", 3),
        ("programme.rules.0.effects", 3),
        ("programme.rules.1", 4),
        ("programme.rules.1.id", 5),
        ("programme.rules.1.when.and.0", 6),
        ("programme.rules.1.when.and.1", 7),
        ("programme.rules.1.effects.0.rate_bp", 9),
        ("programme.rules.1.effects.0.rounding", 9),
        ("programme.rules.1.stacking.exclusive", 4),
        ('programme.rules.b.c, {not}: a "list" [', 5 - 1),
        ("programme.voucher_step", 14),
        ("programme.voucher_step.points", 15),
        ("programme.expiry", 1),
        ("rule a", None),
    ],
)
def test_a_path_leads_to_its_line_or_that_of_the_nearest_that_is_there(path: str, line: int | None) -> None:
    assert line_of(TEXT, path) == line


def test_every_line_of_an_indented_document_is_found() -> None:
    document = {"rules": [{"id": str(at), "list": [[], {}, [1, {"x": None}]], "s": ":,"} for at in range(9)]}
    text = json.dumps(document, indent=1)
    for at in range(9):
        assert (
            text.splitlines()[(line_of(text, f"programme.rules.{at}.id") or 0) - 1].strip()
            == f'"id": "{at}",'
        )
        assert '"x"' in text.splitlines()[(line_of(text, f"programme.rules.{at}.list.2.1.x") or 0) - 1]
