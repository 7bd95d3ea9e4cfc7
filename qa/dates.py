"""What a question's own words about time do to the search.

Words that say when an article was published ("last week", "since 2015") narrow it; words that
say when something happened ("in 2016") only prefer articles of that time, since a later one
may tell it; "latest" and "now" put the newest first where nothing else decides.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

from embeddings.library import Library
from embeddings.records import Filters
from embeddings.words import content_words
from qa.timeframe import Timeframe, closeness, newest_order, timeframe

# What an article of just the right time, or the newest of those found, adds to a sentence's
# worth: about what tells two sentences that answer equally well.
FITTING_WORTH = 1.5
NEWEST_WORTH = 1.0
# "What happened in May 2016?" asks nothing without its date.
_LEAST_LEFT = 2


@dataclass(frozen=True, slots=True)
class Dated:
    """The filters to search with, and what they were narrowed by, in words, if anything."""

    filters: Filters
    scope: str | None = None
    frame: Timeframe | None = None

    @property
    def newest_first(self) -> bool:
        return self.frame is not None and self.frame.newest_first

    def bonus(self, library: Library, article_ids: Sequence[str]) -> dict[str, float]:
        """What each article's date adds to the worth of its sentences."""
        if self.frame is None:
            return {}
        ids = list(dict.fromkeys(article_ids))
        published = library.published(ids)
        days = [published.get(article) for article in ids]
        worth = dict.fromkeys(ids, 0.0)
        if self.frame.since or self.frame.until:
            for article, day in zip(ids, days, strict=True):
                worth[article] += FITTING_WORTH * closeness(day, self.frame)
        if self.frame.newest_first:
            for article, place in zip(ids, newest_order(days), strict=True):
                worth[article] += NEWEST_WORTH * place
        return worth

    def undated(
        self, library: Library, question: str, article_ids: Sequence[str]
    ) -> dict[str, str]:
        """What is asked of the articles published at just that time, by article: the question
        without its words about time, which are of the article's date and need not be in its text.
        """
        if self.frame is None or not (self.frame.since and self.frame.until):
            return {}
        left = " ".join(question.replace(self.frame.said, " ", 1).split()).lstrip(" ,")
        left = re.sub(r"\s+(?=[?,.])", "", left)
        if len(content_words(left)) < _LEAST_LEFT:
            return {}
        published = library.published(list(dict.fromkeys(article_ids)))
        return {
            article: left
            for article, day in published.items()
            if day is not None and self.frame.since <= day <= self.frame.until
        }


def look(library: Library, question: str, filters: Filters) -> Dated:
    """What the question says of time, and the filters with it."""
    frame = timeframe(question, today=datetime.date.today())
    # Where most articles have no date, narrowing by date would leave most of them out.
    if frame is None or not frame.strict or 2 * library.count_undated() > library.count():
        return Dated(filters, None, frame)
    since = max(filter(None, (filters.since, frame.since)), default=None)
    until = min(filter(None, (filters.until, frame.until)), default=None)
    narrowed = Filters(since, until, filters.source)
    span = " to ".join(dict.fromkeys(filter(None, (since, until))))
    if since and not until:
        span = f"{since} or later"
    elif until and not since:
        span = f"{until} or earlier"
    if len(library.allowed(narrowed)) == 0:
        said = f"no article is from “{frame.said}” ({span}); all of them were searched"
        return Dated(filters, said, None)
    return Dated(narrowed, f"only articles from “{frame.said}”: {span}", frame)
