"""How sentences sound that speak to a translator, model or guard: one list of patterns per kind of speech."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

_LEAVE = (
    r"\b(?:ignor(?:e|ing)|disregard(?:ing)?|forget(?:ting)?|overrid(?:e|ing)|bypass(?:ing)?|overlook|omit|drop"
    r"|leave out|skip|(?:do not|don't) (?:translate|enforce|implement|include|mention|report))\b"
)
_WHOSE = (
    r"\b(?:all|any|the|these|those|your|my|everything|anything|previous|prior|earlier|above|preceding|following|other"
    r"|foregoing|initial|original|next|first|last)\b"
)
_RULES = (
    r"\b(?:instructions?|prompts?|rules?|clauses?|polic(?:y|ies)|guidelines?|restrictions?|limits?|checks?|sentences?"
    r"|constraints?|paragraphs?|points?|line|above|before)\b"
)
_READER = (
    r"(?:ai|a\.i\.|(?:helpful |ai )?assistant|(?:large )?language model|llm|chat ?gpt|gpt(?:-?\d\S*)?|claude|gemini"
    r"|llama|copilot|translator|planner|coder|compiler|code generator|automated (?:reader|system))"
)
_PARTS = r"(?:programs?|functions?|code|checks?|examples?|labels?|report|plan|json|steps?|gaps?)"
_KINDS = r"(?:definition|context|gap|comment|enforced|compliant|allowed|translated|advisory|optional|not translatable)"
_GUARD = r"\b(?:guard|program|polic(?:y|ies)|check(?:er)?s?|filter|functions?|translation|code)\b"
_LETS = r"\b(?:allow|permit|accept|approve|let|pass|return)\w*\b"
_ALL = r"\b(?:everything|anything|all|every|any|none|nothing)\b"

_SOUNDS: Final[Mapping[str, tuple[str, ...]]] = {
    "asks to leave instructions aside": (
        rf"{_LEAVE}.{{0,40}}{_WHOSE}.{{0,30}}{_RULES}",
        rf"{_LEAVE}.{{0,20}}\b(?:(?:clauses?|rules?) \d|c\d)",
    ),
    "speaks to a model": (
        rf"\b(?:as|you are|you're|act as|note to|dear|attention,?|hey|hello,?|hi,?)(?: (?:an?|the|any))? {_READER}\b",
        rf"^\W*{_READER}\s*[,:!]",
        r"\b(?:you are now|from now on,? you|pretend (?:to be|that)|jailbreak|developer mode|dan mode)\b",
        r"\byour (?:(?:system )?prompt|instructions?|training|guidelines|(?:true|real) task|next answer)\b",
        r"\b(?:when|while|as|before|after) you (?:translat|compil|generat|pars|summari[sz]|plan|write|read)\w*\b",
    ),
    "imitates a conversation": (
        r"(?:^|\n)\W*(?:system|assistant|user|developer)\s*:\s*\S",
        r"<\|\w+\|>|\[/?INST\]|<</?SYS>>",
    ),
    "imitates a fence": (r"\[\[(?:data|end) [0-9a-f]{6,}",),
    "asks for a guard that lets everything pass": (
        rf"{_GUARD}.{{0,30}}\b(?:should|must|shall|will|has to|is to|always)\b.{{0,20}}{_LETS}.{{0,25}}{_ALL}",
        rf"\blet (?:every|all|the|each|this) .{{0,20}}{_LETS}.{{0,25}}\b(?:none|everything|nothing)\b",
        rf"\b(?:simply|just|always) return\b.{{0,40}}{_ALL}",
        rf"\b(?:write|make|generate)\b.{{0,30}}{_GUARD}.{{0,20}}{_LETS}.{{0,20}}{_ALL}",
    ),
    "says what the translation should hold": (
        rf"\b(?:treat|read|translate|mark|classify|declare|label|report)\b.{{0,50}}\bas (?:an? |mere )*{_KINDS}\b",
        rf"\b(?:leave|make|keep|return)\b.{{0,20}}\b{_PARTS}\b.{{0,30}}\bempty\b",
        rf"\b(?:an|the) empty {_PARTS}\b",
    ),
    "names parts of the translation": (r"\bclause_c\d|\bnot_applicable\(|\breturn None\b|\bdef clause|\bviolation\(",),
    "claims authority over the translation": (
        r"\b(?:system|admin(?:istrator)?) override\b|\boverride code\b|\bnew instructions?\s*:",
        r"^\W*end of (?:the )?(?:policy|rules|document|clauses|prompt|data)\b",
    ),
    "asks for silence": (
        r"\b(?:do not|don't|never|without) (?:tell|telling|mention|mentioning|reveal|show|report|reporting|list|warn)\b"
        r".{0,20}\b(?:author|reviewer|this (?:sentence|line|note|clause))\b",
    ),
}
_PATTERNS: Final = tuple(
    (kind, re.compile("|".join(f"(?:{sound})" for sound in sounds), re.IGNORECASE)) for kind, sounds in _SOUNDS.items()
)


def speech_in(text: str) -> str:
    """What makes `text` speak to a translator; empty when nothing does."""
    plain = _plain(text)
    return next((kind for kind, pattern in _PATTERNS if pattern.search(plain)), "")


def _plain(text: str) -> str:
    """`text` as it looks: without invisible characters and marks of emphasis, each line in one line."""
    folded = unicodedata.normalize("NFKC", text)
    seen = "".join(c for c in folded if unicodedata.category(c) != "Cf").replace("’", "'")
    lines = (" ".join(re.sub(r"[*`~]", "", line).split()) for line in seen.splitlines())
    # A wrapped sentence goes on in the next line; what begins a line is seen by the patterns with `^`.
    joined = " ".join(lines)
    return f"{joined}\n{seen}"
