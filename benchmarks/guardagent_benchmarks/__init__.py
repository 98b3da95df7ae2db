"""Measures the guard on public benchmarks, beside what can be scored without one."""
