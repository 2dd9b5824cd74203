"""How far shops are from each other, near enough for a map of neighbours."""

from math import cos, isqrt, radians
from typing import Final

_METRES_PER_DEGREE: Final = 111_195
"""Of latitude, on a sphere of 6,371 km."""
_E7: Final = 10_000_000


def offset_m(
    latitude_e7: int, longitude_e7: int, *, latitude_from_e7: int, longitude_from_e7: int
) -> tuple[int, int]:
    """Metres to the east and to the north of a place; right for neighbours, not for continents."""
    middle = (latitude_e7 + latitude_from_e7) // 2
    shrunk_e7 = round(cos(radians(middle / _E7)) * _E7)
    wide = (longitude_e7 - longitude_from_e7 + 180 * _E7) % (360 * _E7) - 180 * _E7
    east = wide * shrunk_e7 // _E7 * _METRES_PER_DEGREE // _E7
    north = (latitude_e7 - latitude_from_e7) * _METRES_PER_DEGREE // _E7
    return east, north


def length_m(east: int, north: int) -> int:
    """How long that way is, as the crow flies."""
    return isqrt(east * east + north * north)
