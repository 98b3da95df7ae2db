"""Agents that are guarded: what their logs and records say, as events."""
