"""A soak as a picture: every measure over the checks, with the line that judges it."""

from __future__ import annotations

from io import BytesIO

from guardagent_benchmarks.plot import require_matplotlib
from soaking.growth import WARM_UP
from soaking.report import SoakReport
from soaking.sampling import MEASURES


def svg_of(report: SoakReport) -> bytes:
    """The picture as SVG; raises DataError when matplotlib is not installed."""
    require_matplotlib()
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 1.7 * len(MEASURES)), layout="constrained")
    millions = [sample.checks / 1e6 for sample in report.samples]
    for index, (name, growth) in enumerate(report.growth.items()):
        axes = figure.add_subplot(len(MEASURES), 1, index + 1)
        axes.plot(millions, [getattr(sample, name) for sample in report.samples], color="#3b6ea5", linewidth=0.8)
        axes.axvspan(0, WARM_UP * millions[-1], color="#dddddd", linewidth=0)
        if growth is not None:
            color = "#2e7d32" if growth.bounded else "#b3541e"
            axes.plot([WARM_UP * millions[-1], millions[-1]], [growth.first, growth.last], color=color, linestyle="--")
        axes.set_ylim(0, 1.15 * max(1, *(getattr(sample, name) for sample in report.samples)))
        axes.set_title(MEASURES[name], fontsize="small", loc="left")
        axes.tick_params(labelsize="small")
    figure.axes[-1].set_xlabel("million checks (grey: warm-up; dashed: the line that is judged)")
    picture = BytesIO()
    with rc_context({"svg.hashsalt": "guardagent", "svg.fonttype": "none"}):
        figure.savefig(picture, format="svg", metadata={"Date": None})
    return picture.getvalue()


__all__ = ["svg_of"]
