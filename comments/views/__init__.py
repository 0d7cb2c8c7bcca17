"""Discussions over HTTP, one module for each thing a reader does."""
