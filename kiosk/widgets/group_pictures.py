"""The group's pictures, from files named by their hash; a file that is another is not shown."""

import hashlib
import io
from pathlib import Path
from typing import Final

import pygame

from kiosk.widgets.kept import Kept, bytes_of
from loyalty.limits.pictures import KIOSK_POSTERS_BYTES_MAX

_Key = tuple[str, str, tuple[int, int], int]
_Found = tuple[pygame.Surface | None]
_FAILED_BYTES: Final = 4096
"""What a picture counts that could not be read, so that these have an end, too."""


class GroupPictures:
    """Decoded and cut to their place on first use; the few used last are kept, and what failed."""

    def __init__(self) -> None:
        self._kept: Kept[_Key, _Found] = Kept(
            KIOSK_POSTERS_BYTES_MAX, size_of=lambda found: bytes_of(found[0]) if found[0] else _FAILED_BYTES
        )

    @property
    def bytes(self) -> int:
        """Of all that is kept."""
        return self._kept.size

    def fill(
        self, folder: str, sha256: str, size: tuple[int, int], *, radius: int = 0
    ) -> pygame.Surface | None:
        """The picture in exactly `size`, its corners rounded; None: there is none that is whole."""
        return self._get((folder, sha256, size, radius), is_cut=True)

    def fit(self, folder: str, sha256: str, size: tuple[int, int]) -> pygame.Surface | None:
        """The whole picture, within `size`; None: there is none that is whole."""
        return self._get((folder, sha256, size, 0), is_cut=False)

    def _get(self, key: _Key, *, is_cut: bool) -> pygame.Surface | None:
        return self._kept.get(key, lambda: (_made(key, is_cut=is_cut),))[0]


def _made(key: _Key, *, is_cut: bool) -> pygame.Surface | None:
    folder, sha256, size, radius = key
    picture = _read(Path(folder) / sha256, sha256) if folder and sha256 else None
    if picture is None:
        return None
    return _cut(picture, size, radius) if is_cut else _fitted(picture, size)


def _read(path: Path, sha256: str) -> pygame.Surface | None:
    try:
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            return None
        return pygame.image.load(io.BytesIO(content))
    except (OSError, pygame.error):
        return None


def _cut(picture: pygame.Surface, size: tuple[int, int], radius: int) -> pygame.Surface:
    """Scaled to cover `size`, the middle of it."""
    width, height = picture.get_size()
    scale_to = max(size[0] * height, size[1] * width)  # compared as cross products: no fractions
    grown = (
        (size[0], -(-height * size[0] // width))
        if scale_to == size[0] * height
        else (-(-width * size[1] // height), size[1])
    )
    large = pygame.transform.smoothscale(_plain(picture), grown)
    middle = pygame.Rect((grown[0] - size[0]) // 2, (grown[1] - size[1]) // 2, *size)
    cut = large.subsurface(middle).copy()
    if not radius:
        return cut
    mask = pygame.Surface((size[0] * 2, size[1] * 2), pygame.SRCALPHA)
    pygame.draw.rect(mask, (255, 255, 255, 255), mask.get_rect(), border_radius=radius * 2)
    cut.blit(pygame.transform.smoothscale(mask, size), (0, 0), special_flags=pygame.BLEND_RGBA_MULT)
    return cut


def _fitted(picture: pygame.Surface, size: tuple[int, int]) -> pygame.Surface:
    width, height = picture.get_size()
    is_wide = width * size[1] > height * size[0]
    fitted = (
        (size[0], max(1, height * size[0] // width))
        if is_wide
        else (max(1, width * size[1] // height), size[1])
    )
    return pygame.transform.smoothscale(_plain(picture), fitted)


def _plain(picture: pygame.Surface) -> pygame.Surface:
    """In 32 bits with alpha, as scaling and masks need it; no display is asked for its format."""
    plain = pygame.Surface(picture.get_size(), pygame.SRCALPHA, 32)
    plain.fill((0, 0, 0, 0))
    plain.blit(picture, (0, 0))
    return plain
