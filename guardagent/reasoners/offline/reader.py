"""Sentence → meaning, by the grammar of the families."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

from guardagent.reasoners.offline.chart import Chart
from guardagent.reasoners.offline.conditions import Condition
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.eventwords import Eventwords
from guardagent.reasoners.offline.families import productions
from guardagent.reasoners.offline.fields import Fields
from guardagent.reasoners.offline.lexicon import Lexicon
from guardagent.reasoners.offline.meanings import Meaning, Ruling
from guardagent.reasoners.offline.patterns import Production
from guardagent.reasoners.offline.rightwords import Rightwords
from guardagent.reasoners.offline.tokens import tokens_of, without_linking

_SUBJECT = re.compile(
    r"(?:.*?,\s*)?(?:the |a |an |any |every )?(.{1,60}?) (?:must|may|can|should|shall|cannot)\b", re.I
)


class Reader:
    """Reads the sentences of one request against the fields of one agent."""

    def __init__(
        self,
        fields: Fields,
        labels: Sequence[str] = (),
        tools: Mapping[str, Callable[..., Any]] | None = None,
        specification: str = "",
    ) -> None:
        self._context = Context(fields, tools or {}, {}, {})
        self._lexicon = Lexicon(fields, labels, specification)
        self._terminals = {
            **self._lexicon.terminals(),
            **Eventwords(fields, self._context.happenings).terminals(),
            **Rightwords(fields, self._context.meant).terminals(),
        }
        grammar = productions()
        self._productions = {symbol: [p for p, _ in listed] for symbol, listed in grammar.items()}
        self._modules = {id(p): module for listed in grammar.values() for p, module in listed}
        self._readings: dict[tuple[object, ...], tuple[Any, str, str | None]] = {}
        self.missed: str | None = None
        # The words at which the last sentence stopped making sense.
        self.stopped_at = ""

    def meanings(self, sentence: str) -> tuple[Meaning, ...] | None:
        """What `sentence` says, part by part; None when it isn't understood."""
        found: tuple[Meaning, ...] | None = self._read("sentence", sentence)
        self._lexicon.antecedent = self._lexicon.antecedent or self._lexicon.first_field(tokens_of(sentence))
        return None if found and self._strays(found, sentence) else found

    def _strays(self, meanings: tuple[Meaning, ...], sentence: str) -> bool:
        """Whether one part names a text, and another without a name was taken for the text that is usually meant."""
        usual = self._context.fields.text()
        rules = [m.violated.fields() for m in meanings if isinstance(m, Ruling)]
        if usual is None or len(rules) < 2 or usual.name.lower() in sentence.lower():
            return False
        texts = {f.pointer for f in self._context.fields.all if f.is_text and f.pointer.startswith("/output")}
        return any(usual.pointer in read for read in rules) and any(texts & {*read} - {usual.pointer} for read in rules)

    def forget(self) -> None:
        """A new clause begins: `it` no longer means what the sentences before were about."""
        self._lexicon.antecedent = None

    def rule(self, sentence: str) -> Condition | None:
        """When `sentence` is violated; None when it is no rule that the grammar covers."""
        found: Condition | None = self._read("rule", sentence)
        return found

    def condition(self, words: str) -> Condition | None:
        """The condition that `words` state."""
        found: Condition | None = self._read("condition", words)
        return found

    def words(self, symbol: str, words: str) -> Any:
        """The meaning of some words as a symbol of the grammar; None when they aren't one."""
        return self._read(symbol, words)

    def define(self, term: str, words: str) -> None:
        """Takes `term` for whoever or whatever `words` describe, where they are understood."""
        found: Condition | None = self._read("who", words)
        if found is not None:
            self._lexicon.terms[term.lower()] = found

    def _read(self, symbol: str, sentence: str) -> Any:
        """The meaning of a sentence; one that was read under the same circumstances is not read again."""
        told = len(self._lexicon.terms), len(self._context.happenings), len(self._context.meant)
        known = (symbol, sentence, self._lexicon.antecedent, *told)
        if known not in self._readings:
            self._readings[known] = self._read_anew(symbol, sentence), self.stopped_at, self.missed
        found, self.stopped_at, self.missed = self._readings[known]
        return found

    def _read_anew(self, symbol: str, sentence: str) -> Any:
        tokens = tokens_of(sentence)
        chart = Chart(tokens, self._productions, self._terminals, self._build)
        found = chart.whole(symbol)
        plain = without_linking(tokens)
        if found is None and plain != tokens:
            found = Chart(plain, self._productions, self._terminals, self._build).whole(symbol)
        if found is None:
            at = min(chart.furthest, max(len(tokens) - 1, 0))
            self.stopped_at = " ".join(token.text for token in tokens[at : at + 4])
            self.missed = self._unknown_name(sentence)
        return found

    def _build(self, production: Production, slots: Mapping[str, Any]) -> Any:
        name, *places = production.means
        arguments = [slots.get(p, None if p in _PLACES else p) if isinstance(p, str) else p for p in places]
        return self._builder(production, name)(self._context, *arguments)

    def _builder(self, production: Production, name: str) -> Callable[..., Any]:
        module: ModuleType = self._modules[id(production)]
        found: Callable[..., Any] | None = getattr(module, name, None) or getattr(module, f"{name}_", None)
        if found is None:
            raise ValueError(f"`{module.__name__}` has no builder `{name}`, which its grammar calls")
        return found

    def _unknown_name(self, sentence: str) -> str | None:
        """The words that seem to name a field and name none."""
        match = _SUBJECT.match(sentence)
        words = match.group(1) if match else ""
        if not words or len(words.split()) > 4 or self._context.fields.find(words):
            return None
        return words


# Slots have names of one letter; longer arguments in a grammar file are constants.
_PLACES = frozenset("abcdefghijklmnopqrstuvwxyz")
