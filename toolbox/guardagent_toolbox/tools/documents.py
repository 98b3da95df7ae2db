"""Longer texts: markup, references, language."""

from __future__ import annotations

from dataclasses import asdict

from guardagent_toolbox.reading import markdown
from guardagent_toolbox.reading.citations import citations_in
from guardagent_toolbox.reading.languages import language_of as read_language
from guardagent_toolbox.reading.plain import as_text, text_of
from guardagent_toolbox.spec import tool


@tool(group="documents")
def read_markdown(text: str) -> dict[str, object] | None:
    """The parts of a Markdown text; None for a non-text, or one of more than 65,536 characters.

    Keys: "headings" ("level", "text", "line") · "lists" ("ordered", "items", "line"; inner items among the others) ·
    "links" ("text", "url", "image", "line"; bare addresses too, those in code not) · "code" (fenced blocks: "language",
    "text", "line") · "tables" ("header", "rows", "line") · "quotes" ("text", "line") · "paragraphs" · "tags" (names of
    HTML tags) · "text" (all of it without markup and fenced code). Indented code is taken for a paragraph.

    >>> found = read_markdown("# Plan\\n\\nSee [a](https://x.example).\\n\\n- one\\n- two\\n\\n```sh\\nls\\n```")
    >>> found["headings"], found["lists"][0]["items"], found["links"][0]["url"]
    ([{'level': 1, 'text': 'Plan', 'line': 1}], ['one', 'two'], 'https://x.example')
    """
    given = as_text(text)
    found = None if given is None else markdown.read_markdown(given)
    if found is None:
        return None
    return asdict(found) | {"tags": sorted(found.tags), "text": "\n".join(found.text)}


@tool(group="documents")
def citations(text: str) -> list[dict[str, object]]:
    """The references to sources in a text, in order: {"kind", "keys", "text", "start", "end"}; [] when there are none.

    Kinds: "number" ([1], [2, 4-6], one key for each number), "author" ((Lee & Cho, 2020) or Lee et al. (2020)), "note"
    ([^a]), "key" ([@lee2020]). A year in brackets without a name is none.

    >>> [(c["kind"], c["keys"]) for c in citations("As shown [2, 4-5] by Lee et al. (2020) and others (Cho, 1999).")]
    [('number', ['2', '4', '5']), ('author', ['lee et al. 2020']), ('author', ['cho 1999'])]
    """
    return citations_in(text_of(text))


@tool(group="documents")
def language_of(text: str) -> str | None:
    """The language of a text as a two-letter code such as "en"; None when there is too little to tell by.

    Told by the script, and for Latin letters by common little words: en, de, fr, es, it, pt, nl, sv, da, no, fi, pl,
    cs, ro, hu, tr, id, vi. A sentence is enough as a rule, a single word is not; of a mixed text it is the language of
    most of it. Cyrillic is "ru" or "uk", Arabic letters "ar" or "fa", Chinese characters without kana "zh".

    >>> language_of("Bitte schicken Sie mir die Rechnung."), language_of("これはペンです"), language_of("OK")
    ('de', 'ja', None)
    """
    return read_language(text_of(text))
