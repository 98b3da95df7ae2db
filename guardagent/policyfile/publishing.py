"""published/: the revision that is in force, a policy folder of its own beside what the author goes on editing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import yaml

from guardagent.errors import PolicyError
from guardagent.policyfile.atomic import write_folder
from guardagent.policyfile.compiled import COMPILED, draft_files, load_draft, policy_of, verify, write_draft
from guardagent.policyfile.request import AGENT, EXAMPLES, REQUEST
from guardagent.ports import CheckRunner
from guardagent.types import Draft, GuardRequest, Policy, Waiver

PUBLISHED = "published"


def publish(
    folder: Path, runner: CheckRunner, *, waivers: Sequence[Waiver] = (), toolbox_version: str
) -> tuple[Policy, Draft]:
    """The policy that is now in force, and the draft that it was; published/ holds all of it, and so does the lock.

    Raises:
        PolicyError: a rule clause is neither enforced nor waived, an example fails, or the draft is stale; then what
            was in force stays so.
    """
    draft = load_draft(folder)
    policy = policy_of(draft, waivers=waivers)
    verify(policy, folder, runner, toolbox_version=toolbox_version)
    compiled = {f"{COMPILED}/{name}": text for name, text in draft_files(draft, waivers).items()}
    write_draft(folder, draft, waivers=waivers)
    write_folder(folder / PUBLISHED, request_files(draft.request) | compiled)
    return policy, draft


def published(folder: Path) -> Path:
    """The folder of the revision in force.

    Raises:
        PolicyError: nothing of this policy has been published.
    """
    inner = folder / PUBLISHED
    if not inner.is_dir():
        raise PolicyError(f"policy `{folder}`: nothing is published yet; run `guardagent publish {folder}`")
    return inner


def request_files(request: GuardRequest) -> dict[str, str]:
    """request.md, agent.yaml and examples.yaml of a request; what they say does not depend on where they stand."""
    front = {
        "name": request.name,
        "stages": list(request.stages),
        "mode": request.mode,
        "on_error": request.on_error,
        "judgement": {
            "allow": request.allow_judgement,
            "unclear": request.unclear,
            "when_denied": "ask" if request.judge_denied else "skip",
        },
    }
    lines = "".join(f"{key}: {json.dumps(value)}\n" for key, value in front.items())
    examples = [
        example.model_dump(mode="json", include={"id", "event", "expect", "violated", "note"})
        for example in request.examples
    ]
    return {
        REQUEST: f"---\n{lines}---\n\n{request.text}\n",
        AGENT: _yaml(request.agent.model_dump(mode="json")),
        EXAMPLES: _yaml(examples),
    }


def _yaml(value: object) -> str:
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=120)


__all__ = ["PUBLISHED", "publish", "published", "request_files"]
