"""A memoised reader of sentences by productions: every symbol is tried once at every place of a sentence.

The first production of a symbol that reads a stretch of words decides what that stretch means; where it says something
of a value yet to come, the next one counts for values of which the first makes no sense. The number of steps is
bounded; a sentence that needs more is not understood.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from guardagent.reasoners.offline.patterns import Choice, Production, Slot, Word, beginnings
from guardagent.reasoners.offline.tokens import MAX_TOKENS, Token

MAX_STEPS = 400_000

# Reads a terminal symbol at a place: (end, meaning) pairs, the most likely first.
Terminal = Callable[[Sequence[Token], int], Iterator[tuple[int, Any]]]
# Makes the meaning of a production from the meanings of its slots; None: it does not fit after all.
Build = Callable[[Production, Mapping[str, Any]], Any]


class OutOfStepsError(Exception):
    """The sentence takes more steps than a reading may."""


class Chart:
    """The readings of one sentence."""

    def __init__(
        self,
        tokens: Sequence[Token],
        productions: Mapping[str, Sequence[Production]],
        terminals: Mapping[str, Terminal],
        build: Build,
    ) -> None:
        self._tokens = tokens
        self._terminals = terminals
        self._build = build
        self._memo: dict[tuple[str, int], dict[int, Any]] = {}
        self._steps = 0
        self._productions = productions
        # The words from each place to the end.
        self._ahead: list[frozenset[str]] = [frozenset()]
        for token in reversed(tokens):
            self._ahead.insert(0, self._ahead[0] | {token.lower})
        self._usable: dict[str, list[Production]] = {}
        self._beginning: dict[tuple[str, str], list[Production]] = {}
        # How far each symbol was read: the first word that no reading got beyond.
        self.furthest = 0

    def whole(self, symbol: str) -> Any:
        """The meaning of the sentence as `symbol`; None when it isn't one."""
        if not self._tokens or len(self._tokens) > MAX_TOKENS:
            return None
        try:
            return self.at(symbol, 0).get(len(self._tokens))
        except OutOfStepsError:
            return None

    def at(self, symbol: str, start: int) -> dict[int, Any]:
        """The meanings of `symbol` from a token on, by the token after its end."""
        key = (symbol, start)
        known = self._memo.get(key)
        if known is not None:
            return known
        found: dict[int, Any] = {}
        # A symbol that begins with itself finds nothing there, which ends the recursion.
        self._memo[key] = found
        terminal = self._terminals.get(symbol)
        if terminal is not None:
            for end, meaning in terminal(self._tokens, start):
                found.setdefault(end, meaning)
        for production in self._candidates(symbol, start):
            for end, slots in self._match(production.elements, 0, start, {}):
                known = found.get(end)
                if known is None or callable(known):
                    meaning = self._build(production, slots)
                    if meaning is not None:
                        found[end] = meaning if known is None else _either(known, meaning)
        return found

    def _candidates(self, symbol: str, start: int) -> list[Production]:
        """The productions that the words from the place on leave possible."""
        word = self._tokens[start].lower if start < len(self._tokens) else ""
        found = self._beginning.get((symbol, word))
        if found is None:
            usable = self._usable.get(symbol)
            if usable is None:
                usable = _with_words(self._productions.get(symbol, ()), self._ahead[0])
                self._usable[symbol] = usable
            found = [p for p in usable if p.first is None or word in p.first]
            self._beginning[symbol, word] = found
        return _with_words(found, self._ahead[start]) if found and start else found

    def _match(
        self, elements: tuple[Any, ...], index: int, position: int, slots: dict[str, Any]
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise OutOfStepsError
        last = len(elements)
        while index < last and elements[index].__class__ is Word:
            if position >= len(self._tokens) or not self._is_word(position, elements[index].forms):
                break
            index += 1
            position += 1
        if position > self.furthest:
            self.furthest = position
        if index == last:
            yield position, slots
            return
        element = elements[index]
        if isinstance(element, Slot):
            following = elements[index + 1] if index + 1 < last else None
            for end, meaning in list(self.at(element.symbol, position).items()):
                if following is not None and not self._may_begin(following, end):
                    continue
                yield from self._match(elements, index + 1, end, {**slots, element.name: meaning})
        elif isinstance(element, Choice):
            ends: set[int] = set()
            for option in element.options:
                for end, inner in self._match(option, 0, position, slots):
                    if end not in ends or inner is not slots:
                        ends.add(end)
                        yield from self._match(elements, index + 1, end, inner)

    def _may_begin(self, element: Any, position: int) -> bool:
        """Whether the element may read something from the place on, as far as its first word shows."""
        if isinstance(element, Word):
            return position < len(self._tokens) and self._is_word(position, element.forms)
        if isinstance(element, Choice):
            first = beginnings(element)
            return first is None or (position < len(self._tokens) and self._tokens[position].lower in first)
        known = self._memo.get((element.symbol, position))
        return known is None or bool(known)

    def _is_word(self, position: int, forms: frozenset[str]) -> bool:
        token = self._tokens[position]
        return token.kind != "quote" and token.lower in forms


def _with_words(productions: Sequence[Production], words: frozenset[str]) -> list[Production]:
    """Those that have each of the words that they need."""
    found = []
    for production in productions:
        for need in production.needs:
            if need.isdisjoint(words):
                break
        else:
            found.append(production)
    return found


def _either(first: Callable[..., Any], second: Any) -> Callable[..., Any]:
    """What is said of a value in two ways to read it: the second counts where the first makes no sense for it."""

    def meaning(*arguments: Any) -> Any:
        found = first(*arguments)
        return second(*arguments) if found is None and callable(second) else found

    return meaning
