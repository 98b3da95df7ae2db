"""Words, sentences, phrases and patterns in text."""

from __future__ import annotations

import re

import re2

from guardagent_toolbox.reading.lookalikes import folded
from guardagent_toolbox.reading.patterns import (
    compiled,
    normalised,
    occurrences,
    options,
    pattern_set,
    phrase_set,
    searchable,
    whole,
)
from guardagent_toolbox.reading.plain import as_text, text_of, texts_in
from guardagent_toolbox.spec import tool

# Each of these characters is a word by itself.
_SINGLE = re2.compile(r"([\p{Han}\p{Hiragana}\p{Katakana}])", options())
_EDGES = re2.compile(r"^[^\p{L}\p{M}\p{N}]+|[^\p{L}\p{M}\p{N}]+$", options())
_DASHES = re.compile("\u2014|\u2013|\u2026|--+|\\.\\.\\.+")

_SENTENCE_END = re.compile(
    "[.!?\u2026]+[\"'\u201d\u2019)\\]]*(?=\\s|$)|[\u3002\uff01\uff1f]+[\u300d\u300f\u201d\u2019]*|\\n[^\\S\\n]*\\n"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:dr|mr|mrs|ms|prof|sr|jr|st|no|vs|cf|fig|approx|e\.g|i\.e|[a-z])\.$", re.IGNORECASE
)
_LONGEST_ABBREVIATION = 10
_LONGEST_RESULT = 100_000


@tool(group="text")
def normalise(text: str) -> str:
    """One form for texts that read the same: NFKC, case folded, spaces collapsed and stripped; "" for a non-text.

    Invisible characters (those that Unicode calls default-ignorable, such as zero-width spaces) are left out.

    >>> normalise("  General\\tADMINISTRATION ")
    'general administration'
    """
    return normalised(as_text(text) or "")


@tool(group="text")
def fold(text: str) -> str:
    """The normalised text without accents, look-alike letters as Latin; "" for a non-text.

    For comparing names that somebody may have disguised, never for showing.

    >>> fold("Ｃａｆé Nоrd")
    'cafe nord'
    """
    return folded(as_text(text) or "")


@tool(group="text")
def all_text(value: object) -> str:
    """All text in a JSON value (keys, texts and numbers of lists and objects), line by line; "" when there is none.

    >>> all_text({"to": ["a@x.example", "b@x.example"], "copies": 2})
    'to\\na@x.example\\nb@x.example\\ncopies\\n2'
    """
    return text_of(value)


@tool(group="text")
def words(text: str) -> list[str]:
    """The words of a text without the punctuation round them; each Chinese or Japanese character is a word.

    Words stand between spaces or dashes: "and/or" and "e-mail" are one word each.

    >>> words("Send the e-mail -- now, please!")
    ['Send', 'the', 'e-mail', 'now', 'please']
    >>> words("你好 world")
    ['你', '好', 'world']
    """
    place = _DASHES.sub(" ", whole(text_of(text)))
    if not place.isascii():
        place = _SINGLE.sub(r" \1 ", place)
    if place.isascii():
        bare = (chunk.strip("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~") for chunk in place.split())
    else:
        bare = (_EDGES.sub("", chunk) for chunk in place.split())
    return [word for word in bare if word]


@tool(group="text")
def count_words(text: str) -> int:
    """How many words a text has, as `words` reads them; 0 for no text.

    >>> count_words("At most five words here.")
    5
    """
    return len(words(text))


@tool(group="text")
def sentences(text: str) -> list[str]:
    """The sentences of a text; a blank line ends one too, common abbreviations and decimals do not.

    >>> sentences("Dr. Lee pays 3.50 euros. Really? Yes.")
    ['Dr. Lee pays 3.50 euros.', 'Really?', 'Yes.']
    """
    place = text_of(text)
    found: list[str] = []
    start = 0
    for match in _SENTENCE_END.finditer(place):
        end = match.end()
        if match.group() == "." and _ABBREVIATION.search(place[max(start, end - _LONGEST_ABBREVIATION) : end]):
            continue
        found.append(place[start:end].strip())
        start = end
    found.append(place[start:].strip())
    return [sentence for sentence in found if sentence]


@tool(group="text")
def count_bytes(text: str) -> int:
    """How many bytes a text has in UTF-8; 0 for a non-text.

    >>> count_bytes("Grüße")
    7
    """
    return len((as_text(text) or "").encode("utf-8", "surrogatepass"))


@tool(group="text")
def contains_any(text: str, phrases: list[str]) -> list[str] | None:
    """The phrases that stand in a text as whole words, in the order of the list; [] when none does.

    Case, width, spacing, invisible characters and look-alike letters within a Latin word make no difference. A list or
    object is searched with all the text in it. None when the phrases cannot be read.

    >>> contains_any("We GUARANTEE a  full refund.", ["guarantee", "full refund", "fund"])
    ['guarantee', 'full refund']
    """
    wanted = texts_in(phrases)
    return None if wanted is None else phrase_set(wanted).found_in(text_of(text))


@tool(group="text")
def count_of(text: str, phrase: str) -> int:
    """How often a phrase stands in a text as whole words; case, width and spacing make no difference.

    >>> count_of("No means no. Nobody moved.", "no")
    2
    """
    return sum(1 for _ in occurrences(searchable(text_of(text)), searchable(as_text(phrase) or "")))


@tool(group="text")
def matches(pattern: str, text: str) -> bool | None:
    """Whether an RE2 pattern is found somewhere in a text; None when the pattern cannot be read.

    Write `(?i)` in front to ignore case, and `^...$` to match the whole text. RE2 has no look-around and no
    back-references. The pattern must be a constant of the program, never text of the event.

    >>> matches(r"\\b\\d{3}-\\d{4}\\b", "call 555-1234")
    True
    """
    found = compiled(as_text(pattern))
    return None if found is None else found.search(whole(text_of(text))) is not None


@tool(group="text")
def matches_any(patterns: list[str], text: str) -> list[str] | None:
    """The RE2 patterns of a list that are found somewhere in a text, in its order; None when one cannot be read.

    All of them are searched for at once. See `matches`, and `contains_any` for plain phrases.

    >>> matches_any(["(?i)password", r"\\b\\d{16}\\b", "^Dear"], "My PASSWORD is 1234")
    ['(?i)password']
    """
    wanted = texts_in(patterns)
    found = None if wanted is None else pattern_set(wanted)
    return None if found is None else found.found_in(whole(text_of(text)))


@tool(group="text")
def find_all(pattern: str, text: str | None) -> list[dict[str, object]] | None:
    """Every place where an RE2 pattern is found: {"text", "start", "end"}, for `redact` spans or counting.

    None when the pattern cannot be read or `text` is not a text; missing text (None) has no places.

    >>> find_all(r"[A-Z]{2}\\d+", "ids AB12, C3 and DE4")
    [{'text': 'AB12', 'start': 4, 'end': 8}, {'text': 'DE4', 'start': 17, 'end': 20}]
    """
    found = compiled(as_text(pattern))
    place = "" if text is None else as_text(text)
    if found is None or place is None:
        return None
    return [{"text": m.group(), "start": m.start(), "end": m.end()} for m in found.finditer(whole(place))]


@tool(group="text")
def replace_all(pattern: str, new: str, text: str) -> str | None:
    """The text with every place where an RE2 pattern is found replaced by `new`, taken as it is.

    None when pattern, `new` or text cannot be read, or when the result has over 100,000 characters.

    >>> replace_all(r"\\s+", " ", "two\\n  words")
    'two words'
    """
    found, by, place = compiled(as_text(pattern)), as_text(new), as_text(text)
    if found is None or by is None or place is None:
        return None
    parts: list[str] = []
    position = length = 0
    for match in found.finditer(whole(place)):
        parts += (place[position : match.start()], by)
        position = match.end()
        length += len(by)
        if length > _LONGEST_RESULT:
            return None
    result = "".join((*parts, place[position:]))
    return result if len(result) <= _LONGEST_RESULT else None
