"""How fast, how frugal, how exact: measured against targets, in one run, on one machine.

`make bench` runs all parts and writes `docs/benchmarks.md`. The product never imports this package.
"""
