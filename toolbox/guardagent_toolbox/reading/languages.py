"""The language of a text, from its script and its most common little words; no dictionary, no model."""

from __future__ import annotations

import re

_MOST_READ = 20_000
_LEAST_HITS = 2

_SCRIPTS = {
    name: re.compile(f"[{letters}]")
    for name, letters in {
        "latin": "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff", "cyrillic": "\u0400-\u052f",
        "han": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff", "kana": "\u3041-\u3096\u30a1-\u30fa\u30fc",
        "hangul": "\u1100-\u11ff\uac00-\ud7a3", "arabic": "\u0620-\u064a\u066e-\u06d3", "hebrew": "\u05d0-\u05ea",
        "greek": "\u0370-\u03ff\u1f00-\u1fff", "thai": "\u0e01-\u0e4e", "devanagari": "\u0904-\u0963",
        "bengali": "\u0985-\u09e3", "tamil": "\u0b85-\u0bcd", "georgian": "\u10a0-\u10ff", "armenian": "\u0531-\u0587",
    }.items()
}  # fmt: skip
_BY_SCRIPT = {
    "kana": "ja", "han": "zh", "hangul": "ko", "hebrew": "he", "greek": "el", "thai": "th", "devanagari": "hi",
    "bengali": "bn", "tamil": "ta", "georgian": "ka", "armenian": "hy",
}  # fmt: skip
_PERSIAN = re.compile("[پچژگ]")
_UKRAINIAN = re.compile("[іїєґІЇЄҐ]")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")

_LITTLE_WORDS = {
    "en": "the and of to in is are was you that it for with on this have be not we they your from at by will can "
          "our as please what how i my me do does which there would should an if or but",
    "de": "der die das und ist nicht ein eine einen dem den zu mit von für auf im sich auch wir sie ich es wird "
          "werden bei nach oder aber wie was bitte haben sind kann dass mein meine unser",
    "fr": "le la les des et est une un du que pour dans qui pas sur avec vous nous je il elle ce cette sont ne au "
          "aux par plus mais ou où votre notre être merci s'il d'une c'est",
    "es": "el los las de que y en un una es por con para no se del al lo como más pero su sus le ya este esta son "
          "usted nosotros muy hay qué cómo está",
    "it": "il lo gli di che è e un una per con non del della dei nel nella si sono come più ma anche questo questa "
          "ci le ho hai alla dal perché molto",
    "pt": "o os as de que e em um uma não para com por do da dos das no na se mais como mas foi ao ele ela você são "
          "está isso este esta também muito",
    "nl": "de het een en van is niet dat op te zijn met voor aan ook er maar om bij als dan nog wat wij jij u deze "
          "dit naar worden wordt heeft hebben kan geen",
    "sv": "och att det som en ett är på för med av inte den till har jag vi du kan om eller men från så ska vara "
          "detta",
    "da": "og at det som en et er på for med af ikke den til har jeg vi du kan om eller men fra så skal være dette "
          "hvad",
    "no": "og at det som en et er på for med av ikke den til har jeg vi du kan om eller men fra så skal være dette "
          "hva",
    "fi": "ja on ei se että hän oli mutta kun niin kuin tämä ovat olla myös minä sinä joka mitä vain jos tai sen",
    "pl": "i w na z do się nie jest że to jak o po co ale za od czy dla przez są tak już jego jej może proszę oraz",
    "cs": "a je v na se že to z s do o jak ale za po co si od pro by jsem není jsou také nebo tak která který",
    "ro": "și în de la cu nu este un o pe că să se din mai pentru sau care ce dar sunt am ai fi prin",
    "hu": "a az és hogy nem is egy ez van volt meg csak de mint már vagy kell lesz ha el még én te",
    "tr": "ve bir bu da de için ile çok ne var mı mi değil ama gibi daha olarak kadar en ben sen biz ya ki olan",
    "id": "yang dan di ini itu dengan untuk tidak dari dalam akan pada ke adalah saya kami anda ada juga atau bisa "
          "karena",
    "vi": "và là của có không cho các được trong một những này với người đã để khi tôi bạn như",
}  # fmt: skip
_LANGUAGES_OF: dict[str, list[str]] = {}
for _language, _words in _LITTLE_WORDS.items():
    for _word in set(_words.split()):
        _LANGUAGES_OF.setdefault(_word, []).append(_language)


def language_of(text: str) -> str | None:
    """The two-letter code of the language; None when there is too little text, or two languages are as likely."""
    place = text[:_MOST_READ]
    scripts = {"latin": _SCRIPTS["latin"]} if place.isascii() else _SCRIPTS
    counts = dict.fromkeys(_SCRIPTS, 0) | {name: len(letters.findall(place)) for name, letters in scripts.items()}
    script = max(counts, key=lambda name: counts[name])
    total = sum(counts.values())
    if total < 2:
        return None
    if script in ("kana", "han") and counts["kana"] * 10 > total:
        return "ja"
    if counts[script] * 10 < total * 6:
        return None
    if script == "arabic":
        return "fa" if _PERSIAN.search(place) else "ar"
    if script == "cyrillic":
        return "uk" if _UKRAINIAN.search(place) else "ru"
    return _BY_SCRIPT.get(script) or _by_words(place)


def _by_words(place: str) -> str | None:
    scores = dict.fromkeys(_LITTLE_WORDS, 0)
    for match in _WORD.finditer(place):
        for language in _LANGUAGES_OF.get(match.group().lower().replace("\u2019", "'"), ()):
            scores[language] += 1
    ranked = sorted(scores, key=lambda language: -scores[language])
    first, second = ranked[0], ranked[1]
    return first if scores[first] >= _LEAST_HITS and scores[first] > scores[second] else None
