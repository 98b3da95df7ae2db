"""Every error that GuardAgent raises, as one tree.

GuardAgentError                 a person can mend it; the message is one line that names the thing and what to do
├── EventError (ValueError)     an event that no policy could read
├── SettingsError               a setting (GUARDAGENT_*) is wrong, or one that is needed is missing
├── PolicyError                 a policy folder or its compiled part is wrong
├── ProgramError                a program that the sandbox will not run
├── SandboxError                the sandbox cannot be set up on this machine
│   └── UnconfinedError         nothing but the language would hold programs here, and nobody accepted that
├── ToolError                   an installed package of tools is broken, or two tools share a name
│   └── UnknownToolError        there is no tool of that name
├── ReasonerError               a model endpoint or its answer
│   ├── EndpointError           unreachable, refused, or too slow
│   └── AnswerError             answered, but not with what was asked for
├── CompileError                a compile could not go on: its checkpoint is unreadable, or a step took too long
├── FactError                   a fact could not be resolved
├── MemoryStoreError            the demonstrations cannot be read or written
└── DataError                   benchmark data is missing or malformed

Expected outcomes are values (`Finding`, `Failure`, `SourceError`), never exceptions.
"""

from __future__ import annotations

from collections.abc import Sequence


class GuardAgentError(Exception):
    """Something a person can mend; the message is one line."""


class EventError(GuardAgentError, ValueError):
    """An event that no policy could read."""


class SettingsError(GuardAgentError):
    """A setting is wrong, or one that is needed is missing."""


class PolicyError(GuardAgentError):
    """A policy folder, or its compiled part, is wrong."""


class ProgramError(GuardAgentError):
    """A program that the sandbox will not run."""


class SandboxError(GuardAgentError):
    """The sandbox cannot be set up on this machine."""


class UnconfinedError(SandboxError):
    """Nothing but the language would hold programs on this machine, and nobody accepted that."""

    def __init__(self, message: str, *, missing: Sequence[str] = ()) -> None:
        """Args: message: One line. missing: Names of the kernel layers that do not hold."""
        super().__init__(message)
        self.missing = tuple(missing)


class ToolError(GuardAgentError):
    """An installed package of tools is broken, or two tools share a name."""


class UnknownToolError(ToolError):
    """There is no tool of that name."""


class ReasonerError(GuardAgentError):
    """The reasoner could not do its part."""


class EndpointError(ReasonerError):
    """A model endpoint is unreachable, refused the request, or is too slow."""


class AnswerError(ReasonerError):
    """A model answered, but not with what was asked for."""


class CompileError(GuardAgentError):
    """A compile could not go on: its checkpoint is unreadable, or a step took too long."""


class FactError(GuardAgentError):
    """A fact could not be resolved."""


class MemoryStoreError(GuardAgentError):
    """The demonstrations cannot be read or written."""


class DataError(GuardAgentError):
    """Benchmark data is missing or malformed."""
