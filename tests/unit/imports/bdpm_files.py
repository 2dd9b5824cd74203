"""Small files of the French medicines database's shape, with its traps; names and codes are made up."""

from pathlib import Path

MEDICINES = [
    "60000001\tRÊVALINE 10 mg, comprimé\tcomprimé\torale\tAutorisation\tP\tC\t01/01/2001\t\t\t LABO\tNon",
    "60000002\tTISANOL, gélule\tgélule\torale\tAutorisation active\tP\tC\t01/01/2001\t\t\t LABO\tNon",
]
PACKS = [
    ("60000001", "3000001", "boîte de 10", "3400930000011", "24,34", "25,36", "1,02"),
    ("60000001", "3000002", "boîte de 100", "3400930000028", "1,466,29", "1,469,05", "2,76"),
    ("60000002", "3000003", "pilulier", "3400930000035", "", "", ""),
    ("69999999", "3000004", "flacon", "3400930000042", "", "", ""),
]
CONDITIONS = ["60000001\tliste I", "", "60000001\tprescription réservée à l’hôpital"]


MAJOR = [
    "60000001\tA10BA02\tRÊVALINE 10 mg, comprimé\thttps://example.org/60000001",
    "60000002\tR05 ?\tTISANOL, gélule\thttps://example.org/60000002",
    "60000001\tC09AA05\tRÊVALINE 10 mg, comprimé\thttps://example.org/60000001",
]
"""What the file of medicines of major therapeutic interest looks like; it is not always there."""


def write_major(directory: Path) -> None:
    (directory / "CIS_MITM.txt").write_bytes("".join(f"{row}\r\n" for row in MAJOR).encode("cp1252"))


def pack_line(cis: str, cip7: str, name: str, cip13: str, ex_fee: str, price: str, fee: str) -> str:
    cells = [cis, cip7, name, "Présentation active", "Déclaration", "01/01/2001", cip13, "oui", "65%"]
    return "\t".join([*cells, ex_fee, price, fee, "l¿enfant"])


def write_bdpm(directory: Path, packs: list[tuple[str, ...]] | None = None) -> Path:
    directory.mkdir(exist_ok=True)
    rows = [pack_line(*pack) for pack in (PACKS if packs is None else packs)]
    (directory / "CIS_bdpm.txt").write_bytes("".join(f"{row}\r\n" for row in MEDICINES).encode("cp1252"))
    (directory / "CIS_CIP_bdpm.txt").write_bytes("".join(f"{row}\n" for row in rows).encode())
    (directory / "CIS_CPD_bdpm.txt").write_bytes("".join(f"{row}\r\n" for row in CONDITIONS).encode("cp1252"))
    return directory
