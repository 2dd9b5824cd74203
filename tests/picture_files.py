"""Pictures as head office hands them in, drawn here."""

import base64
import io

from PIL import Image, ImageDraw


def a_picture(colour: tuple[int, int, int] = (232, 163, 61), size: tuple[int, int] = (1200, 800)) -> bytes:
    """A PNG: a sun on a ground."""
    picture = Image.new("RGB", size, colour)
    width, height = size
    ImageDraw.Draw(picture).ellipse(
        (width // 3, height // 4, width * 2 // 3, height * 3 // 4), fill=(255, 240, 190)
    )
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def in_base64(content: bytes) -> str:
    """As the API takes a file."""
    return base64.b64encode(content).decode()


def a_poster(
    *, picture: bytes | None = None, has_picture: bool = True, **changed: object
) -> dict[str, object]:
    """A request that puts a poster."""
    body: dict[str, object] = {
        "titles": {"fr": "Sous le soleil", "zh": "阳光下"},
        "aloud": {"fr": "Un soleil sur le sable", "zh": "沙滩上的太阳"},
        "texts": {"fr": "20 % de points en plus"},
        "from_day": "2026-01-01",
        "to_day": "2026-12-31",
    }
    content = a_picture() if picture is None else picture
    return {**body, **({"picture": in_base64(content)} if has_picture else {}), **changed}
