"""Fetching as a guest: as robots.txt allows, one request at a time, and only what is new."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from embeddings.errors import DatelineError
from embeddings.fetch import (
    AGENT,
    Bounds,
    FetchFailed,
    Page,
    clean_url,
    fetch_once,
    redirect_of,
)

BETWEEN_S = 1.0
# A longer wait than this is as good as a no.
LONGEST_BETWEEN_S = 30.0
_ROBOTS_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class _Rules:
    """What a site's robots.txt says; `refused` where it could not be asked."""

    parser: RobotFileParser | None
    between_s: float
    refused: str | None = None


class Guest:
    """Fetches pages of any sites; remembers each one's rules and when it was last asked."""

    def __init__(
        self,
        bounds: Bounds = Bounds(),
        *,
        between_s: float = BETWEEN_S,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._bounds = bounds
        self._between_s = between_s
        self._sleep = sleep
        self._rules: dict[str, _Rules] = {}
        self._asked_at: dict[str, float] = {}

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Page:
        """The page at an address, or 304 where `headers` ask only for a newer one.

        Every redirect is judged as if it were asked for. Raises `FetchFailed` and
        `AddressRefused`.
        """
        url = clean_url(url)
        for _ in range(self._bounds.redirects + 1):
            self._ask_rules(url)
            page = self._take_turn(url, headers)
            onward = redirect_of(page)
            if onward is None:
                return _accepted(page)
            url, headers = onward, None
        raise FetchFailed(f"more than {self._bounds.redirects} redirects; check the address")

    def _take_turn(self, url: str, headers: Mapping[str, str] | None) -> Page:
        """Wait until the site was left alone for long enough, then ask."""
        site = _site(url)
        rules = self._rules.get(site)
        between = rules.between_s if rules else self._between_s
        since = time.monotonic() - self._asked_at.get(site, float("-inf"))
        if since < between:
            self._sleep(between - since)
        try:
            return fetch_once(url, self._bounds, headers)
        finally:
            self._asked_at[site] = time.monotonic()

    def _ask_rules(self, url: str) -> None:
        """Raises `FetchFailed` where the site does not want that address fetched."""
        site = _site(url)
        rules = self._rules.get(site)
        if rules is None:
            rules = self._rules[site] = self._read_rules(site)
        if rules.refused:
            raise FetchFailed(rules.refused)
        if rules.parser and not rules.parser.can_fetch(AGENT, url):
            raise FetchFailed("the site's robots.txt asks not to fetch it; save the page yourself")
        if rules.between_s > LONGEST_BETWEEN_S:
            raise FetchFailed(
                f"the site asks for {rules.between_s:.0f} s between two pages; "
                "save the page yourself"
            )

    def _read_rules(self, site: str) -> _Rules:
        """A site without robots.txt allows all; one whose server fails, nothing for now."""
        url = f"{site}/robots.txt"
        for _ in range(self._bounds.redirects + 1):
            page = self._take_turn(url, None)
            onward = redirect_of(page)
            if onward is None:
                break
            url = onward
        if page.status >= 500 or page.status == 429:
            return _Rules(
                None, self._between_s, "the site's robots.txt is out of order; try again later"
            )
        if page.status != 200:
            return _Rules(None, self._between_s)
        parser = RobotFileParser()
        parser.parse(page.body[:_ROBOTS_BYTES].decode("utf-8", "replace").splitlines())
        delay = parser.crawl_delay(AGENT)
        return _Rules(parser, max(self._between_s, float(delay or 0)))


def _accepted(page: Page) -> Page:
    if page.status in (200, 304):
        return page
    if page.status in (429, 503):
        raise FetchFailed(f"the site asks for patience ({page.status}); try again later")
    if page.status in (404, 410):
        raise FetchFailed(f"there is no such page ({page.status}); check the address")
    if page.status in (401, 402, 403):
        raise FetchFailed(
            f"the site does not show it to everyone ({page.status}); save the page yourself"
        )
    raise FetchFailed(f"the server answered {page.status}; try again later")


def _site(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


__all__ = ["DatelineError", "Guest"]
