"""Installations of an application on servers of other people: who they are, and what they tell of themselves."""

BASE, ADDRESS = "base URL", "server address"
"""Words of each instance that it does not tell itself: its registration, and its host. They hold a space, so no key of
an answer can be one of them."""
