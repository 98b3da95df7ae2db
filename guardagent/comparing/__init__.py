"""Two revisions of a policy side by side: which events they answer otherwise, and what became of each sentence."""

from guardagent.comparing.behaviour import Behaviour, Flip, FlipKind, Revision, Said, compare
from guardagent.comparing.statuses import StatusChange, status_changes

__all__ = ["Behaviour", "Flip", "FlipKind", "Revision", "Said", "StatusChange", "compare", "status_changes"]
