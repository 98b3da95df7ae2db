"""The shipped tools, one file per group; each is total, pure, and data in, data out."""

from __future__ import annotations

from guardagent_toolbox.tools import (
    access,
    amounts,
    dates,
    documents,
    finding,
    history,
    source,
    sql,
    text,
    urls,
)

MODULES = (access, amounts, dates, documents, finding, history, source, sql, text, urls)

__all__ = ["MODULES"]
