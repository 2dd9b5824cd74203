"""Limits of members: who they are, tiers, segments, health, sponsors."""

from typing import Final

# Members
GRADE_MONTHS_MAX: Final = 120
TIER_MONTHS_MAX: Final = 36
TIERS_MAX: Final = 12
TIER_TICKETS_MAX: Final = 20_000
"""Tickets of one member that are counted for a tier, the latest first."""
STANDINGS_BATCH: Final = 20
"""Members whose facts are worked out anew together: while they are, tickets wait (docs/performance.md)."""
STANDINGS_NEWS: Final = 500
"""Events that are looked through together for members whose facts changed."""
STANDINGS_REST: Final = 4
"""Central rests so many times as long as working out a batch took, so that tickets do not wait for it."""
STANDINGS_REST_MAX_S: Final = 1
"""It rests no longer than this, however busy the machine is."""
STANDINGS_INTERVAL_S: Final = 5
"""How often central looks for members whose facts changed, or of whom a new day has begun."""
SEGMENT_SCAN_MAX: Final = 20_000
"""Sealed records that one request opens at most; then it gives a cursor to go on from."""
HEALTH_TICKETS_MAX: Final = 2_000
"""Tickets of a member that are looked through for classes of health, the latest first."""
HEALTH_COUNT_MIN: Final = 10
"""Counts over what tells of somebody's health are told from so many members on (DESIGN 11)."""
PROFILES_PER_GROUP_MAX: Final = 50
PROFILE_FIELDS_MAX: Final = 50
PROFILE_CHOICES_MAX: Final = 100
RETENTION_MONTHS_MAX: Final = 240
SEGMENT_IMPORT_MEMBERS_MAX: Final = 100_000
MEMBER_HISTORY_MAX: Final = 500
SPONSOR_REWARDS_PER_MONTH: Final = 10
"""Rewards one sponsor gets in a month, unless the group's settings say another number."""
SPONSOR_REWARDS_PER_MONTH_MAX: Final = 1_000
PROFILE_TICKETS_MAX: Final = 20
MEMBER_CHILDREN_MAX: Final = 12
MEMBER_SEGMENTS_MAX: Final = 50
"""Segments one member may be put into at once: they travel, sealed, in a quote."""
TRAIT_CHARS_MAX: Final = 64
SPONSOR_CHAIN_MAX: Final = 1_000
"""Members who brought one another, in a row."""
TRAITS_SHOWN_MAX: Final = 200
