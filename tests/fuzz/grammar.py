"""The guard language as a table: what random programs are written from.

A production may hold slots such as `<num>`, which stand for another production of that kind. The first productions of
a kind have no slots; they end the writing. Every clause begins by setting `n, t, l, d, s` to a value of the kind that
their letter names, so that these names can be read and written anywhere.
"""

from __future__ import annotations

import re
from typing import Final

Grammar = dict[str, tuple[str, ...]]

# A kind that stands twice here is chosen twice as often.
_VALUES: Final = ("<num>", "<num>", "<text>", "<text>", "<bool>", "<list>", "<list>", "<dict>", "<set>", "<tup>")

EXPRESSIONS: Final[Grammar] = {
    "any": ("None", "n", "t", "l", "d", *_VALUES, "(<any> or <any>)", "(<any> and <any>)",
            "(<any> if <bool> else <any>)",
            "<list>[<num>]", "<dict>[<key>]", "<dict>.get(<key>)", "<dict>.get(<key>, <any>)", "<tool>",
            "value_at(event, '/d/k')", "facts['topic']", "half(<any>)", "max(<list>)", "min(<list>, key=half)"),
    "num": ("n", "0", "1", "3", "(-2)", "2.5", "N", "event['n']", "999_999", "(<num> + <num>)",
            "(<num> - <num>)", "(<num> * <num>)", "(<num> / <num>)", "(<num> // <num>)", "(<num> % <num>)",
            "(-<num>)", "(<num> | <num>)", "(<num> & <num>)", "(<num> ^ <num>)", "len(<list>)", "len(<text>)",
            "len(<any>)", "abs(<num>)", "round(<num>, 1)", "round(<num>)", "min(<num>, <num>)", "sum(<list>)",
            "sum(<num> for n in <list>)", "max(<list>, default=0)", "int(<num>)", "int(<text>)", "float(<num>)",
            "<list>.index(<any>)", "<list>.count(<any>)", "<text>.find(<text>)", "<text>.count(<text>)",
            "(<num> if <bool> else <num>)", "(n := <num>)", "<tup>.count(<any>)", "count_words(<text>)"),
    "text": ("t", "''", "'a'", "'k'", "'Größe ß'", "\"it's\"", "'7'", "T", "event['t']", "f'<{<plain>}>'",
             "f'{<plain>!r} of {<plain>}'", "f'{n:>9}{t:é<4}'",
             "f'{n}\u00a0€'", "f'{<plain>:.2f}'", "str(<any>)", "(<text> + <text>)",
             "(<text> * 3)", "<text>[<num>:]", "<text>[<num>]", "<text>[:<num>:2]", "<text>.lower()", "<text>.upper()",
             "<text>.strip()", "<text>.casefold()", "<text>.title()", "<text>.replace(<text>, <text>)",
             "<text>.join(<list>)", "<text>.join(str(n) for n in <list>)", "<text>.zfill(5)", "normalise(<any>)",
             "<text>.partition(<text>)[0]", "<text>.removeprefix(<text>)", "(t := <text>)"),
    "plain": ("n", "t", "l", "d", "N", "T", "L", "len(l)", "n + 1", "t.upper()", "l[0]", "d.get(t)", "n == 1"),
    "bool": ("True", "False", "(not n)", "t in l", "'k' in event", "(<any> == <any>)", "(<any> != <any>)",
             "(<num> < <num>)", "(<num> >= <num>)", "(0 < <num> <= 9)", "(<list> < <list>)", "(<any> in <list>)",
             "(<any> not in <tup>)", "(<key> in <dict>)", "(<text> in <text>)", "(<any> in {1, 'a', None})",
             "(<any> is None)", "(<any> is not None)", "(not <any>)", "(<bool> and <bool>)", "(<bool> or <bool>)",
             "isinstance(<any>, str)", "isinstance(<any>, (int, list, dict))", "any(<bool> for n in <list>)",
             "all(<any> for n, t in <dict>.items())", "any(<list>)", "<text>.startswith(<text>)", "<text>.isdigit()",
             "<text>.endswith(('a', 'b'))", "<set>.issubset(<list>)", "bool(<any>)", "contains_any(<text>, <list>)",
             "(<set> <= <set>)", "<set>.isdisjoint(<list>)", "matches(<text>, <text>)"),
    "list": ("l", "[]", "L", "event['l']", "[1, 2, 3]", "['a', 'b']", "[<any>, <any>]", "[<any> for n in <list>]",
             "[n for n in <list> if <bool>]", "[<any> for n, t in <dict>.items()]", "[n for n in <set>]",
             "[<any> for n in <list> for t in <text>]", "sorted(<list>)", "sorted(<list>, key=lambda n: <any>)",
             "sorted(<list>, key=half, reverse=True)", "sorted(<set>)", "list(<list>)", "list(<dict>)", "list(<set>)",
             "list(n for n in <list>)", "<text>.split()", "<text>.split(<text>, 1)", "<text>.splitlines()",
             "list(range(<num>))", "range(<num>)", "range(4)", "reversed(<list>)", "enumerate(<list>)",
             "zip(<list>, <list>)", "<list>[<num>:<num>]", "<list>[::-1]", "(<list> + <list>)", "(<list> * 2)",
             "<dict>.keys()", "<dict>.values()", "<dict>.items()", "map(half, <list>)", "map(str.lower, <list>)",
             "filter(None, <list>)", "[*<list>, <any>]", "<list>.copy()", "words(<text>)", "list(<tup>)", "<tup>",
             "[<list>, <list>]", "find_all(<text>, <text>)"),
    "dict": ("d", "{}", "D", "event", "event['d']", "{'k': 1}", "{<key>: <any>}", "{'k': <any>, <key>: <any>}",
             "{n: <any> for n in <list>}", "{n: t for n, t in <dict>.items() if <bool>}", "dict(<dict>)",
             "dict(a=<any>, values=<any>)", "dict(zip(<list>, <list>))", "{**<dict>, 'k': <any>}", "<dict>.copy()",
             "(<dict> | <dict>)", "dict.fromkeys(<list>, <any>)", "{<key>: <list> for t in <text>}"),
    "set": ("s", "set()", "S", "{1, 2}", "{<key>, <key>}", "set(<list>)", "{<key> for n in <list>}", "(<set> | <set>)",
            "(<set> & <set>)", "(<set> - <set>)", "(<set> ^ <set>)", "<set>.union(<list>)", "set(<text>)",
            "<set>.intersection(<list>)", "<set>.symmetric_difference(<set>)", "<set>.copy()", "set(<dict>)",
            "(<dict>.keys() & <dict>.keys())", "frozenset(<list>)"),
    "tup": ("(1, 'a')", "()", "P", "(n, t)", "(<any>, <any>)", "(<any>,)", "tuple(<list>)", "(<tup> + <tup>)",
            "(<tup> * 2)", "<text>.partition(<text>)", "(*<list>, <any>)", "tuple(<any> for n in <list>)"),
    "key": ("'k'", "'a'", "n", "t", "1", "None", "True", "<text>", "<num>", "(n, t)", "(<key>, <key>)", "<any>"),
    "tool": ("normalise(t)", "words(t)", "parse_number(t)", "count_words(t)", "value_at(event, t)",
             "value_at(event, <text>, <any>)", "normalise(<any>)", "parse_money(<any>)", "parse_date(<any>)",
             "parse_url(<any>)", "fold(<any>)", "sentences(<text>)", "contains_any(<any>, <any>)", "total(<list>)",
             "check_access(<dict>, <dict>)", "days_between(<text>, <any>)", "host_matches(<any>, <list>)",
             "all_text(<any>)", "compare_numbers(<any>, <any>)", "weekday(<any>)", "parse_path(<any>)"),
    "first_n": ("event['n']", "0", "3", "N", "2.5"),
    "first_t": ("event['t']", "'a'", "''", "T"),
    "first_l": ("[1, 2]", "list(event['l'])", "['a', t]", "[]", "event['l']"),
    "first_d": ("{'k': 1}", "dict(event)", "{}", "{'k': l}", "event['d']"),
    "first_s": ("{1, 'a'}", "set()", "{n, t}", "{'a', 'b', 'k', 'Größe'}", "set('abcdef')"),
    "answer": ("None", "not_applicable()", "violation('no')", "violation(f'no {n}')", "escalate(<text>)",
               "violation(t, details=<any>)", "violation(t, {'n': n, 'l': l, 'd': d})",
               "redact('hide', [['/t', 0, 1]])",
               "violation(t, evidence=['/t', '/l/0'])", "escalate(t, details=<any>, evidence=['/d'])",
               "redact(<text>, [['/t', <num>, None]])", "violation(<text>, evidence=['/' + <text>])",
               "violation(t, details=[n for n in s])", "violation(t, details=[n for n in <set>])",
               "violation(t, details=s)", "violation(str(s))",
               "(violation(t) if <bool> else not_applicable())"),
}  # fmt: skip

STATEMENTS: Final[Grammar] = {
    "stmt": ("pass", "n = n + 1", "l = [t]", "n = <num>", "t = <text>", "l = <list>", "d = <dict>", "s = <set>",
             "n = <any>", "t = <any>", "n: int = <num>", "n += <num>", "t += <text>", "l += <list>", "s |= <set>",
             "n -= <num>", "n *= 2", "d['k'] = <any>", "d[<key>] = <any>", "l[0] = <any>", "d[t] += <num>",
             "l[n] = l", "n, t = <tup>", "n, *l = <list>", "[n, t] = <list>", "(n, t), l = (<tup>, <list>)",
             "l.append(<any>)", "l.append(l)", "l.extend(<list>)", "l.insert(0, <any>)", "l.sort()", "l.reverse()",
             "l.sort(key=lambda n: <any>)", "l.remove(<any>)", "n = l.pop()", "l.clear()", "d.update(<dict>)",
             "d.update(a=<any>, other=<any>)", "d.setdefault(<key>, []).append(<any>)", "t = d.pop(<key>, None)",
             "s.add(<key>)", "s.discard(<key>)", "s.update(<list>)", "s.remove(<key>)", "del d['k']", "del l[0]",
             "<foreign>", "l = [l, l]", "t = (t, t)",
             "if <bool>:\n    <block>", "if <bool>:\n    <block>\nelif <bool>:\n    <block>\nelse:\n    <block>",
             "if <bool>:\n    return <answer>", "for n in <list>:\n    <block>",
             "for n, t in <dict>.items():\n    <block>",
             "for n in range(9):\n    <block>", "for n in range(40):\n    l = [l, l]", "for t in <text>:\n    <block>",
             "for n in <list>:\n    if <bool>:\n        continue\n    <block>", "for _ in <set>:\n    <block>",
             "for n in <list>:\n    if <bool>:\n        break\n    <block>\nelse:\n    <block>"),
    "foreign": ("L.append(n)", "event['l'].append(1)", "D['k'] = n", "P[0].append(1)",
                "for n in L[-1:]:\n    n.clear()",
                "facts['topic'] = n", "event.update(d)", "for n in P[0]:\n    n.append(1)", "S.add(t)"),
    "block": ("pass", "<stmt>", "<stmt>", "<stmt>\n<stmt>", "<stmt>\n<stmt>\n<stmt>"),
}  # fmt: skip

CONSTANTS: Final[Grammar] = {
    "constant_num": ("1", "3", "(2 + 3)", "len('abc')", "min([n for n in [3, 4]])"),
    "constant_text": ("'T'", "'a b'", "'x'.upper()", "f'{1:>3}'", "'-'.join(['a', 'b'])"),
    "constant_list": ("[1, [2], {'k': []}]", "[]", "list(range(4))", "[{'a': [1]}.values()]", "sorted({3, 1})",
                      "[[n] for n in range(3)]", "'a b'.split()"),
    "constant_dict": ("{'k': 1, 'l': [1]}", "{}", "dict(a=[])", "{n: [n] for n in 'ab'}", "dict(zip('ab', [1, 2]))"),
    "constant_set": ("{1, 'a', None}", "set()", "frozenset('ab')", "set([1]) | {2}"),
    "constant_tup": ("([1], 2)", "({'k': []}, 't')", "([[]],) + ({'k': 1},)", "({'a': [1]}.items(),)"),
}  # fmt: skip

GRAMMAR: Final[Grammar] = EXPRESSIONS | STATEMENTS | CONSTANTS

# Tools that a careless author of tools might write; see `spies`.
SPYING: Final[Grammar] = GRAMMAR | {
    "tool": (*GRAMMAR["tool"], "kept()", "kept()", "pick(event)", "pick(<any>)", "echo(<any>)"),
    "foreign": (
        *GRAMMAR["foreign"],
        "l = kept()['words']\nl.append(n)",
        "kept()['by']['k'].add(n)",
        "d = kept()\nd['k'] = n",
        "d = pick(event)[1]\nd['k'] = n",
        "l = echo(L)\nl += [n]",
        "for d in [kept()]:\n    d.clear()",
    ),
}

# Python itself gives these another meaning or another order: lists that grow in place, sets, text of sets.
_OWN: Final = re.compile(
    r":>9|fromkeys\(<list>, |l\.sort\(key|key: *<list>|P\[|L\.append|D\[.k.\] =|event\[.l.\]\."
    r"|<set>|\bs\b|\bS\b|set\(|\{1|\+=|\|="
)
PYTHON: Final[Grammar] = {
    kind: tuple(production for production in productions if not _OWN.search(production)) or ("None",)
    for kind, productions in GRAMMAR.items()
}
