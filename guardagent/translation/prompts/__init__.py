"""Prompts: one Markdown file each, rendered safely, and the conversations made from them."""

from guardagent.translation.prompts.messages import (
    Asked,
    Message,
    coder_messages,
    correction_message,
    example_messages,
    judgement_messages,
    planner_messages,
    program_correction_message,
    with_schema,
)
from guardagent.translation.prompts.template import fence, render

__all__ = [
    "Asked",
    "Message",
    "coder_messages",
    "correction_message",
    "example_messages",
    "fence",
    "judgement_messages",
    "planner_messages",
    "program_correction_message",
    "render",
    "with_schema",
]
