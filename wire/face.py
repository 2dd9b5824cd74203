"""The group's face on its screens: name, colours, logo, news, posters. Pictures are named by hash."""

from datetime import date
from typing import Literal, get_args

import msgspec

from loyalty.programme.opening_hours import WeekSpan
from loyalty.programme.posters import PosterTime
from wire.message_base import Language

Font = Literal["inter", "source-serif", "nunito"]
"""The letters that come with the program; Chinese is drawn in one for all."""
FONTS: tuple[Font, ...] = get_args(Font)

PictureSize = Literal["small", "large"]
POSTER_PIXELS: dict[PictureSize, tuple[int, int]] = {"small": (480, 320), "large": (960, 640)}
"""The kiosks' sizes: three to two, for panels of 800x480 and for larger ones."""
LOGO_PIXELS: tuple[int, int] = (640, 192)
"""A logo fits into this."""


class Theme(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The group's face: name, colours as #RRGGBB, logo and letters (P-02)."""

    name: str
    names: dict[Language, str] = {}
    brand: str = "#0B6B4F"
    brand_tint: str = "#E4F2EC"
    logo: str = ""
    """Hash of its file in `AgentState.pictures_dir`; empty: the group's name alone."""
    font: Font = "inter"


class Notice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of news from the group, in every language it has.

    `from_day`, `to_day`: ISO dates of the shop; on no other day it is shown. Empty: without that limit.
    """

    title: dict[Language, str]
    text: dict[Language, str]
    from_day: str = ""
    to_day: str = ""

    def is_told(self, day: str) -> bool:
        """Whether it is shown on a day: it has begun, is not over, and says something."""
        is_begun, is_over = self.from_day <= day, bool(self.to_day) and self.to_day < day
        return is_begun and not is_over and any(title.strip() for title in self.title.values())


class Poster(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A picture of the group for the attract screen, shown in the languages that it has a title in.

    `aloud`: what the picture shows, to be read aloud. `small`, `large`: hashes of its files.
    """

    poster_id: str
    titles: dict[Language, str]
    texts: dict[Language, str] = {}
    aloud: dict[Language, str]
    from_day: str
    to_day: str
    week: tuple[WeekSpan, ...] = ()
    small: str
    large: str

    @property
    def time(self) -> PosterTime:
        """When it hangs."""
        return PosterTime(from_day=self.from_day, to_day=self.to_day, week=self.week)

    def is_told(self, language: Language, day: date, minute: int) -> bool:
        """Whether it is shown to people of that language in this minute."""
        return bool(self.titles.get(language)) and self.time.is_shown(day, minute)
