"""The words of the guard language as the fuzzer knows them.

Written out, and not taken from the vocabulary: a word that somebody adds there must be added here, too, by somebody
who has thought about it.
"""

from __future__ import annotations

from typing import Final

BUILTINS: Final = frozenset(
    "str int float bool list dict set tuple len sorted min max sum any all abs round enumerate zip range reversed "
    "isinstance".split()
)
ANSWERS: Final = frozenset({"violation", "not_applicable", "escalate", "redact"})
METHODS: Final[dict[type, frozenset[str]]] = {
    str: frozenset(
        "lower upper casefold title capitalize swapcase strip lstrip rstrip split rsplit splitlines partition "
        "rpartition startswith endswith removeprefix removesuffix replace find rfind index rindex count join zfill "
        "isdigit isalpha isalnum isspace isupper islower istitle isnumeric isdecimal isascii isidentifier "
        "isprintable".split()
    ),
    list: frozenset("append extend insert pop remove clear sort reverse index count copy".split()),
    dict: frozenset("get keys values items copy pop setdefault update clear".split()),
    set: frozenset(
        "add discard remove update clear union intersection difference symmetric_difference intersection_update "
        "difference_update issubset issuperset isdisjoint copy".split()
    ),
    tuple: frozenset({"index", "count"}),
    float: frozenset({"is_integer"}),
}
METHOD_NAMES: Final = frozenset[str]().union(*METHODS.values())

# A hook that somebody adds must be added here, too.
HOOKS: Final = frozenset(
    {"_getitem_", "_write_", "_getiter_", "_rows_", "_row_", "_unpack_sequence_", "_iter_unpack_sequence_",
     "_inplacevar_", "_contains_", "_weighed_", "_enter_", "_show_", "_literal_", "_text_", "_add_", "_sub_", "_mul_",
     "_div_", "_floordiv_", "_mod_", "_or_", "_and_", "_xor_"}
) | {f"_m_{name}_" for name in METHOD_NAMES}  # fmt: skip
