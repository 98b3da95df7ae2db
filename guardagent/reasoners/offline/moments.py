"""Time: how long lies between two moments, windows of the day and of the week, weekdays."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from guardagent.reasoners.offline.events import Event
from guardagent.reasoners.offline.helpers import helper
from guardagent.reasoners.offline.values import UNREADABLE, Value, number_in, unique

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DATE_ONLY = re.compile(r"\d{4}-\d\d-\d\d$")
_BASE = "2025-06-04T12:00"

helper(
    "time_between",
    '''
def time_between(first, second, unit):
    """How long after the first moment the second is, negative when it is before; None where one is missing.

    Texts without a time of day are days: then, and in `days`, whole days are counted. UNREADABLE for anything else.
    """
    if first is None or second is None:
        return None
    if isinstance(first, str) and isinstance(second, str):
        dates = parse_time(first) is None or parse_time(second) is None
        if unit == "workdays":
            found = working_days_between(first, second)
        elif unit == "days":
            found = days_between(first, second)
        elif dates:
            days = days_between(first, second)
            found = None if days is None else days * 86400
        else:
            found = seconds_between(first, second)
        return UNREADABLE if found is None else found
    if isinstance(first, str) or isinstance(second, str) or parse_number(first) is None or parse_number(second) is None:
        return UNREADABLE
    return (second - first) // 86400 if unit == "days" else second - first
''',
)
helper(
    "months_later",
    '''
def months_later(value, months):
    """The same day so many months later; None without value, UNREADABLE when it is no date."""
    if value is None:
        return None
    found = add_months(value, months) if isinstance(value, str) else None
    return UNREADABLE if found is None else found
''',
)
helper(
    "in_hours",
    '''
def in_hours(value, start, end, unclear):
    """Whether a time of day is from `start` on and before `end`, over midnight too; `unclear` when unreadable."""
    if value is None:
        return False
    found = within_hours(value, start, end) if isinstance(value, str) else None
    return unclear if found is None else found
''',
)
helper(
    "day_name",
    '''
def day_name(value):
    """The weekday in small letters, of its name or of a date; None when it is neither."""
    names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    known = [name for name in names if normalise(value) in [name, name[:3]]]
    return known[0] if known else weekday(value)
''',
)
helper(
    "on_day",
    '''
def on_day(value, days, unclear):
    """Whether a date or the name of a day is one of these weekdays; `unclear` when unreadable."""
    if value is None:
        return False
    found = day_name(value) if isinstance(value, str) else None
    return unclear if found is None else found in days
''',
)
helper(
    "in_week",
    '''
def in_week(day, time, start, end, unclear):
    """Whether the moment lies from `start` on and before `end`, both such as "5 15:00:00" for a Friday at three."""
    if day is None or time is None:
        return False
    name = day_name(day) if isinstance(day, str) else None
    clock = parse_time(time) if isinstance(time, str) else None
    if name is None or clock is None:
        return unclear
    names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    at = f"{names.index(name) + 1} {clock}"
    return start <= at < end if start < end else at >= start or at < end
''',
)


@dataclass(frozen=True)
class Gap:
    """How long the second moment is after the first, in seconds, days of the calendar or working days."""

    first: Value
    second: Value
    unit: str
    numeric: ClassVar[bool] = True

    def code(self) -> str:
        return f"time_between({self.first.code()}, {self.second.code()}, {self.unit!r})"

    def of(self, event: Event) -> Any:
        return _between(self.first.of(event), self.second.of(event), self.unit)

    def put(self, event: Event, wanted: Any) -> list[Event]:
        gap = Decimal(str(wanted))
        known = [moment_in(v.of(event)) for v in (self.first, self.second)]
        numbers = [v.of(event) for v in (self.first, self.second)]
        events: list[Event] = []
        if isinstance(numbers[1], int | float) and not isinstance(numbers[1], bool):
            step = gap * (86_400 if self.unit == "days" else 1)
            earlier = numbers[1] - float(step)
            return self.first.put(event, int(earlier) if earlier == int(earlier) else earlier)
        if known[0] is None and known[1] is None:
            based = self.second.put(event, _BASE)
            return [e for base in based[:1] if moment_in(self.second.of(base)) for e in self.put(base, wanted)]
        for value, own, other, sign in ((self.first, 0, 1, -1), (self.second, 1, 0, 1)):
            base = known[other]
            if base is None:
                continue
            moved = _shifted(base, gap * sign, self.unit)
            like = value.of(event) if known[own] is not None else (self.first, self.second)[other].of(event)
            if moved is not None:
                events += value.put(event, _written(moved, like))
        return events

    def fields(self) -> list[str]:
        return unique([*self.first.fields(), *self.second.fields()])

    def says(self) -> str:
        unit = "seconds" if self.unit == "seconds" else "days"
        return f"the {unit} from {self.first.says()} to {self.second.says()}"


@dataclass(frozen=True)
class Later:
    """A date so many months after another (before it, when negative)."""

    value: Value
    months: int

    def code(self) -> str:
        return f"months_later({self.value.code()}, {self.months})"

    def of(self, event: Event) -> Any:
        found = self.value.of(event)
        moment = moment_in(found)
        if moment is None:
            return None if found is None else UNREADABLE
        return _months_later(moment, self.months).date().isoformat()

    def put(self, event: Event, wanted: Any) -> list[Event]:
        moment = moment_in(wanted)
        if moment is None:
            return []
        return self.value.put(event, _written(_months_later(moment, -self.months), self.value.of(event)))

    def fields(self) -> list[str]:
        return self.value.fields()

    def says(self) -> str:
        return f"{self.value.says()} and {self.months} months"


@dataclass(frozen=True)
class Hours:
    """The time of day is in a window, which may run over midnight; the start belongs to it, the end does not."""

    value: Value
    start: str
    end: str

    def code(self, unclear: bool) -> str:
        return f"in_hours({self.value.code()}, {self.start!r}, {self.end!r}, {unclear})"

    def holds(self, event: Event) -> bool:
        clock = _clock_in(self.value.of(event))
        if clock is None:
            return False
        if self.start < self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end

    def make(self, event: Event, truth: bool) -> list[Event]:
        clocks = [self.start, _minutes(self.end, -1), self.end, _minutes(self.start, -1)]
        made = [e for clock in clocks for e in self.value.put(event, _at_clock(self.value.of(event), clock))]
        return [e for e in made if self.holds(e) is truth]

    def fields(self) -> list[str]:
        return self.value.fields()

    def says(self) -> str:
        return f"{self.value.says()} is between `{self.start}` and `{self.end}`"


@dataclass(frozen=True)
class OnDay:
    """A date, or the name of a day, is one of these weekdays."""

    value: Value
    days: tuple[str, ...]

    def code(self, unclear: bool) -> str:
        return f"on_day({self.value.code()}, {list(self.days)!r}, {unclear})"

    def holds(self, event: Event) -> bool:
        return _day_in(self.value.of(event)) in self.days

    def make(self, event: Event, truth: bool) -> list[Event]:
        wanted = self.days if truth else [day for day in _DAYS if day not in self.days]
        made = [e for day in wanted[:3] for e in self.value.put(event, _on_day(self.value, event, day))]
        return [e for e in made if self.holds(e) is truth]

    def fields(self) -> list[str]:
        return self.value.fields()

    def says(self) -> str:
        return f"{self.value.says()} is a {' or '.join(self.days)}"


@dataclass(frozen=True)
class InWeek:
    """The moment lies in a window of the week: from Friday 15:00 until Monday 08:00, the end not included."""

    day: Value
    time: Value
    start: tuple[str, str]
    end: tuple[str, str]

    def code(self, unclear: bool) -> str:
        places = [f"{_DAYS.index(day) + 1} {clock}:00" for day, clock in (self.start, self.end)]
        return f"in_week({self.day.code()}, {self.time.code()}, {places[0]!r}, {places[1]!r}, {unclear})"

    def holds(self, event: Event) -> bool:
        day, clock = _day_in(self.day.of(event)), _clock_in(self.time.of(event))
        if day is None or clock is None:
            return False
        start, end, at = ((_DAYS.index(d), c) for d, c in (self.start, self.end, (day, clock)))
        return start <= at < end if start < end else at >= start or at < end

    def make(self, event: Event, truth: bool) -> list[Event]:
        ends = [
            self.start,
            (self.start[0], _minutes(self.start[1], -1)),
            (self.end[0], _minutes(self.end[1], -1)),
            self.end,
        ]
        middle = (_DAYS[(_DAYS.index(self.start[0]) + 1) % 7], "12:00")
        made: list[Event] = []
        for day, clock in [*ends, middle, ("wednesday", "12:00")]:
            for first in self.day.put(event, _on_day(self.day, event, day)):
                made += self.time.put(first, _at_clock(self.time.of(first), clock))
        return [e for e in made if self.holds(e) is truth]

    def fields(self) -> list[str]:
        return unique([*self.day.fields(), *self.time.fields()])

    def says(self) -> str:
        return f"{self.time.says()} is between {' '.join(self.start)} and {' '.join(self.end)}"


def moment_in(value: Any) -> datetime | None:
    """The moment in an ISO text; one without a zone is in UTC."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip().replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _between(first: Any, second: Any, unit: str) -> Any:
    if first is None or second is None:
        return None
    if isinstance(first, str) and isinstance(second, str):
        a, b = moment_in(first), moment_in(second)
        if a is None or b is None:
            return UNREADABLE
        days = (b.date() - a.date()).days
        if unit == "workdays":
            return _workdays(a, b)
        if unit == "days":
            return days
        dated = _DATE_ONLY.match(first.strip()) or _DATE_ONLY.match(second.strip())
        return days * 86_400 if dated else int((b - a).total_seconds() // 1)
    left, right = number_in(first), number_in(second)
    if isinstance(first, str) or isinstance(second, str) or left is None or right is None:
        return UNREADABLE
    return (right - left) // 86_400 if unit == "days" else right - left


def _workdays(first: datetime, second: datetime) -> int:
    if second < first:
        return -_workdays(second, first)
    days = (second.date() - first.date()).days
    return sum((first + timedelta(days=n)).weekday() < 5 for n in range(1, min(days, 4000) + 1))


def _shifted(moment: datetime, gap: Decimal, unit: str) -> datetime | None:
    if abs(gap) > 4_000_000:
        return None
    if unit == "days":
        return moment + timedelta(days=float(gap))
    if unit == "seconds":
        return moment + timedelta(seconds=float(gap))
    step, left = (1 if gap >= 0 else -1), abs(int(gap))
    while left:
        moment += timedelta(days=step)
        left -= moment.weekday() < 5 if step > 0 else (moment + timedelta(days=1)).weekday() < 5
    return moment


def _months_later(moment: datetime, months: int) -> datetime:
    month = moment.month - 1 + months
    year, month = moment.year + month // 12, month % 12 + 1
    for day in range(moment.day, 27, -1):
        try:
            return moment.replace(year=year, month=month, day=day)
        except ValueError:
            continue
    return moment.replace(year=year, month=month, day=min(moment.day, 28))


def _written(moment: datetime, like: Any) -> str:
    """The moment as a text like another: a date only, with or without seconds and zone."""
    sample = like.strip() if isinstance(like, str) else ""
    if _DATE_ONLY.match(sample) and (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return moment.date().isoformat()
    text = moment.replace(tzinfo=None).isoformat(timespec="seconds")
    if moment.second == 0 and sample.count(":") == 1:
        text = text[:-3]
    return (
        f"{text}Z" if sample.endswith("Z") else f"{text}{sample[-6:]}" if re.search(r"[+-]\d\d:\d\d$", sample) else text
    )


def _clock_in(value: Any) -> str | None:
    """The time of day in a text, to the minute."""
    match = re.search(r"(?:^|[T ])([01]\d|2[0-3]):([0-5]\d)", value) if isinstance(value, str) else None
    return f"{match[1]}:{match[2]}" if match else None


def _at_clock(value: Any, clock: str) -> str:
    """The text with another time of day in it."""
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d[T ]", value):
        tail = re.sub(r"^\d\d:\d\d(?::\d\d(?:\.\d+)?)?", "", value[11:])
        seconds = ":00" if re.match(r"\d\d:\d\d:", value[11:]) else ""
        return f"{value[:11]}{clock}{seconds}{tail}"
    if isinstance(value, str) and _DATE_ONLY.match(value):
        return f"{value}T{clock}"
    return clock


def _minutes(clock: str, step: int) -> str:
    hour, minute = clock.split(":")
    at = (int(hour) * 60 + int(minute) + step) % 1440
    return f"{at // 60:02d}:{at % 60:02d}"


def _day_in(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    name = next((day for day in _DAYS if value.strip().casefold() in (day, day[:3])), None)
    moment = moment_in(value)
    return name or (_DAYS[moment.weekday()] if moment else None)


def _on_day(value: Value, event: Event, day: str) -> str:
    """What the value is on the next such weekday."""
    known = value.of(event)
    listed = getattr(value, "values", ())
    named = next((v for v in listed if isinstance(v, str) and v.casefold() in (day, day[:3])), None)
    if named is not None:
        return named
    moment = moment_in(known)
    if moment is None:
        return day.capitalize()
    moved = moment + timedelta(days=(_DAYS.index(day) - moment.weekday()) % 7)
    return f"{moved.date().isoformat()}{known.strip()[10:]}"
