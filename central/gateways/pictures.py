"""Pictures from outside: read by a library within limits, made anew in our sizes; nothing else of them stays.

What comes out is drawn from the pixels alone: no metadata, no colour profile, no second frame, no file that
is two things at once. Making takes processor time and memory: `PictureMaker` has it done off the event loop,
one after the other.
"""

import asyncio
import hashlib
import io
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, TypeVar

from PIL import Image, ImageOps, UnidentifiedImageError

from loyalty.errors import LoyaltyError
from loyalty.limits.pictures import (
    LOGO_INK_PERCENT_MIN,
    LOGO_RATIO_MAX,
    LOGO_SIDE_PX_MIN,
    PICTURE_BYTES_MAX,
    PICTURE_PIXELS_MAX,
    PICTURE_SIDE_PX_MAX,
    PICTURES_MADE_AT_ONCE,
    POSTER_HEIGHT_PX_MIN,
    POSTER_WIDTH_PX_MIN,
)
from wire.colours import Colour, contrast
from wire.face import LOGO_PIXELS, POSTER_PIXELS

_Made = TypeVar("_Made")

FORMATS: Final = ("PNG", "JPEG", "WEBP")
_WHITE: Final = (255, 255, 255)
_GROUNDS: Final[tuple[Colour, ...]] = ((255, 255, 255), (246, 248, 245))
"""What a logo stands on: paper, cards and the kiosk's pale ground."""
_RATIO_PERCENT: Final = (125, 180)
"""Width by height of a poster, five to four up to sixteen to nine: more would be cut off."""
_NON_TEXT_CONTRAST: Final = 3.0
"""WCAG 2.2, 1.4.11."""
_SAMPLED: Final = (160, 160)


class PictureUnusable(LoyaltyError):
    """A picture that was handed in cannot be shown."""

    code = "picture_unusable"
    text = "This picture cannot be used: {why}"


@dataclass(frozen=True, slots=True)
class MadePicture:
    """A file in one of our sizes, and its hash."""

    size: str
    sha256: str
    width: int
    height: int
    content: bytes


class PictureMaker:
    """Makes pictures in a thread of its own: whoever hands in many at once waits, and takes no more memory.

    A thread and no lock: a request that is given up in the middle does not let the next one in beside it.
    """

    def __init__(self) -> None:
        self._worker = ThreadPoolExecutor(PICTURES_MADE_AT_ONCE, thread_name_prefix="pictures")

    async def make(self, make: Callable[[bytes], _Made], content: bytes) -> _Made:
        """What `make` makes of this, when it is its turn. Raises: what `make` raises."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, make, content)


def make_poster(content: bytes) -> tuple[MadePicture, ...]:
    """The files of a poster, one for each kiosk's size. Raises: PictureUnusable."""
    picture = _read(content, is_poster=True)
    width, height = picture.size
    if width < POSTER_WIDTH_PX_MIN or height < POSTER_HEIGHT_PX_MIN:
        raise PictureUnusable(
            why=f"it has {width}x{height} pixels. Hand in at least"
            f" {POSTER_WIDTH_PX_MIN}x{POSTER_HEIGHT_PX_MIN}."
        )
    ratio = 100 * width // height
    if not _RATIO_PERCENT[0] <= ratio <= _RATIO_PERCENT[1]:
        raise PictureUnusable(
            why=f"at {width}x{height} pixels too much would be cut off. Posters are three to two:"
            " hand in 1500x1000, or anything from 5:4 to 16:9."
        )
    flat = _flat(picture)
    return tuple(
        _jpeg(size, ImageOps.fit(flat, pixels, Image.Resampling.LANCZOS))
        for size, pixels in POSTER_PIXELS.items()
    )


def make_logo(content: bytes) -> MadePicture:
    """The file of a logo: its empty edges cut off, transparent where it was. Raises: PictureUnusable."""
    picture = _trimmed(_read(content).convert("RGBA"))
    width, height = picture.size
    if max(width, height) > LOGO_RATIO_MAX * min(width, height):
        raise PictureUnusable(why=f"a logo of {width}x{height} pixels is a line. Hand in a more compact one.")
    if height < LOGO_SIDE_PX_MIN or width < LOGO_SIDE_PX_MIN:
        raise PictureUnusable(
            why=f"without its empty edges it has {width}x{height} pixels. Hand in a larger one: at least"
            f" {LOGO_SIDE_PX_MIN} each way."
        )
    inked = _ink_percent(picture)
    if inked < LOGO_INK_PERCENT_MIN:
        raise PictureUnusable(
            why=f"only {inked} % of it stands out from a pale ground by 3:1, and {LOGO_INK_PERCENT_MIN} %"
            " are needed. Hand in the dark version, or one on a ground of its own."
        )
    fitted = ImageOps.contain(picture, LOGO_PIXELS, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    Image.frombytes("RGBA", fitted.size, fitted.tobytes()).save(out, "PNG", optimize=True)
    return _made("logo", fitted.size, out.getvalue())


def _read(content: bytes, *, is_poster: bool = False) -> Image.Image:
    """Decode all of it, after a look at its head; a JPEG of a poster only as finely as a kiosk shows it."""
    if len(content) > PICTURE_BYTES_MAX:
        raise PictureUnusable(why=f"the file is larger than {PICTURE_BYTES_MAX // 1_048_576} MiB.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is judged below
            picture = Image.open(io.BytesIO(content), formats=FORMATS)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise PictureUnusable(why="it is no PNG, JPEG or WebP file that can be read.") from error
    width, height = picture.size
    if max(width, height) > PICTURE_SIDE_PX_MAX or width * height > PICTURE_PIXELS_MAX:
        raise PictureUnusable(
            why=f"at {width}x{height} pixels it is too large. Hand in at most {PICTURE_PIXELS_MAX // 10**6}"
            f" million pixels, {PICTURE_SIDE_PX_MAX} each way."
        )
    if getattr(picture, "n_frames", 1) > 1:
        raise PictureUnusable(why="it moves. Hand in a picture that stands still.")
    try:
        if is_poster and picture.format == "JPEG":
            # By halves, and never below the width that is needed, whichever way its camera was held.
            picture.draft(None, (POSTER_WIDTH_PX_MIN, POSTER_WIDTH_PX_MIN))
        picture.load()
        return ImageOps.exif_transpose(picture)
    except (OSError, ValueError, SyntaxError) as error:
        raise PictureUnusable(why="it is broken or cut off. Export it again.") from error


def _flat(picture: Image.Image) -> Image.Image:
    """On white, in plain RGB."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        ground = Image.new("RGB", layer.size, _WHITE)
        ground.paste(layer, mask=layer.getchannel("A"))
        return ground
    return picture.convert("RGB")


def _trimmed(picture: Image.Image) -> Image.Image:
    """Without edges that are transparent, or white where nothing is transparent."""
    box = picture.getchannel("A").point(lambda alpha: 255 if alpha > 8 else 0).getbbox()
    if box is None:
        raise PictureUnusable(why="nothing is to be seen on it.")
    picture = picture.crop(box)
    if picture.getchannel("A").getextrema()[0] == 255:
        dark = ImageOps.invert(picture.convert("L")).point(lambda level: 255 if level > 8 else 0)
        picture = picture.crop(dark.getbbox() or (0, 0, *picture.size))
    return picture


def _ink_percent(picture: Image.Image) -> int:
    """How much of the logo's box can be told from every ground it stands on."""
    small = picture.copy()
    small.thumbnail(_SAMPLED)
    colours = small.getcolors(small.width * small.height) or []
    inked = 0
    for count, found in colours:
        assert isinstance(found, tuple)
        red, green, blue, alpha = found
        if alpha >= 128 and all(
            contrast((red, green, blue), ground) >= _NON_TEXT_CONTRAST for ground in _GROUNDS
        ):
            inked += count
    return 100 * inked // (small.width * small.height)


def _jpeg(size: str, picture: Image.Image) -> MadePicture:
    out = io.BytesIO()
    Image.frombytes("RGB", picture.size, picture.tobytes()).save(
        out, "JPEG", quality=86, optimize=True, progressive=False
    )
    return _made(size, picture.size, out.getvalue())


def _made(size: str, pixels: tuple[int, int], content: bytes) -> MadePicture:
    return MadePicture(size, hashlib.sha256(content).hexdigest(), *pixels, content)
