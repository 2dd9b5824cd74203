"""Limits of the ledger: corrections, merges, upkeep, proofs."""

from typing import Final

# Ledger
ASSET_CHARS_MAX: Final = 64
RESTORED_POINTS_DAYS: Final = 30
"""Points that paid for returned goods and have expired since live this much longer."""
MATURED_POINTS_DAYS: Final = 30
"""Points that waited can be spent so long at least, whenever they were to end when they were earned."""
CORRECTION_ALONE_POINTS: Final = 500
"""A correction above this needs a second person; a group may choose less or more."""
CORRECTION_ALONE_POINTS_PER_DAY: Final = 2_000
"""What one person may correct alone in 24 hours, up and down together."""
CORRECTION_POINTS_MAX: Final = 10_000_000
MERGE_ALONE_POINTS: Final = 500
"""What the merges of members that one person does alone move in 24 hours; more needs a second person."""
MERGE_ALONE_MINOR: Final = 5_000
"""The same in minor units of stored value, vouchers and services; a group may choose less or more."""
MERGED_INTO_ONE_MAX: Final = 50
"""Duplicates of one member; more is a mistake, or an attack."""
MERGES_SHOWN_MAX: Final = 200
CORRECTIONS_SHOWN_MAX: Final = 200
HOUSEHOLD_MEMBERS_MAX: Final = 12
PENDING_DAYS_MAX: Final = 366
UPKEEP_INTERVAL_S: Final = 60
"""How often central frees expired holds and takes up due drafts."""
EXPIRY_INTERVAL_S: Final = 3_600
RECONCILE_INTERVAL_S: Final = 24 * 3600
UPKEEP_BATCH: Final = 200
"""Lots or holds that one write of the upkeep takes up."""
JOURNAL_FAULTS_MAX: Final = 200
"""Records without their transaction, and as many transactions without their record, told by one proof."""
HOLD_LIFETIME_S: Final = 15 * 60
