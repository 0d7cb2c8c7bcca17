"""The two commands, `bin/run` and `bin/test`, and the PostgreSQL they bring along.

Modules here never import Django or our own apps, but for `prepare`, which runs as a program of its own.
Whatever runs before the packages are installed (`__main__`, `install`, `talk`, `usage`) uses the standard
library alone.
"""
