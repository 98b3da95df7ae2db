"""Demonstrations: translated requests worth showing again, kept as rows and found by likeness."""
