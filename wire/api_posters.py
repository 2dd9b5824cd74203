"""What the API says of posters, the pictures of the attract screen, and of the group's logo (P-02)."""

from typing import Annotated

from msgspec import Meta

from loyalty.limits import pictures as limits
from loyalty.programme.opening_hours import WeekSpan
from wire.api_base import Body, Id, LanguageKey, View

PosterDay = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?!\n)$")]
Picture = Annotated[bytes, Meta(min_length=1, max_length=limits.PICTURE_BYTES_MAX)]
_Title = Annotated[str, Meta(min_length=1, max_length=limits.POSTER_TITLE_CHARS_MAX)]
_Text = Annotated[str, Meta(min_length=1, max_length=limits.POSTER_TEXT_CHARS_MAX)]
_Aloud = Annotated[str, Meta(min_length=1, max_length=limits.POSTER_READ_ALOUD_CHARS_MAX)]


class PosterBody(Body, frozen=True):
    """A poster. `aloud`: what the picture shows, for each language of the titles; it is read aloud.

    `hours`: within the week, as in `Mo-Fr 08:00-12:00; Sa 09:00-12:00`; empty: at any hour.
    `shops`: where it hangs; empty: everywhere. `picture`: a PNG, JPEG or WebP file in base64; left out, the
    one that is there stays.
    """

    titles: Annotated[dict[LanguageKey, _Title], Meta(min_length=1)]
    aloud: Annotated[dict[LanguageKey, _Aloud], Meta(min_length=1)]
    from_day: PosterDay
    to_day: PosterDay
    texts: dict[LanguageKey, _Text] = {}
    hours: Annotated[str, Meta(max_length=200)] = ""
    shops: Annotated[list[Id], Meta(max_length=1_000)] = []
    picture: Picture | None = None


class PictureView(View, frozen=True):
    """A file of a picture: fetched by its hash (SHA-256, hex)."""

    size: str
    sha256: str
    width: int
    height: int
    bytes: int


class PosterView(View, frozen=True):
    """A poster; `week`: its hours as they are understood, minutes of weekdays (0: Monday)."""

    poster_id: str
    titles: dict[str, str]
    texts: dict[str, str]
    aloud: dict[str, str]
    from_day: str
    to_day: str
    hours: str
    week: list[WeekSpan]
    shops: list[str]
    pictures: list[PictureView]
    changed_ms: int


class PosterListView(View, frozen=True):
    """Posters, the first to end first."""

    posters: list[PosterView]


class PosterQuery(Body, frozen=True):
    """`shop_id`: what hangs or will hang there; left out by head office: all posters, also what is over."""

    shop_id: Id | None = None


class LogoBody(Body, frozen=True):
    """The group's logo: a PNG, JPEG or WebP file in base64; null takes it away."""

    picture: Picture | None


class LogoView(View, frozen=True):
    """The logo as terminals and members' pages show it; null: there is none."""

    logo: PictureView | None
