"""guardbench: was a guard request translated into the right checks? Policies with gold clauses and labelled events."""

from guardagent_benchmarks.guardbench.cases import BenchPolicy, load
from guardagent_benchmarks.guardbench.run import measure
from guardagent_benchmarks.guardbench.scoring import report_of
from guardagent_benchmarks.guardbench.tables import render

__all__ = ["BenchPolicy", "load", "measure", "render", "report_of"]
