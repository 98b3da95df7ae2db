"""Markup, references and languages of longer texts."""

from __future__ import annotations

import time
from typing import Any

import pytest

from guardagent_toolbox.tools.documents import citations, language_of, read_markdown


def read(text: str) -> dict[str, Any]:
    found = read_markdown(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "headings"),
    [
        ("# A", [(1, "A")]),
        ("## A *b* ##\n###### C", [(2, "A b"), (6, "C")]),
        ("####### seven", []),
        ("#hash", []),
        ("A\n===\nB\nC\n---", [(1, "A"), (2, "B C")]),
        ("A\n\n---\nB", []),
        ("```\n# no\n```", []),
        ("    x\n# A", [(1, "A")]),
    ],
)
def test_headings_have_levels(text: str, headings: list[tuple[int, str]]) -> None:
    assert [(h["level"], h["text"]) for h in read(text)["headings"]] == headings


@pytest.mark.parametrize(
    ("text", "lists"),
    [
        ("- a\n- b", [(False, ["a", "b"])]),
        ("* a\n  more\n  * inner\n\nx", [(False, ["a more", "inner"])]),
        ("1. a\n2) b", [(True, ["a", "b"])]),
        ("- a\n1. b", [(False, ["a"]), (True, ["b"])]),
        ("***", []),
        ("-a", []),
    ],
)
def test_lists_have_items(text: str, lists: list[tuple[bool, list[str]]]) -> None:
    assert [(one["ordered"], one["items"]) for one in read(text)["lists"]] == lists


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("[a](https://x.example)", ["https://x.example"]),
        ("![a](b.png 'title')", ["b.png"]),
        ("[a](<https://x.example/y>)", ["https://x.example/y"]),
        ("see https://x.example/a_(b). And <mailto:q@x.example>", ["https://x.example/a_(b", "mailto:q@x.example"]),
        ("[a][r] and [r]\n\n[r]: https://r.example", ["https://r.example", "https://r.example"]),
        ("`https://x.example`", []),
        ("- [a](u1)\n\n> [b](u2)\n\n| [c](u3) |\n|---|\n| x |", ["u1", "u2", "u3"]),
        ("[javascript](javascript:alert(1))", ["javascript:alert(1)"]),
    ],
)
def test_links_are_found_wherever_they_stand(text: str, urls: list[str]) -> None:
    assert [link["url"] for link in read(text)["links"]] == urls


def test_code_tables_quotes_and_plain_text() -> None:
    found = read(
        "~~~Python\nx = 1\n~~~\n| a | b |\n|:-|-:|\n| 1 | **2** |\n\n> said\n> so\n\nPlain <b>x</b> snake_case\n2*3"
    )
    assert found["code"] == [{"language": "python", "text": "x = 1", "line": 1}]
    assert found["tables"] == [{"header": ["a", "b"], "rows": [["1", "2"]], "line": 4}]
    assert found["quotes"] == [{"text": "said\nso", "line": 8}]
    assert found["paragraphs"] == ["Plain x snake_case\n2*3"]
    assert found["tags"] == ["b"]
    assert found["text"] == "a b\n1 2\nsaid\nso\nPlain x snake_case\n2*3"


def test_open_code_runs_to_the_end() -> None:
    assert read("```\nx\n# y")["code"] == [{"language": "", "text": "x\n# y", "line": 1}]


@pytest.mark.parametrize("text", [None, 5, ["# A"], "x" * 70_000])
def test_what_is_no_text_of_reasonable_length_is_none(text: Any) -> None:
    assert read_markdown(text) is None


HOSTILE = [
    "[", "*", "`", "|", "- ", "-\n", "<a ", "[a](", "![]", "`a", "https://", "[a][b]", "# ", "1.\n", "> ", "[r]:",
    "(A ", "[1,", "A, ", "Aa and ",
]  # fmt: skip


@pytest.mark.parametrize("part", HOSTILE)
def test_hostile_texts_are_read_quickly(part: str) -> None:
    text = part * (60_000 // len(part))
    start = time.process_time()
    read_markdown(text), citations(text), language_of(text)
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a [1] b [2, 4-6]", [("number", ["1"]), ("number", ["2", "4", "5", "6"])]),
        ("[7–8; 10]", [("number", ["7", "8", "10"])]),
        ("(Lee & Cho, 2020; Doe et al., 2021a)", [("author", ["lee & cho 2020", "doe et al. 2021a"])]),
        ("Müller and O'Neil (1999) say", [("author", ["müller and o'neil 1999"])]),
        ("(see Lee, 2020, p. 12)", [("author", ["lee 2020 p. 12"])]),
        ("x[^note] [@lee2020; @cho]", [("note", ["note"]), ("key", ["lee2020", "cho"])]),
        ("in 2020 (2020) [link](1) [a]", []),
        ("", []),
    ],
)
def test_references_are_found_with_their_keys(text: str, found: list[tuple[str, list[str]]]) -> None:
    assert [(one["kind"], one["keys"]) for one in citations(text)] == found


SENTENCES = {
    "en": "Please send the report to me by Friday.",
    "de": "Bitte schicken Sie mir den Bericht bis Freitag.",
    "fr": "Le chat est sur la table et il dort.",
    "es": "El perro está en la casa con los niños.",
    "it": "Il gatto è sul tavolo e non si muove.",
    "pt": "Eu não posso ir ao mercado hoje com você.",
    "nl": "Ik kan vandaag niet naar de markt gaan.",
    "sv": "Jag kan inte gå till marknaden i dag eftersom det regnar.",
    "fi": "En voi tulla tänään, mutta huomenna se on helppoa kun ei sada.",
    "pl": "Nie mogę dziś przyjść, ale jutro to już tak.",
    "cs": "Dnes nemohu přijít, ale zítra to je možné.",
    "tr": "Bugün gelmek için çok yorgun ama yarın bir şey değil.",
    "ru": "Я не могу прийти сегодня.",
    "uk": "Я не можу прийти сьогодні, їдьте самі.",
    "el": "Δεν μπορώ να έρθω σήμερα.",
    "ar": "لا أستطيع الحضور اليوم",
    "fa": "امروز نمی‌توانم بیایم چون گرفتارم",
    "he": "אני לא יכול לבוא היום",
    "zh": "我今天不能来。",
    "ja": "今日は来られません。",
    "ko": "오늘은 갈 수 없습니다.",
    "th": "วันนี้ฉันไปไม่ได้",
    "hi": "मैं आज नहीं आ सकता।",
}


@pytest.mark.parametrize(("language", "sentence"), SENTENCES.items())
def test_a_sentence_is_enough_to_tell_the_language(language: str, sentence: str) -> None:
    assert language_of(sentence) == language


@pytest.mark.parametrize("text", ["", "OK", "12345", "Invoice", None, "x y z"])
def test_too_little_text_has_no_language(text: Any) -> None:
    assert language_of(text) is None
