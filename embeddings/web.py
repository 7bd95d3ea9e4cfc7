"""Articles from addresses: a page, a feed whose entries are fetched, or a sitemap's pages.

What was fetched is read as files are, in a process beside this one. An entry's or a page's own
address is what its article is known by; what a feed no longer lists stays in the library.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from embeddings.discovery import is_url
from embeddings.errors import ArticleUnreadable, DatelineError
from embeddings.fetch import FetchFailed, Page, clean_url
from embeddings.fetch_polite import Guest
from embeddings.library import Library
from embeddings.parsing import Ended, Event, Parsed, Parsing, Same, Task, Unread
from embeddings.readers import Note, is_supported, show_path
from embeddings.readers.feed import Entry, entries_of, is_sitemap, sitemap_links
from embeddings.readers.spool import room_for
from embeddings.remembered import Fetched
from embeddings.sentences import split_sentences

# New pages fetched of one feed or sitemap in one rebuild; the next one goes on.
MOST_PAGES = 200
_MOST_SITEMAPS = 20
_SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "application/pdf": ".pdf",
    "application/json": ".json",
    "application/feed+json": ".json",
    "text/csv": ".csv",
    "application/rtf": ".rtf",
    "application/epub+zip": ".epub",
    "application/zip": ".zip",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}
_FEEDS = ("<rss", "<feed", "<rdf:RDF")
_HEAD_BYTES = 2048


class Web:
    """A source: the addresses given, as far as anything is new there."""

    keeps = True

    def __init__(
        self,
        addresses: Sequence[str],
        guest: Guest,
        *,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        self._addresses = addresses
        self._guest = guest
        self._cancelled = cancelled

    def read(self, library: Library) -> Iterator[tuple[str, Event]]:
        """The events of every address, each with the address that its articles are known by."""
        with Parsing(cancelled=self._cancelled) as parsing, tempfile.TemporaryDirectory() as folder:
            visit = _Visit(library, self._guest, parsing, Path(folder))
            for address in self._addresses:
                if self._cancelled():
                    return
                yield from visit.address(address)


class _Visit:
    """One round of the addresses."""

    def __init__(self, library: Library, guest: Guest, parsing: Parsing, folder: Path) -> None:
        self._library = library
        self._guest = guest
        self._parsing = parsing
        self._folder = folder

    def address(self, address: str) -> Iterator[tuple[str, Event]]:
        """What one address gives; it is remembered where anything can be read there."""
        try:
            address = clean_url(address)
            page = self._fetch(address)
            if page.status == 304:
                self._library.add_root(address)
                yield address, Same()
                return
            whole = True
            for key, event in self._read(address, page):
                yield key, event
                # What failed or was left is tried again, even where the list stays the same.
                whole = whole and not isinstance(event, Unread | Note)
                if isinstance(event, Ended) and key == address:
                    self._library.add_root(address)
                    if whole:
                        self._remember(address, page)
        except (DatelineError, ArticleUnreadable) as error:
            said = str(error)
            for name in (address, show_path(Path(address))):
                said = said.removeprefix(f"{name} ")
            yield address, Unread(said)

    def _read(self, address: str, page: Page) -> Iterator[tuple[str, Event]]:
        if is_sitemap(page.body):
            return self._sitemap(address, page)
        return self._feed(address, page) if _is_feed(page) else self._page(address, page)

    def _fetch(self, url: str) -> Page:
        known = self._library.remembered.fetched(url)
        asked = {}
        if known is not None:
            if known.etag:
                asked["If-None-Match"] = known.etag
            if known.modified:
                asked["If-Modified-Since"] = known.modified
        return self._guest.fetch(url, asked)

    def _remember(self, url: str, page: Page) -> None:
        self._library.remembered.note_fetched(
            url, Fetched(page.headers.get("etag"), page.headers.get("last-modified"))
        )

    def _page(self, key: str, page: Page) -> Iterator[tuple[str, Event]]:
        """The page's articles, read by its kind."""
        path = self._folder / f"page{_suffix_of(page)}"
        with room_for("there is no room to keep it while it is read"):
            path.write_bytes(page.body)
        for _, event in self._parsing.read([Task(key, path)]):
            match event:
                case Parsed(draft=draft, sentences=sentences):
                    # The page's own word on its address may be its site's front page.
                    named = dataclasses.replace(draft, url=draft.url or page.url)
                    yield key, Parsed(named, sentences)
                case Ended():
                    yield key, Ended(None)
                case _:
                    yield key, event

    def _feed(self, address: str, page: Page) -> Iterator[tuple[str, Event]]:
        """The articles of the entries that are not known yet."""
        entries = entries_of(page.body, Path(address))
        if not any(entry.link or entry.draft for entry in entries):
            yield address, Note("lists nothing now; it is asked again by every --rebuild")
        new = [entry for entry in entries if not self._is_known(_key_of(entry, address))]
        for entry in new[:MOST_PAGES]:
            yield from self._entry(_key_of(entry, address), entry)
        if len(new) > MOST_PAGES:
            yield address, Note(f"{len(new) - MOST_PAGES} entries are left for the next rebuild")
        yield address, Ended(None)

    def _entry(self, key: str, entry: Entry) -> Iterator[tuple[str, Event]]:
        """The entry's whole article, or else what the feed itself says of it."""
        if entry.link:
            try:
                events = list(self._page(key, self._guest.fetch(entry.link)))
            except DatelineError as error:
                events = [(key, Unread(str(error)))]
            if any(isinstance(event, Parsed) for _, event in events) or entry.draft is None:
                yield from events
                return
        if entry.draft is not None:
            draft = dataclasses.replace(entry.draft, key="")
            yield key, Parsed(draft, split_sentences(draft.text))
            yield key, Ended(None)

    def _sitemap(self, address: str, page: Page) -> Iterator[tuple[str, Event]]:
        """The pages of a sitemap, and of the sitemaps that it lists, that are not known yet."""
        pages, further = sitemap_links(page.body, Path(address))
        for link in further[:_MOST_SITEMAPS]:
            try:
                pages += sitemap_links(self._guest.fetch(link).body, Path(link))[0]
            except DatelineError as error:
                yield link, Unread(str(error))
        links = []
        for link in dict.fromkeys(pages):
            try:
                links += [clean_url(link)] if is_url(link) else []
            except FetchFailed as error:
                yield link, Unread(str(error))
        new = [link for link in links if not self._is_known(link)]
        for link in new[:MOST_PAGES]:
            try:
                yield from self._page(link, self._guest.fetch(link))
            except DatelineError as error:
                yield link, Unread(str(error))
        if len(new) > MOST_PAGES:
            yield address, Note(f"{len(new) - MOST_PAGES} pages are left for the next rebuild")
        yield address, Ended(None)

    def _is_known(self, key: str) -> bool:
        """Whether it was taken in before, and may have been removed since."""
        is_there = bool(self._library.files_digests(key))
        return is_there or self._library.remembered.fetched(key) is not None


def _key_of(entry: Entry, address: str) -> str:
    """What an entry's article is known by: its address, or the feed's with the entry's id."""
    if entry.link.startswith(("http://", "https://")):
        try:
            return clean_url(entry.link)
        except FetchFailed:
            pass
    return f"{address}#{entry.draft.key if entry.draft else ''}"


def _is_feed(page: Page) -> bool:
    if "html" in page.kind:
        return False
    head = page.body[:_HEAD_BYTES].decode("utf-8", "replace")
    return any(mark in head for mark in _FEEDS)


def _suffix_of(page: Page) -> str:
    """The suffix of the files that are read as the page's kind is: by type, or else by name."""
    if suffix := _SUFFIXES.get(page.kind):
        return suffix
    name = PurePosixPath(urlsplit(page.url).path)
    return name.suffix.lower() if is_supported(Path(name.name)) else ".html"
