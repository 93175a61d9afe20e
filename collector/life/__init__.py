"""The life of problems: found, confirmed, flapping, closed; acknowledged and silenced by people; hidden by others.

Rules say what they find; here it is decided what becomes of it from pass to pass. All of it is pure but `stage`, which
reads the record, judges, and has the store keep what changed.
"""
