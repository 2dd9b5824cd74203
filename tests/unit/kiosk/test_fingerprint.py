"""What the fingerprint of a picture sees, and what it overlooks: shown on pictures that were changed."""

from collections.abc import Callable
from random import Random

import pygame
import pytest

from kiosk.contact_sheet import MODES, SIZES
from kiosk.flow.state import Action
from kiosk.widgets.canvas import Canvas, Label
from tests.unit.kiosk.drawing import drawn, kit
from tests.unit.kiosk.fingerprint import Size, changed_parts, fingerprint
from tests.unit.kiosk.measuring import ground_beneath
from wire.messages import Language

SCENES: list[tuple[str, Language]] = [("member", "fr"), ("shop", "zh"), ("shop_write_typed", "de")]

every_scene = pytest.mark.parametrize(("name", "language"), SCENES, ids=[name for name, _ in SCENES])
every_size = pytest.mark.parametrize("size", SIZES, ids=["small", "large", "portrait"])


def changed(before: pygame.Surface, after: pygame.Surface) -> list[pygame.Rect]:
    return changed_parts(fingerprint(before), fingerprint(after), before.get_size())


def noise(size: Size, most: int) -> pygame.Surface:
    """0 to `most` in each channel of each pixel, by chance, each time the same."""
    chance = Random(1).randbytes(3 * size[0] * size[1])
    steps = bytes(byte % (most + 1) for byte in range(256))
    return pygame.image.frombytes(chance.translate(steps), size, "RGB")


def edges(surface: pygame.Surface) -> pygame.Surface:
    """2 wherever a pixel is another than its neighbour: where texts and round corners are blended."""
    shifted = surface.copy()
    shifted.blit(surface, (1, 0))
    shifted.blit(surface, (0, 0), special_flags=pygame.BLEND_RGB_SUB)
    shifted.fill((255, 255, 255), special_flags=pygame.BLEND_RGB_MULT)
    found = pygame.mask.from_threshold(shifted, (0, 0, 0), (1, 1, 1))
    found.invert()
    return found.to_surface(pygame.Surface(surface.get_size()), setcolor=(2, 2, 2), unsetcolor=(0, 0, 0))


@every_size
@every_scene
def test_what_another_processor_blends_otherwise_is_alike(name: str, language: Language, size: Size) -> None:
    picture = drawn(name, language, size).surface
    ways: list[Callable[[pygame.Surface], object]] = [
        lambda other: other.fill((1, 1, 1), special_flags=pygame.BLEND_RGB_SUB),
        lambda other: other.fill((2, 2, 2), special_flags=pygame.BLEND_RGB_ADD),
        lambda other: other.blit(noise(size, 1), (0, 0), special_flags=pygame.BLEND_RGB_ADD),
        lambda other: other.blit(noise(size, 1), (0, 0), special_flags=pygame.BLEND_RGB_SUB),
        lambda other: other.blit(edges(picture), (0, 0), special_flags=pygame.BLEND_RGB_ADD),
    ]
    for way in ways:
        other = picture.copy()
        way(other)
        assert pygame.image.tobytes(other, "RGB") != pygame.image.tobytes(picture, "RGB")
        assert changed(picture, other) == []


def rewritten(canvas: Canvas, label: Label, text: str) -> pygame.Surface:
    """The picture with that text in the place of a label."""
    surface = canvas.surface.copy()
    surface.fill(ground_beneath(canvas, label), label.box)
    kit(surface.get_size()).fonts.draw(
        surface,
        text,
        label.rect.left,
        label.rect.bottom,
        weight=label.weight,
        size=label.size,
        colour=label.colour,
    )
    return surface


def seen_of(name: str, language: Language, other_than: Callable[[str], str]) -> tuple[int, int]:
    """In how many pictures another text in the place of one label was seen, of how many."""
    seen = []
    for size in SIZES:
        for mode in MODES.values():
            canvas = drawn(name, language, size, mode)
            for label in canvas.labels:
                if (other := other_than(label.text)) != label.text:
                    before = rewritten(canvas, label, label.text)
                    found = changed(before, rewritten(canvas, label, other))
                    assert not found or label.box.collidelistall(found)
                    seen.append(bool(found))
    assert len(seen) > 100
    return sum(seen), len(seen)


@every_scene
def test_another_word_is_seen_in_49_of_50_pictures(name: str, language: Language) -> None:
    """One text stands in eighteen of them: three sizes in six modes."""
    word = "您的" if language == "zh" else "bald"
    seen, count = seen_of(name, language, lambda text: word + text[len(word) :] if len(text) > 2 else text)
    assert seen * 50 >= 49 * count, (seen, count)


@every_scene
def test_another_letter_is_seen_in_19_of_20_pictures(name: str, language: Language) -> None:
    def other_than(text: str) -> str:
        letter = next((char for char in text if char.islower() or ord(char) > 0x3000), None)
        return text.replace(letter, "店" if language == "zh" else "m", 1) if letter else text

    seen, count = seen_of(name, language, other_than)
    assert seen * 20 >= 19 * count, (seen, count)


@every_size
@every_scene
def test_a_sign_that_is_missing_is_seen_where_it_was(name: str, language: Language, size: Size) -> None:
    canvas = drawn(name, language, size)
    button = next(target.rect for target in canvas.targets if target.action is Action.ACCESS)
    picture = canvas.surface.copy()
    inner = button.inflate(-button.width // 3, -button.height // 3)
    picture.fill(canvas.surface.get_at((button.left + 8, button.centery)), inner)
    found = changed(canvas.surface, picture)
    assert found
    assert all(part.colliderect(button) for part in found)


@every_size
@every_scene
def test_another_colour_of_the_texts_or_of_the_ground_is_seen(
    name: str, language: Language, size: Size
) -> None:
    canvas = drawn(name, language, size)
    for old, by in ((canvas.palette.ink, 48), (canvas.palette.ground, -12)):
        other = canvas.surface.copy()
        with pygame.PixelArray(other) as pixels:
            pixels.replace(old, (old[0] + by, old[1] + by, old[2] + by))
        assert changed(canvas.surface, other), old


@every_scene
def test_a_button_four_pixels_beside_its_place_is_seen_in_19_of_20_pictures(
    name: str, language: Language
) -> None:
    seen = []
    for size in SIZES:
        canvas = drawn(name, language, size)
        for target in canvas.targets:
            for by in ((4, 0), (0, -4)):
                picture = canvas.surface.copy()
                picture.fill(canvas.palette.ground, target.rect)
                picture.blit(canvas.surface, target.rect.move(by), target.rect)
                seen.append(bool(changed(canvas.surface, picture)))
    assert len(seen) > 20
    assert sum(seen) * 20 >= 19 * len(seen), (sum(seen), len(seen))
