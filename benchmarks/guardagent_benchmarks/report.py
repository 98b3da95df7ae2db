"""An evaluation as numbers: the JSON report, and what stands in it."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from guardagent_benchmarks.judging import Evaluation
from guardagent_benchmarks.metrics import METRICS, as_fractions, by_group, rates_of, right, tally_of
from guardagent_benchmarks.uncertainty import flip_rate, intervals, mcnemar, percentile

PACKAGES = ("guardagent", "pydantic", "langgraph", "restrictedpython", "sqlglot", "google-re2")


def report_of(evaluation: Evaluation) -> dict[str, Any]:
    """The report, ready for JSON: rates are fractions from 0 to 1, and null where there is nothing to count."""
    judged = evaluation.judged
    rates = rates_of(judged)
    micros = [judgement.micros for _item, judgement in judged if judgement.micros]
    return {
        "suite": evaluation.suite.name,
        "n": rates.n,
        **{metric: getattr(rates, metric) for metric in METRICS},
        "per_group": {
            group: {value: dict(as_fractions(tally)) for value, tally in values.items()}
            for group, values in by_group(judged).items()
        },
        "model_calls": sum(judgement.model_calls for _item, judgement in judged),
        "p50_us": percentile(micros, 50),
        "p95_us": percentile(micros, 95),
        "errors": sum(bool(judgement.failure) for _item, judgement in judged),
        "items": [
            {
                "id": item.id,
                "gold": item.gold,
                "verdict": judgement.verdict,
                "explanation": judgement.explanation,
                "gold_explanation": item.gold_explanation,
            }
            for item, judgement in judged
        ],
        "extra": _extra(evaluation) | {"p99_us": percentile(micros, 99)},
    }


def _extra(evaluation: Evaluation) -> dict[str, Any]:
    guard, judged = evaluation.guard, evaluation.judged
    return {
        "mode": guard.mode,
        "reasoner": guard.reasoner,
        "policy_revision": guard.revision,
        "compile_seconds": guard.compile_seconds,
        "compile_usage": guard.usage.model_dump(),
        "unenforced": list(guard.unenforced),
        "notes": list(guard.notes),
        "intervals": {metric: list(bounds) for metric, bounds in intervals(judged).items()},
        "floors": {floor["name"]: floor for floor in _floors(evaluation)},
        "published": {
            metric: {"value": best.value, "who": best.who} for metric, best in evaluation.suite.published.items()
        },
        "flip_rate": flip_rate(evaluation.runs),
        "repeats": len(evaluation.runs),
        "failures": {item.id: judgement.failure for item, judgement in judged if judgement.failure},
        "versions": _versions(),
    }


def _floors(evaluation: Evaluation) -> list[dict[str, Any]]:
    ours = [right(item, judgement) for item, judgement in evaluation.judged]
    found = []
    for floor in evaluation.floors:
        judged = list(zip(evaluation.items, floor.judgements, strict=True))
        rates: Mapping[str, Any] = as_fractions(tally_of(judged))
        # A judge that gives no reasons has no explanations to be right about.
        silent = all(judgement.explanation is None for judgement in floor.judgements)
        test = mcnemar(ours, [right(item, judgement) for item, judgement in judged])
        found.append(
            {"name": floor.name, "about": floor.about}
            | {metric: None if metric == "ea" and silent else rates[metric] for metric in METRICS}
            | {"only_guard_right": test.only_first, "only_floor_right": test.only_second, "mcnemar_p": test.p}
        )
    return found


def _versions() -> dict[str, str]:
    return {"python": platform.python_version()} | {name: version(name) for name in PACKAGES}
