"""A moment that a person writes: by the clock of a place, or with its distance from UTC."""

from datetime import UTC, datetime, tzinfo

from officine.inputs import InputInvalid

FORMS = "2027-03-01, 2027-03-01T08:00, or with its distance from UTC 2027-03-01T08:00+01:00 or ...T07:00Z"


def moment_ms(text: str, zone: tzinfo, where: str) -> int:
    """UTC milliseconds of a moment; a day is its midnight, an hour without a distance that of the zone.

    Raises: InputInvalid: no moment, or an hour of the wall that comes twice or never (summer time).
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputInvalid(where=where, why=f"{text[:40]!r} is no moment. Write {FORMS}.") from error
    if moment.tzinfo is None:
        first, second = (moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
        if first.utcoffset() != second.utcoffset():
            way = "comes twice" if first.astimezone(UTC) < second.astimezone(UTC) else "does not come"
            near = f"{first.astimezone(UTC):%Y-%m-%dT%H:%MZ} or {second.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
            why = f"{text} {way} in {zone}: clocks change. Write {near}."
            raise InputInvalid(where=where, why=why)
        moment = first
    return int(moment.timestamp() * 1000)


def both_clocks(at_ms: int, zone: tzinfo) -> str:
    """A moment by the clock of a place and by UTC."""
    moment = datetime.fromtimestamp(at_ms / 1000, zone)
    told = f"{moment:%Y-%m-%d %H:%M} {zone}"
    return told if zone is UTC else f"{told} ({moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC)"
