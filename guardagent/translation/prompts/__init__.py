"""Prompts: one Markdown file each, rendered safely, and the conversations made from them."""

from guardagent.translation.prompts.messages import (
    Message,
    coder_messages,
    correction_message,
    example_messages,
    judgement_messages,
    planner_messages,
    with_schema,
)
from guardagent.translation.prompts.template import fence, render

__all__ = [
    "Message",
    "coder_messages",
    "correction_message",
    "example_messages",
    "fence",
    "judgement_messages",
    "planner_messages",
    "render",
    "with_schema",
]
