"""Limits of the doctor, the support bundle and the service manager."""

from typing import Final

# Doctor: when a check warns or fails
DISK_FREE_WARN_BYTES: Final = 1024 * 1024 * 1024
DISK_FREE_FAIL_BYTES: Final = 128 * 1024 * 1024
MEMORY_FREE_WARN_BYTES: Final = 64 * 1024 * 1024
"""Memory that programs may still have; below it the machine begins to stand still."""
CLOCK_SKEW_WARN_S: Final = 60
CERTIFICATE_WARN_DAYS: Final = 30
OUTBOX_AGE_WARN_S: Final = 24 * 3600
"""A link to central that is down longer than this is a failure, not a warning."""
SUPPORT_BUNDLE_BYTES_MAX: Final = 4 * 1024 * 1024
"""A bundle can be mailed."""
SUPPORT_JOURNAL_LINES_MAX: Final = 2_000
SUPPORT_JOURNAL_BYTES_MAX: Final = 16 * 1024 * 1024
"""Read of the journal before its lines are cut down to what may be told."""
SUPPORT_SECTION_DEADLINE_S: Final = 60
DOCTOR_CHECK_DEADLINE_S: Final = 20
"""One check of `officine doctor`; well below a section's: a slow one must not take the others along."""

# Service manager
WATCHDOG_PROOFS_PER_PERIOD: Final = 3
"""Proofs of life in one WatchdogSec: two may come late before the program is killed."""
STORE_PROOF_WRITE_EVERY_S: Final = 600
"""The terminal's proof of life reads its store each time, but writes only this often: memory cards wear."""
