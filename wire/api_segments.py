"""The JSON API's segments over all members, consents and call-backs."""

from typing import Annotated, Any

from msgspec import Meta, field

from loyalty.limits.texts import ID_CHARS_MAX
from loyalty.limits.web import PAGE_ROWS_MAX
from wire.api_base import Body, Id, PageSize, View

After = Annotated[str, Meta(max_length=ID_CHARS_MAX)]


class SegmentQuery(Body, frozen=True):
    """A page of members by their ids: those after `after`."""

    after: After = ""
    limit: PageSize = PAGE_ROWS_MAX


class AskBody(Body, frozen=True):
    """A condition over members (docs/rules.md), and which page of them."""

    when: Any
    after: After = ""
    limit: PageSize = PAGE_ROWS_MAX


class SegmentMembersBody(Body, frozen=True):
    """Members who join or leave a segment that is filled by hand. The same again changes nothing."""

    join: Annotated[list[Id], Meta(max_length=PAGE_ROWS_MAX)] = field(default_factory=list)
    leave: Annotated[list[Id], Meta(max_length=PAGE_ROWS_MAX)] = field(default_factory=list)


class SegmentMovedView(View, frozen=True):
    """What became of a list: how many joined and left, who was so already, and ids that are nobody's."""

    joined: int
    left: int
    unchanged: int
    unknown: list[str]


class SegmentView(View, frozen=True):
    """A segment. `by`: `rule` or `hand`. `is_sealed`: birthdays or health decide it, so that it is counted
    when somebody asks and kept nowhere in the open. `members`: how many are in it; null where that is not
    kept.
    """

    segment: str
    by: str
    is_sealed: bool
    is_health: bool
    members: int | None


class SegmentListView(View, frozen=True):
    """The segments of the programme. `is_up_to_date`: nothing waits to be worked out."""

    segments: list[SegmentView]
    is_up_to_date: bool


class SegmentCountView(View, frozen=True):
    """How many are in a segment; null: fewer than the least that is told about health."""

    segment: str
    members: int | None
    is_up_to_date: bool


class SegmentPageView(View, frozen=True):
    """Members in order of their ids. `next`: what to give as `after` for the next page; null: no more.

    A page may be short, or empty, and have a next one: so many sealed records one request opens.
    """

    members: list[str]
    next: str | None
    is_up_to_date: bool


class AskedView(View, frozen=True):
    """Who meets a condition: how many in all (null on later pages, and where sealed facts decide), a page."""

    count: int | None
    members: list[str]
    next: str | None
    is_sealed: bool
    is_up_to_date: bool


class FactView(View, frozen=True):
    """A fact that a segment reads, and what is known of the member; null: not known."""

    fact: str
    value: bool | int | str | list[str] | None


class ExplanationView(View, frozen=True):
    """How a segment is found: its SQL with the values by name, the engine's plan for counting it, and of one
    member the facts it reads and whether they are in (null: unknown, which grants nothing).
    """

    segment: str
    reads: list[str]
    is_sealed: bool
    sql: str
    values: dict[str, int | str]
    plan: list[str]
    facts: list[FactView]
    is_member: bool | None


class MembershipView(View, frozen=True):
    """A segment from a moment to a moment; `to_ms` null: still."""

    segment: str
    from_ms: int
    to_ms: int | None


class MembershipListView(View, frozen=True):
    """A member's segments by rule and grades by their history, the latest first."""

    member_id: str
    segments: list[MembershipView]
    grades: list[MembershipView]


class ConsentBody(Body, frozen=True):
    """What the member said."""

    is_given: bool


class ConsentView(View, frozen=True):
    """One word of a member on one purpose. `text_version`: of the text they read on a screen, empty where
    they were asked; `shop_id`: in which shop.
    """

    purpose: str
    is_given: bool
    at_ms: int
    text_version: str
    shop_id: str | None


class ConsentListView(View, frozen=True):
    """What a member said, the latest first; the first of a purpose counts."""

    consents: list[ConsentView]


class CallBackBody(Body, frozen=True):
    """An attempt to reach a member who stays away. The same id again changes nothing."""

    call_back_id: Id
    is_reached: bool


class CallBackView(View, frozen=True):
    """Noted."""

    call_back_id: str
    is_reached: bool


class HealthClassView(View, frozen=True):
    """An automatic class: ATC groups by their beginnings. `codes`: how many codes of the group's articles
    feed it; 0: nothing does, and nobody is in it.
    """

    name: str
    kind: str
    groups: list[str]
    without: list[str]
    source: str
    codes: int


class HealthClassListView(View, frozen=True):
    """All automatic classes."""

    classes: list[HealthClassView]


class MemberClassesView(View, frozen=True):
    """A member's automatic classes from when to when; null: the member did not agree to `health`."""

    member_id: str
    classes: list[MembershipView] | None
