"""Pictures from outside: what is not one, too small, broken or hidden inside is refused or left behind."""

import asyncio
import io
import threading
from typing import Any

import pytest
from PIL import Image, ImageDraw, PngImagePlugin

from central.gateways.pictures import MadePicture, PictureMaker, PictureUnusable, make_logo, make_poster
from loyalty.limits.pictures import PICTURE_BYTES_MAX, PICTURE_SIDE_PX_MAX
from wire.face import LOGO_PIXELS, POSTER_PIXELS

GREEN = (11, 107, 79)


def a_file(
    kind: str = "PNG",
    size: tuple[int, int] = (1200, 800),
    colour: tuple[int, ...] = GREEN,
    mode: str = "RGB",
    **how: Any,
) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, kind, **how)
    return out.getvalue()


def a_logo(ink: tuple[int, int, int], ground: tuple[int, int, int] | None = None) -> bytes:
    """A word of bars in the middle of an empty sheet."""
    picture = Image.new("RGBA", (900, 400), (*ground, 255) if ground else (255, 255, 255, 0))
    draw = ImageDraw.Draw(picture)
    for left in range(200, 700, 50):
        draw.rectangle((left, 120, left + 30, 280), fill=(*ink, 255))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def opened(made: MadePicture) -> Image.Image:
    return Image.open(io.BytesIO(made.content))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_poster_is_made_anew_in_the_kiosks_sizes(kind: str) -> None:
    made = make_poster(a_file(kind))
    assert {each.size: (each.width, each.height) for each in made} == POSTER_PIXELS
    for each in made:
        picture = opened(each).convert("RGB")
        assert picture.size == (each.width, each.height)
        middle = picture.getpixel((each.width // 2, each.height // 2))
        assert isinstance(middle, tuple)
        assert all(abs(found - meant) <= 3 for found, meant in zip(middle, GREEN, strict=True))
    assert [each.sha256 for each in made] == [each.sha256 for each in make_poster(a_file(kind))]


def test_a_large_jpeg_is_made_as_a_small_one_is_whichever_way_it_was_held() -> None:
    turned = Image.Exif()
    turned[0x0112] = 8  # a quarter turn to the left
    for content in (a_file("JPEG", (3450, 2300)), a_file("JPEG", (2300, 3450), exif=turned)):
        made = make_poster(content)
        assert {each.size: (each.width, each.height) for each in made} == POSTER_PIXELS


async def test_pictures_handed_in_at_once_are_made_one_after_the_other() -> None:
    both = threading.Barrier(2)
    met: list[bytes] = []

    def make(content: bytes) -> bytes:
        try:
            both.wait(timeout=0.3)
            met.append(content)
        except threading.BrokenBarrierError:
            both.reset()
        return content

    maker = PictureMaker()
    assert await asyncio.gather(maker.make(make, b"one"), maker.make(make, b"two")) == [b"one", b"two"]
    assert not met, "the two were never in there together"
    with pytest.raises(PictureUnusable):
        await maker.make(make_logo, b"GIF89a")


def test_nothing_that_was_hidden_in_a_picture_comes_out_again() -> None:
    said = PngImagePlugin.PngInfo()
    said.add_text("Author", "SECRET-NAME")
    exif = Image.Exif()
    exif[0x010E] = "SECRET-PLACE"
    for content in (a_file(pnginfo=said) + b"SECRET-TAIL<script>", a_file("JPEG", exif=exif)):
        assert b"SECRET" in content
        for made in make_poster(content):
            assert b"SECRET" not in made.content
            assert not opened(made).getexif()


def test_a_picture_taken_upright_is_turned_as_its_camera_said() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn to the right
    made = make_poster(a_file("JPEG", (800, 1200), exif=exif))
    assert {each.size for each in made} == set(POSTER_PIXELS)


def test_what_is_transparent_stands_on_white() -> None:
    middle = opened(make_poster(a_file(mode="RGBA", colour=(0, 0, 0, 0)))[0]).getpixel((9, 9))
    assert middle == (255, 255, 255)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no PNG, JPEG or WebP"),
        (b"\x89PNG\r\n\x1a\n and then nothing", "no PNG, JPEG or WebP"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no PNG, JPEG or WebP"),
        (a_file("GIF"), "no PNG, JPEG or WebP"),
        (a_file("JPEG", quality=95)[:-400], "broken or cut off"),
        (a_file()[: len(a_file()) // 2], "broken or cut off"),
        (a_file(size=(959, 700)), "at least 960x640"),
        (a_file(size=(1000, 1000)), "three to two"),
        (a_file(size=(2000, 800)), "three to two"),
        (a_file(size=(PICTURE_SIDE_PX_MAX + 1, 900)), "too large"),
        (a_file(size=(6000, 4000), colour=(0,), mode="L"), "too large.* at most 8 million"),
        (a_file("JPEG", (3480, 2320)), "too large"),
        (b"\0" * (PICTURE_BYTES_MAX + 1), "larger than 8 MiB"),
        (a_file("WEBP", save_all=True, append_images=[Image.new("RGB", (1200, 800))]), "stands still"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_the_reason(content: bytes, words: str) -> None:
    with pytest.raises(PictureUnusable, match=words):
        make_poster(content)


@pytest.mark.parametrize("ground", [None, (255, 255, 255)])
def test_a_logo_loses_its_empty_edges_and_fits_its_place(ground: tuple[int, int, int] | None) -> None:
    made = make_logo(a_logo(GREEN, ground))
    assert made.width <= LOGO_PIXELS[0]
    assert made.height <= LOGO_PIXELS[1]
    assert abs(made.width * 161 - made.height * 481) < 4 * made.width  # the bars alone
    assert opened(made).mode == "RGBA"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (a_logo((250, 250, 240)), "stands out"),
        (a_logo((255, 222, 64), (255, 255, 255)), "stands out"),
        (a_file(size=(60, 60)), "at least 96"),
        (a_file(size=(1200, 100)), "is a line"),
        (a_file(mode="RGBA", colour=(0, 0, 0, 0)), "nothing is to be seen"),
    ],
)
def test_a_logo_that_nobody_could_see_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(PictureUnusable, match=words):
        make_logo(content)
