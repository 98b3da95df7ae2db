"""The report of a draft as one HTML page: every sentence beside the code that enforces it."""

from guardagent.policyfile.page.report import report_page

__all__ = ["report_page"]
