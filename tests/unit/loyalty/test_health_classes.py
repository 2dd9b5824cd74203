"""Each of the 65 automatic classes with a medicine that makes it and a near one that does not."""

import re

import pytest

from loyalty.programme.health_classes import CLASSES, Kind, Source, classes_of
from loyalty.programme.programme import parse_programme
from loyalty.programme.segments import HealthRuleRefused

EXAMPLES = {
    "acid_disorders": ("A02AA04", "A03AA04"),
    "reflux": ("A02BC01", "A02AA04"),
    "osteoporosis": ("M05BA04", "M04AA01"),
    "cancer": ("L01BA01", "L04AX03"),
    "dementia": ("N06DA02", "N06AB04"),
    "diabetes": ("A10BA02", "A11CC05"),
    "epilepsy": ("N03AG01", "N02BE01"),
    "glaucoma": ("S01ED01", "S01AA01"),
    "gout": ("M04AA01", "M05BA04"),
    "hiv": ("J05AR03", "J05AB01"),
    "hyperlipidaemia": ("C10AA05", "C09AA02"),
    "bowel_inflammation": ("A07EC02", "A07DA03"),
    "iron_deficiency": ("B03AA07", "B03BB01"),
    "migraine": ("N02CC01", "N02BE01"),
    "pain": ("N02BE01", "N02CC01"),
    "parkinson": ("N04BA02", "N03AX16"),
    "sleep": ("N05CF02", "N05BA01"),
    "asthma_copd": ("R03AC02", "R01AD09"),
    "peripheral_circulation": ("C04AD03", "C05CA03"),
    "depression": ("N06AB04", "N06DA02"),
    "alcohol_dependence": ("N07BB04", "N07BA01"),
    "allergy": ("R06AE07", "R05CB01"),
    "anticoagulation": ("B01AF01", "B01AC06"),
    "antiplatelets": ("B01AC06", "B01AF01"),
    "anxiety": ("N05BA06", "N05CF02"),
    "bipolar_disorder": ("N05AN01", "N05AH04"),
    "hepatitis_b": ("J05AF10", "J05AF01"),
    "hyperkalaemia": ("V03AE01", "V03AE02"),
    "arrhythmia": ("C01BD01", "C01DA02"),
    "heart_failure": ("C03CA01", "C03AA03"),
    "hypertension": ("C09AA02", "C03CA01"),
    "psychosis": ("N05AH04", "N05AN01"),
    "prostate": ("G04CA02", "G04BD08"),
    "tuberculosis": ("J04AC01", "J04BA01"),
    "multiple_sclerosis": ("L03AX13", "L03AA02"),
    "malaria": ("P01BB51", "P01BA02"),
    "worms": ("P02CA01", "P03AC04"),
    "skin_infection": ("D06AX01", "D07AC01"),
    "gynaecological_infection": ("G01AF02", "G02CB03"),
    "angina": ("C01DA02", "C01BD01"),
    "hepatitis_c": ("J05AP55", "J05AF10"),
    "hypothyroidism": ("H03AA01", "H03BB01"),
    "hyperthyroidism": ("H03BB01", "H03AA01"),
    "rheumatism": ("M01CC01", "M01AE01"),
    "joint_inflammation": ("M01AE01", "M01CC01"),
    "psoriasis": ("D05AX02", "D07AC01"),
    "eczema": ("D07AC01", "D06AX01"),
    "acne": ("D10AE01", "D11AX01"),
    "skin_fungus": ("D01AC08", "G01AF02"),
    "constipation": ("A06AD15", "A07DA03"),
    "diarrhoea": ("A07DA03", "A06AD15"),
    "obesity": ("A08AB01", "A09AA02"),
    "vitamin_d_deficiency": ("A11CC05", "A11GA01"),
    "b12_folate_deficiency": ("B03BA03", "B03AA07"),
    "incontinence": ("G04BD08", "G04BE03"),
    "erectile_dysfunction": ("G04BE03", "G04BD08"),
    "immunosuppression": ("L04AD01", "L01BA01"),
    "pancreatic_insufficiency": ("A09AA02", "A08AB01"),
    "attention_deficit": ("N06BA04", "N06AB04"),
    "opioid_dependence": ("N07BC02", "N07BB04"),
    "contraception": ("G03AA12", "G03CA03"),
    "menopause": ("G03CA03", "G03AA12"),
    "fertility_treatment": ("G03GA05", "G03CA03"),
    "weaning": ("G02CB03", "G02BA03"),
    "smoking_cessation": ("N07BA01", "N07BB04"),
}


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_is_made_by_its_medicine_and_not_by_a_near_one(name: str) -> None:
    makes, does_not = EXAMPLES[name]
    assert name in classes_of([makes, "D02AX"])
    assert name not in classes_of([does_not, "D02AX"])


def test_there_are_65_classes_each_with_a_source_and_groups_of_the_classification() -> None:
    assert len(CLASSES) == len(EXAMPLES) == 65
    assert {each.source for each in CLASSES.values()} == set(Source)
    assert {each.kind for each in CLASSES.values()} == set(Kind)
    for each in CLASSES.values():
        for group in (*each.groups, *each.without):
            assert re.fullmatch(r"[A-Z]\d{2}([A-Z]([A-Z](\d{2})?)?)?", group), group
    assert classes_of([""]) == frozenset()


@pytest.mark.parametrize("kind", ["promotion", "campaign", "restriction"])
def test_health_decides_segments_alone(kind: str) -> None:
    ill = {"has": [{"fact": "member.classes"}, "gout"]}
    segment = {"id": "s", "version": 1, "kind": "segment", "when": ill}
    segment |= {"effects": [{"effect": "segment", "segment": "care"}]}
    effect = {
        "promotion": {"effect": "percent_off", "rate_bp": 1000, "rounding": "floor"},
        "campaign": {"effect": "points_fixed", "points": 5, "per": "ticket"},
        "restriction": {"effect": "deny", "acts": ["earn"]},
    }[kind]
    rule = {"id": "r", "version": 1, "kind": kind, "effects": [effect]}
    for when in (ill, {"has": [{"fact": "member.segments"}, "care"]}):
        with pytest.raises(HealthRuleRefused, match=r"member\.classes"):
            parse_programme({"rules": [segment, rule | {"when": when}]}, ruleset_version=1)
    parse_programme({"rules": [segment]}, ruleset_version=1)
