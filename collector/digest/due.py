"""Whether it is time to tell somebody. Pure: settings, news and times in, yes or no out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from collector.config import Config
from collector.config.reports import Report
from collector.digest.news import News
from collector.digest.recipients import Reach
from collector.digest.told import Told

SLACK = 3600
"""Passes do not begin to the second: a reminder that is due within so many seconds is due."""


def is_due(config: Config, reports: Sequence[Report], news: News, before: Told | None, now: int) -> bool:
    """Whether any of somebody's reports is due, each by what it is about. `now`: when the pass began, UTC seconds."""
    return any(_is_due(report, _part(news, Reach(config, report)), before, now) for report in reports)


def _is_due(report: Report, news: News, before: Told | None, now: int) -> bool:
    if report.when == "always" or news.changed:
        return True
    if not news.wrong:
        return False
    overdue = report.remind is not None and before is not None and now >= before.at + report.remind - SLACK
    return report.when == "trouble" or overdue


def _part(news: News, reach: Reach) -> News:
    """The news that a report is about."""
    return replace(
        news,
        new=tuple(one for one in news.new if reach.takes(one.concern)),
        worse=tuple(one for one in news.worse if reach.takes(one.concern)),
        still=tuple(one for one in news.still if reach.takes(one.concern)),
        eased=tuple(one for one in news.eased if reach.is_about(one.problem.node, one.hub)),
        recovered=tuple(one for one in news.recovered if reach.takes(one.concern)),
        dropped=tuple(one for one in news.dropped if reach.takes(one.concern)),
    )
