"""A group as services are given it: its row, its settings read, its programme compiled."""

from dataclasses import dataclass
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from central.services.core.counter_settings import CounterSettings
from central.services.core.ledger_settings import LedgerSettings
from central.services.core.stored_value_settings import StoredValueSettings
from central.storage.interface.rows import GroupRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.members import SPONSOR_REWARDS_PER_MONTH, SPONSOR_REWARDS_PER_MONTH_MAX
from loyalty.programme.programme import Programme
from wire import api_catalogue
from wire.face import Font

LANGUAGES: Final = ("fr", "de", "it", "en", "zh")


SponsorRewards = Annotated[int, Meta(ge=0, le=SPONSOR_REWARDS_PER_MONTH_MAX)]


class GroupNotFound(LoyaltyError):
    """No such group."""

    code = "group_not_found"
    trouble = Trouble.NOT_FOUND
    text = "There is no group {group_id}. Make the group first."


class GroupSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A group's face and habits, stored as JSON in its row."""

    names: dict[str, str] = {}
    languages: tuple[str, ...] = LANGUAGES
    brand: str = "#0B6B4F"
    brand_tint: str = "#E4F2EC"
    font: Font = "inter"
    logo: str = ""
    """Hash of its file; put by `PUT /group/logo`."""
    notices: tuple[api_catalogue.NoticeView, ...] = ()
    rule_names: dict[str, dict[str, str]] = {}
    """What members are told a rule is called: by rule id, then by language."""
    tier_names: dict[str, dict[str, str]] = {}
    """What members are told a tier is called: by the programme's tier, then by language; else as it is."""
    ledger: LedgerSettings = LedgerSettings()
    stored_value: StoredValueSettings = StoredValueSettings()
    counter: CounterSettings = CounterSettings()
    sponsor_rewards_per_month: SponsorRewards = SPONSOR_REWARDS_PER_MONTH
    """How many rewards one sponsor gets in a month: against sponsoring for its own sake."""
    clearing_time_zone: str = ""
    """Whose midnights end the months of the clearing; empty: the capital's of the group's country."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group with its settings and programme read."""

    row: GroupRow
    settings: GroupSettings
    programme: Programme


def read_settings(text: str) -> GroupSettings:
    """A group's settings as they are kept. Earlier releases kept associations in them: parties now."""
    document = msgspec.json.decode(text or "{}", type=dict[str, Any])
    document.pop("associations", None)
    return msgspec.convert(document, GroupSettings)
