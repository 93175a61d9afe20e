"""Installations of an application on servers of other people: who they are, and what they tell of themselves."""
