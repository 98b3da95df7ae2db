"""The guard language: which texts are programs, and what is rewritten so that more of them are.

The way of a text (`guardagent_toolbox.compiler` calls them in this order):
    shape         is it safe to parse and to walk? measured without recursion
    annotations   cut out of the text, so that layout and comments stay
    normalise     harmless habits rewritten; idempotent, so that what was reviewed is what runs
    outline       constants, helpers, clauses, FACTS
    rules         the allow-list: statements; with expressions, calls, literals, scopes and facts beside it
Every refusal says what to write instead, because a model or a person reads it next.
"""
