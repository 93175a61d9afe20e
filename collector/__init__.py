"""Almanac's nightly pass: reach -> observe -> store -> judge -> export -> draw -> page -> publish -> report."""
