"""The kinds of places that authors name: links, exclamation marks, percentages, and how they look in a text."""

from __future__ import annotations

from guardagent.reasoners.offline.places import Kind

_EMOJI = "[\U0001f300-\U0001faff\u2600-\u27bf\U0001f1e6-\U0001f1ff]"
_CODE = r"(?:USD|EUR|GBP|CHF|JPY|CAD|AUD)"
_SUM = r"\d+(?:[.,]\d+)*"
_SIGN = "[$\u20ac\u00a3]"
_MONTHS = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\\.?"
_DATES = (
    r"\b\d{4}-\d{1,2}-\d{1,2}\b|\b\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})\b|\b\d{1,2}-\d{1,2}-\d{4}\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s{_MONTHS}\s\d{{4}}\b|\b{_MONTHS}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}}\b"
)

_MARKS = (
    Kind("exclamation marks", "!", ("Great!",)),
    Kind("question marks", r"\?", ("Really?",)),
    Kind("semicolons", ";", ("one; two",)),
    Kind("colons", ":", ("Note: this",)),
    Kind("commas", ",", ("one, two",)),
    Kind("dashes", "[\u2013\u2014]", ("one \u2014 two",)),
    Kind("ellipses", "\\.{3,}|\u2026", ("wait...",)),
    Kind("ampersands", "&", ("salt & pepper",)),
    Kind("asterisks", r"\*", ("this*",)),
    Kind("slashes", "/", ("one / two",)),
    Kind("underscores", "_", ("one_two",)),
    Kind("quotation marks", '["\u201c\u201d\u201e\u00ab\u00bb]', ('say "one',)),
    Kind("brackets", r"[(\[{]", ("(this)",)),
    Kind("currency signs", "[$\u20ac\u00a3\u00a5]", ("$",)),
    Kind("emoji", _EMOJI, ("\U0001f600", "\u2764")),
    Kind("digits", "[0-9]", ("7",)),
    Kind("capital letters", "[A-Z\u00c0-\u00d6\u00d8-\u00de]", ("A",)),
    Kind("line breaks", r"\r\n|\n|\r", ("one\ntwo",)),
    Kind("tabs", r"\t", ("one\ttwo",)),
    Kind("double spaces", "  +", ("one  two",)),
    Kind("blank lines", r"\n[ \t\r]*\n", ("one\n\ntwo",)),
)
_PIECES = (
    Kind("hashtags", r"#\w+", ("#sale",)),
    Kind("handles", r"(?:^|\s)@\w+", ("@someone",)),
    Kind("links", r"(?i)\b(?:https?://|www\.)[^\s<>\"']+", ("https://elsewhere.invalid/page", "www.elsewhere.invalid")),
    Kind("e-mail addresses", r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+", ("kim@elsewhere.invalid",)),
    Kind("numbers", rf"\b{_SUM}", ("7", "1,200")),
    Kind("percentages", rf"{_SUM}\s?(?:%|(?i:percent\b|per cent\b))", ("5%", "5 percent"), " %percnt"),
    Kind("prices", rf"{_SIGN}\s?{_SUM}|\b{_CODE}\s?{_SUM}|{_SUM}\s?(?:{_SIGN}|{_CODE}\b)", ("$7", "EUR 7")),
    Kind("dollar amounts", rf"\$\s?{_SUM}", ("$7",), "$ "),
    Kind("euro amounts", "\u20ac" + rf"\s?{_SUM}", ("\u20ac7",), "\u20ac "),
    Kind("pound amounts", "\u00a3" + rf"\s?{_SUM}", ("\u00a37",), "\u00a3 "),
    Kind("sentences", r"[^\s.!?][^.!?\n]*[.!?]*", ("One thing happened", "One thing happened."), tool="sentences"),
    Kind("dates", _DATES, ("2025-06-04", "4 June 2025", "04.06.2025", "6/4/2025")),
    Kind("lines", r"[^\r\n]*[^\s][^\r\n]*", ("one\n",)),
    Kind("paragraphs", r"(?:[^\n]*[^\s][^\n]*\n?)+", ("one",)),
    Kind("html tags", r"</?[A-Za-z][^<>]*>", ("<b>one</b>",)),
    Kind("markdown", r"\*\*[^*\s]|__[^_\s]|(?m:^#{1,6}\s)|(?m:^\s*[-*+]\s)|`|\]\(", ("**one**", "\n# one")),
    Kind("headings", r"(?m:^#{1,6}\s)", ("\n# one",)),
    Kind("bullet points", "(?m:^[ \\t]*[-*\u2022]\\s)", ("\n- one",)),
    Kind(
        "phone numbers",
        r"\+\d[\d\s()./-]{6,}\d|\b0\d{1,5}\)?[\s./-]?\d[\d\s/-]{4,}\d|\b\d{3}[-.]\d{3}[-.]\d{4}\b",
        ("+44 20 7946 0958",),
    ),
    Kind("ibans", r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?\b", ("DE89 3704 0044 0532 0130 00",)),
    Kind("card numbers", r"\b(?:\d[ -]?){12,18}\d\b", ("4111 1111 1111 1111",)),
)
KINDS = {kind.name: kind for kind in (*_MARKS, *_PIECES)}


def capital_words(least: int) -> Kind:
    """Words of at least so many letters that are written in capitals."""
    return Kind(
        "words in capitals", rf"\b[A-Z]{{{least},}}\b", ("URGENTLY"[:least].ljust(least, "X"), "X" * (least + 1))
    )


def literal(phrases: tuple[str, ...], *, name: str = "") -> Kind:
    """These very words, in any letter case."""
    listed = "|".join(r"\s+".join(_escaped(part) for part in phrase.split()) for phrase in phrases)
    return Kind(name or f"`{phrases[0]}`", rf"(?i)(?:{listed})", phrases)


def exactly(phrases: tuple[str, ...]) -> Kind:
    """These very words as whole words, letter by letter."""
    listed = "|".join(_escaped(phrase) for phrase in phrases)
    return Kind(f"`{phrases[0]}`", rf"\b(?:{listed})\b", phrases)


def whole_word(phrase: str) -> Kind:
    """A word or phrase as a whole word, in any letter case."""
    start, end = (r"\b" if edge.isalnum() else "" for edge in (phrase[0], phrase[-1]))
    pattern = r"\s+".join(_escaped(word) for word in phrase.split())
    return Kind(f"`{phrase}`", f"(?i){start}{pattern}{end}", (phrase,))


def followed(phrases: tuple[str, ...], nexts: tuple[str, ...]) -> Kind:
    """The phrases where one of the others comes directly after them."""
    first, rest = (
        r"|".join(r"\s+".join(_escaped(w) for w in p.split()) for p in listed) for listed in (phrases, nexts)
    )
    return Kind(f"`{phrases[0]} {nexts[0]}`", rf"(?i)\b(?:{first})[\s,]+(?:{rest})\b", (f"{phrases[0]} {nexts[0]}",))


def prefixed(name: str, prefixes: tuple[str, ...]) -> Kind:
    """Whatever begins so, up to the next space."""
    listed = "|".join(_escaped(prefix) for prefix in prefixes)
    return Kind(name, rf"(?i)(?:{listed})[^\s]*", tuple(f"{prefix}elsewhere.invalid/page" for prefix in prefixes))


def _escaped(text: str) -> str:
    return "".join(c if c.isalnum() or c in " _" or ord(c) > 127 else f"\\{c}" for c in text)
