"""What lines and words of a guard request are recognised by."""

from __future__ import annotations

import re

MARKER = re.compile(
    r"(?:[-*•]|\(?[A-Za-z]{0,2}\d{1,3}(?:\.\d{1,3})*[.):]|\([a-z]\)|\([ivxl]{2,6}\)|[A-Za-z][.)]"
    r"|(?:(?:[Rr]ule|[Ll]imit|[Cc]lause|[Ss]ection|[Aa]rticle|[Pp]oint|[Pp]rovision|[Rr]equirement|No\.|Nr\.)"
    r" [A-Z]{0,2}|§ ?|#)"
    r"\d{1,3}(?:\.\d{1,3})*(?:[.):]|(?= [-\u2013\u2014] ))(?: [-\u2013\u2014])?"
    r"|\[[A-Za-z]{0,3}-?\d{1,3}\][.:]?|[A-Z]{1,4}-\d{1,3}[.):]|\*\*[A-Z]{0,3}-?\d{1,3}[.):]?\*\*[.):]?"
    r"|[A-Z]{1,2}\d{1,2}(?=\s{2,}\S|\s\w+:\s))\s+"
)
ENTRY = re.compile(r"^\s*(?:[-*•]\s+)?[\w .'’/-]{1,60}:\s+\S")
FENCE = "```"
# The line under the head of a table.
RULER = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*\|[\s:|-]*$")
BOLD = re.compile(r"^(\*\*|__)[^*_]+\1:?$")
GLOSSARY = re.compile(r"^\W*(?:definitions?|terms|glossary|vocabulary|meanings?)\b", re.IGNORECASE)

# A lead-in that ends like this hands its modal to every item below it.
MODAL_LEAD = re.compile(
    r"\b(?:must(?: not| never| always)?|may(?: not| never)?|can ?not|never|always|shall(?: not)?|should(?: not)?"
    r"|(?:is|are) (?:not )?(?:allowed|permitted|required) to|do not|don't)\s*:\s*$",
    re.IGNORECASE,
)
DEONTIC = re.compile(
    r"\b(?:must|may|shall|should|can ?not|can't|mustn't|never|only|not|no|nobody|nothing|none|den(?:y|ied|ies)"
    r"|refuse[ds]?|reject(?:ed|s)?|block(?:ed|s)?|forbidden|prohibited|banned|allow(?:ed|s)?|permitted|required?s?"
    r"|needs?|at most|at least|unless|except|without|have to|has to|redact(?:ed)?|mask(?:ed)?|escalate[ds]?"
    r"|limit(?:ed)?|exceeds?|always|action)\b|n't\b",
    re.IGNORECASE,
)
DEFINITION = re.compile(
    r"\b(?:means?(?! of)|(?:is|are) (?:called|defined as|considered)|counts? as|refers? to|stands? for"
    r"|(?:here|below|above),? .{1,60} (?:is|are) (?:a|an|the)\b|we call)\b",
    re.IGNORECASE,
)
OBLIGES = re.compile(r"\bmust\b", re.IGNORECASE)
MODAL = re.compile(r"\b(?:must|may|can ?not|never|denied|deny|forbidden|only|action)\b", re.IGNORECASE)
CONTEXT = re.compile(
    r"(?:\b(?:(?:these|the following|here) (?:are|is) .{0,40}(?:rules?|limits?)|as follows"
    r"|(?:the )?rules? (?:below|for)"
    r"|(?:report|name|list|give|tell us) (?:every|each|all|any)|if several of these|dear [a-z]+|this policy"
    r"|(?:every|each|all) (?:rules?|points?) .{0,40}(?:listed|reported|named))\b)",
    re.IGNORECASE,
)
