"""Automatic classes of members by what they bought: 65 conditions and stages of life by ATC group (J-06).

A class tells that medicines of a group were bought, not a diagnosis. Names and groups are those of published
lists that find conditions by pharmacy data; where none names a condition, the title of the ATC group itself
(WHO). One purchase that was kept, within twelve months, makes a class, as in PRATT. Worked out with the
member's consent to `health` alone; without it the classes are unknown. Pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Source(StrEnum):
    """Where a class and its groups come from."""

    HUBER = (
        "Huber CA et al., Identifying patients with chronic conditions using pharmacy data in Switzerland,"
        " BMC Public Health 2013;13:1030, table 1"
    )
    PRATT = (
        "Pratt NL et al., The validity of the Rx-Risk Comorbidity Index using medicines mapped to the ATC"
        " Classification System, BMJ Open 2018;8:e021122, table 1"
    )
    BMC_453 = (
        "Disease identification based on ambulatory drugs dispensation and in-hospital ICD-10 diagnoses:"
        " a comparison, BMC Health Services Research 2013;13:453, table 3"
    )
    WHO = "WHO Collaborating Centre for Drug Statistics Methodology, ATC index: title of the group"


class Kind(StrEnum):
    """What a class is about."""

    CONDITION = "condition"
    LIFE_STAGE = "life_stage"


@dataclass(frozen=True, slots=True)
class HealthClass:
    """A class: ATC groups by their beginnings, less some of them."""

    groups: tuple[str, ...]
    source: Source
    kind: Kind = Kind.CONDITION
    without: tuple[str, ...] = ()

    def holds(self, atc: str) -> bool:
        """Whether a medicine of this ATC code makes the class."""
        return atc.startswith(self.groups) and not (self.without and atc.startswith(self.without))


def _of(source: Source, *groups: str, without: tuple[str, ...] = ()) -> HealthClass:
    return HealthClass(groups, source, without=without)


def _stage(*groups: str) -> HealthClass:
    return HealthClass(groups, Source.WHO, Kind.LIFE_STAGE)


_HUBER, _PRATT, _BMC, _WHO = Source.HUBER, Source.PRATT, Source.BMC_453, Source.WHO

CLASSES: Mapping[str, HealthClass] = MappingProxyType(
    {
        "acid_disorders": _of(_HUBER, "A02"),
        "reflux": _of(_PRATT, "A02B"),
        "osteoporosis": _of(_HUBER, "M05"),
        "cancer": _of(_HUBER, "L01"),
        "dementia": _of(_HUBER, "N06D"),
        "diabetes": _of(_HUBER, "A10A", "A10B", "A10X"),
        "epilepsy": _of(_HUBER, "N03"),
        "glaucoma": _of(_HUBER, "S01E"),
        "gout": _of(_HUBER, "M04"),
        "hiv": _of(_HUBER, "J05AE", "J05AG", "J05AR"),
        "hyperlipidaemia": _of(_HUBER, "C10"),
        "bowel_inflammation": _of(_HUBER, "A07EA", "A07EC"),
        "iron_deficiency": _of(_HUBER, "B03AA", "B03AB", "B03AC"),
        "migraine": _of(_HUBER, "N02C"),
        "pain": _of(_HUBER, "N02A", "N02B"),
        "parkinson": _of(_HUBER, "N04"),
        "sleep": _of(_HUBER, "N05C"),
        "asthma_copd": _of(_HUBER, "R03"),
        "peripheral_circulation": _of(_HUBER, "C04A"),
        "depression": _of(_HUBER, "N06A"),
        "alcohol_dependence": _of(_PRATT, "N07BB"),
        "allergy": _of(_PRATT, "R01AC", "R01AD", "R06AD", "R06AE", "R06AX"),
        "anticoagulation": _of(_PRATT, "B01AA", "B01AE07", "B01AF"),
        "antiplatelets": _of(_PRATT, "B01AC"),
        "anxiety": _of(_PRATT, "N05BA", "N05BE"),
        "bipolar_disorder": _of(_PRATT, "N05AN"),
        "hepatitis_b": _of(_PRATT, "J05AF08", "J05AF10", "J05AF11"),
        "hyperkalaemia": _of(_PRATT, "V03AE01"),
        "arrhythmia": _of(_BMC, "C01A", "C01B"),
        "heart_failure": _of(_BMC, "C03C"),
        "hypertension": _of(_BMC, "C02", "C03", "C04AB", "C07", "C08", "C09", without=("C03C",)),
        "psychosis": _of(_BMC, "N05A", without=("N05AN",)),
        "prostate": _of(_BMC, "G04C"),
        "tuberculosis": _of(_BMC, "J04A"),
        "multiple_sclerosis": _of(_BMC, "L03AB07", "L03AB08", "L03AX13"),
        "malaria": _of(_BMC, "P01B", without=("P01BA02",)),
        "worms": _of(_BMC, "P02"),
        "skin_infection": _of(_BMC, "D06"),
        "gynaecological_infection": _of(_BMC, "G01"),
        "angina": _of(_WHO, "C01DA"),
        "hepatitis_c": _of(_WHO, "J05AP"),
        "hypothyroidism": _of(_WHO, "H03A"),
        "hyperthyroidism": _of(_WHO, "H03B"),
        "rheumatism": _of(_WHO, "M01C"),
        "joint_inflammation": _of(_WHO, "M01A"),
        "psoriasis": _of(_WHO, "D05"),
        "eczema": _of(_WHO, "D07"),
        "acne": _of(_WHO, "D10"),
        "skin_fungus": _of(_WHO, "D01"),
        "constipation": _of(_WHO, "A06"),
        "diarrhoea": _of(_WHO, "A07D", "A07F"),
        "obesity": _of(_WHO, "A08"),
        "vitamin_d_deficiency": _of(_WHO, "A11CC"),
        "b12_folate_deficiency": _of(_WHO, "B03B"),
        "incontinence": _of(_WHO, "G04BD"),
        "erectile_dysfunction": _of(_WHO, "G04BE"),
        "immunosuppression": _of(_WHO, "L04A"),
        "pancreatic_insufficiency": _of(_WHO, "A09A"),
        "attention_deficit": _of(_WHO, "N06B"),
        "opioid_dependence": _of(_WHO, "N07BC"),
        "contraception": _stage("G03A"),
        "menopause": _stage("G03C", "G03F"),
        "fertility_treatment": _stage("G03G"),
        "weaning": _stage("G02CB"),
        "smoking_cessation": _stage("N07BA"),
    }
)
"""The classes by name."""


def classes_of(atc_codes: Iterable[str]) -> frozenset[str]:
    """The classes that medicines of these codes make."""
    codes = {code for code in atc_codes if code}
    return frozenset(name for name, each in CLASSES.items() if any(map(each.holds, codes)))
