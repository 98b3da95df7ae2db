"""Millions of checks, with all that goes wrong on the way, and what they leave behind."""
