"""The demo group's poster: the picture that comes with the kiosk's own scenes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from kiosk.scenes.demo import LARGE_PICTURE, PICTURES, POSTER
from wire.api_posters import PosterBody

_DAYS = 180
_TEXTS = {
    "fr": "Nous vous conseillons volontiers",
    "de": "Wir beraten Sie gern",
    "it": "Vi consigliamo volentieri",
    "en": "Ask us: we are glad to advise",
    "zh": "欢迎随时咨询我们",
}
"""No promise: the demo's programme gives nothing for sun creams."""


def demo_poster(now_ms: int) -> PosterBody:
    """It hangs from today on. Reads a file."""
    today = datetime.fromtimestamp(now_ms / 1000, UTC).date()
    return PosterBody(
        titles=dict(POSTER.titles.items()),
        texts=_TEXTS,
        aloud=dict(POSTER.aloud.items()),
        from_day=(today - timedelta(days=1)).isoformat(),
        to_day=(today + timedelta(days=_DAYS)).isoformat(),
        picture=Path(PICTURES, LARGE_PICTURE).read_bytes(),
    )
