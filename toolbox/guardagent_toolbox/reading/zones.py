"""Wall clocks of the world, from rules of our own: the zone files of a machine differ from those of another.

Each zone is given from the year on in which its present rules hold; earlier moments are unreadable. Zones that change
their rules often are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

_LAST: Final = 2100
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Turn:
    """When clocks turn: the nth Sunday of a month (-1 is the last), at an hour of UTC, standard or summer time."""

    month: int
    sunday: int
    hour: int
    clock: str

    def moment(self, year: int, standard: timedelta) -> datetime:
        """The moment in UTC, without a zone of its own."""
        day = date(year, self.month, 1) if self.sunday > 0 else _month_end(year, self.month)
        to_sunday = (6 - day.weekday()) % 7 if self.sunday > 0 else -((day.weekday() + 1) % 7)
        day += timedelta(days=to_sunday + 7 * max(self.sunday - 1, 0))
        offset = {"utc": timedelta(0), "standard": standard, "summer": standard + _HOUR}[self.clock]
        return datetime.combine(day, time(self.hour)) - offset


def _month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


# The turns to summer time and back.
_RULES: Final[dict[str, tuple[_Turn, _Turn] | None]] = {
    "none": None,
    "europe": (_Turn(3, -1, 1, "utc"), _Turn(10, -1, 1, "utc")),
    "america": (_Turn(3, 2, 2, "standard"), _Turn(11, 1, 2, "summer")),
    "australia": (_Turn(10, 1, 2, "standard"), _Turn(4, 1, 3, "summer")),
    "new zealand": (_Turn(9, -1, 2, "standard"), _Turn(4, 1, 3, "summer")),
}
# Rule, first year, minutes from UTC in standard time, names.
_TABLE: Final = (
    ("none", 1970, 0, "UTC GMT Etc/UTC Etc/GMT Z Africa/Abidjan Africa/Accra Africa/Dakar"),
    ("europe", 1997, -60, "Atlantic/Azores"),
    ("europe", 1997, 0, "Europe/London Europe/Dublin Europe/Lisbon"),
    ("europe", 1997, 60, "Europe/Berlin Europe/Paris Europe/Madrid Europe/Rome Europe/Vienna Europe/Zurich "
     "Europe/Amsterdam Europe/Brussels Europe/Luxembourg Europe/Copenhagen Europe/Oslo Europe/Stockholm Europe/Prague "
     "Europe/Warsaw Europe/Budapest Europe/Belgrade Europe/Zagreb Europe/Ljubljana Europe/Bratislava Europe/Malta"),
    ("europe", 2003, 120, "Europe/Athens Europe/Helsinki Europe/Sofia Europe/Bucharest Europe/Riga Europe/Tallinn "
     "Europe/Vilnius Europe/Kyiv Europe/Kiev"),
    ("none", 2017, 180, "Europe/Istanbul"),
    ("none", 2015, 180, "Europe/Moscow"),
    ("none", 2022, 180, "Europe/Minsk"),
    ("none", 1970, 180, "Africa/Nairobi Asia/Riyadh Asia/Kuwait"),
    ("none", 1973, 180, "Asia/Qatar"),
    ("none", 1970, 60, "Africa/Lagos"),
    ("none", 1970, 120, "Africa/Johannesburg"),
    ("america", 2007, -300, "America/New_York US/Eastern America/Toronto America/Detroit EST5EDT"),
    ("america", 2007, -360, "America/Chicago US/Central CST6CDT"),
    ("america", 2007, -420, "America/Denver US/Mountain America/Edmonton MST7MDT"),
    ("america", 2007, -480, "America/Los_Angeles US/Pacific PST8PDT"),
    ("america", 2007, -240, "America/Halifax"),
    ("america", 2007, -540, "America/Anchorage"),
    ("none", 1970, -420, "America/Phoenix US/Arizona"),
    ("none", 1970, -600, "Pacific/Honolulu US/Hawaii"),
    ("none", 1970, -300, "America/Panama"),
    ("none", 2023, -360, "America/Mexico_City"),
    ("none", 1995, -300, "America/Bogota America/Lima"),
    ("none", 2020, -180, "America/Sao_Paulo"),
    ("none", 2010, -180, "America/Argentina/Buenos_Aires America/Buenos_Aires"),
    ("none", 1986, 240, "Asia/Dubai"),
    ("none", 2010, 300, "Asia/Karachi Asia/Tashkent"),
    ("none", 1970, 330, "Asia/Kolkata Asia/Calcutta"),
    ("none", 1990, 345, "Asia/Kathmandu"),
    ("none", 2010, 360, "Asia/Dhaka"),
    ("none", 1980, 420, "Asia/Bangkok Asia/Jakarta Asia/Ho_Chi_Minh"),
    ("none", 1992, 480, "Asia/Shanghai Asia/Hong_Kong Asia/Singapore Asia/Taipei Asia/Manila Asia/Kuala_Lumpur"),
    ("none", 1970, 540, "Asia/Tokyo"),
    ("none", 1990, 540, "Asia/Seoul"),
    ("none", 2010, 480, "Australia/Perth"),
    ("none", 1993, 600, "Australia/Brisbane"),
    ("none", 1988, 570, "Australia/Darwin"),
    ("australia", 2009, 570, "Australia/Adelaide"),
    ("australia", 2009, 600, "Australia/Sydney Australia/Melbourne Australia/Hobart Australia/Canberra"),
    ("new zealand", 2008, 720, "Pacific/Auckland"),
)  # fmt: skip
ZONES: Final = {
    name.lower(): (rule, first, timedelta(minutes=minutes))
    for rule, first, minutes, names in _TABLE
    for name in names.split()
}


def to_wall(moment: datetime, zone: object) -> datetime | None:
    """What clocks of a zone show at a moment, without an offset; None for an unknown zone, or outside of its years."""
    known = _known(zone, moment.year)
    if known is None:
        return None
    rule, standard = known
    plain = moment.astimezone(UTC).replace(tzinfo=None)
    try:
        return plain + standard + (_HOUR if _is_summer(plain, rule, standard) else timedelta(0))
    except OverflowError:
        return None


def from_wall(wall: datetime, zone: object) -> datetime | None:
    """The moment at which clocks of a zone show this; None when there is none, or when there are two."""
    known = _known(zone, wall.year)
    if known is None:
        return None
    rule, standard = known
    found = {
        moment
        for offset, summer in ((standard, False), (standard + _HOUR, True))
        if _is_summer(moment := wall - offset, rule, standard) is summer
    }
    return found.pop().replace(tzinfo=UTC) if len(found) == 1 else None


def _known(zone: object, year: int) -> tuple[str, timedelta] | None:
    found = ZONES.get(zone.strip().lower()) if isinstance(zone, str) and len(zone) < 64 else None
    if found is None or not found[1] <= year <= _LAST:
        return None
    return found[0], found[2]


def _is_summer(plain: datetime, rule: str, standard: timedelta) -> bool:
    turns = _RULES[rule]
    if turns is None:
        return False
    begins, ends = (turn.moment((plain + standard).year, standard) for turn in turns)
    # South of the equator summer time runs over the new year.
    return begins <= plain < ends if begins < ends else not ends <= plain < begins
