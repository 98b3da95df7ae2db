"""An evaluation as a picture: the accuracy in each group, beside the floors' overall."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from io import BytesIO
from textwrap import wrap
from typing import Any

from guardagent.errors import DataError


def require_matplotlib() -> None:
    """Raises DataError when the extra for plots is not installed; ask before the work, not after."""
    if find_spec("matplotlib") is None:
        raise DataError("`--plot` needs matplotlib: pip install 'guardagent[plots]'")


def svg_of(report: Mapping[str, Any], *, title: str) -> bytes:
    """The picture as SVG; equal reports give equal bytes."""
    require_matplotlib()
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    rows = [("all", report)] + [
        (value, found) for values in report["per_group"].values() for value, found in values.items()
    ]
    floors = {name: floor["lpa"] for name, floor in report["extra"]["floors"].items() if floor["lpa"] is not None}
    figure = Figure(figsize=(8, 1.6 + 0.4 * len(rows)), layout="constrained")
    axes = figure.add_subplot()
    names = ["\n".join(wrap(f"{name} (n={found['n']})", 36)) for name, found in rows]
    axes.barh(names, [100 * (found["lpa"] or 0.0) for _name, found in rows], color="#3b6ea5", label="guard")
    for (name, value), style in zip(floors.items(), ("-", "--", "-.", ":"), strict=False):
        axes.axvline(100 * value, color="#b3541e", linestyle=style, linewidth=1, label=f"floor: {name}, all")
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xlabel("label accuracy, %")
    figure.suptitle(title, fontsize="medium")
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize="small")
    picture = BytesIO()
    with rc_context({"svg.hashsalt": "guardagent", "svg.fonttype": "none"}):
        figure.savefig(picture, format="svg", metadata={"Date": None})
    return picture.getvalue()
