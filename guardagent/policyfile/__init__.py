"""A policy is a folder in git: what the author wrote, and beside it what was compiled from it.

request.md      front matter (agent, stages, mode, on_error, judgement) and the prose
agent.yaml      the guarded agent and the JSON Schema of its events; may be shared: `agent: ../agents/ehr.yaml`
examples.yaml   labelled events
compiled/       plan.json, check.py, examples.json, report.json, report.html, lock.json; generated, reviewed, committed
published/      the revision in force, a copy of all of the above
"""

from guardagent.policyfile.atomic import write_folder
from guardagent.policyfile.compiled import load_draft, load_policy, load_revision, policy_of, write_draft
from guardagent.policyfile.publishing import publish, published
from guardagent.policyfile.request import load_request

__all__ = [
    "load_draft",
    "load_policy",
    "load_request",
    "load_revision",
    "policy_of",
    "publish",
    "published",
    "write_draft",
    "write_folder",
]
