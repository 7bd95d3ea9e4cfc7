"""Feeds saved as files (RSS, Atom) to articles, one an entry; sitemaps are told apart."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from embeddings.errors import ArticleUnreadable
from embeddings.readers.bad_record import BadRecord
from embeddings.readers.cleaning import clean_line
from embeddings.readers.drafting import make_draft
from embeddings.readers.guard import guarded
from embeddings.readers.markup import read_markup
from embeddings.readers.note import Note
from embeddings.readers.opening import read_document, show_path
from embeddings.readers.xml_safe import local_name, parse_xml, refuse_entities
from embeddings.records import Draft

MAX_FEED_BYTES = 32 * 1024 * 1024
_ROOT_WITHIN = 4096
_ONLY_A_LINK = "no text in the feed, only a link; give the feed's address to have it fetched"
# Of a WordPress export, which has a whole site's things as entries.
_NO_ARTICLES = frozenset(("attachment", "revision", "nav_menu_item", "custom_css", "wp_template"))


@dataclass(frozen=True, slots=True)
class Entry:
    """A feed's entry: what it says itself, and where its whole article is."""

    link: str
    draft: Draft | None
    is_published: bool = True


def read_feed(stream: BinaryIO, path: Path) -> Iterator[Draft | BadRecord | Note]:
    """A draft an entry with text; entries that are only a link are told, and how many of a
    WordPress export are no published article."""
    data = read_document(stream, path, MAX_FEED_BYTES)
    if is_sitemap(data):
        raise ArticleUnreadable(
            f"{show_path(path)} is a sitemap, which only lists pages; "
            "give its address to have them fetched"
        )
    found = unpublished = 0
    bare: list[BadRecord] = []
    for number, entry in enumerate(entries_of(data, path), 1):
        if not entry.is_published:
            unpublished += 1
        elif entry.draft is None:
            bare.append(BadRecord(f"entry {number}", _ONLY_A_LINK))
        else:
            found += 1
            yield entry.draft
    if not found:
        raise ArticleUnreadable(
            f"{show_path(path)} is no feed with text in it; save the articles themselves"
        )
    yield from bare
    if unpublished:
        yield Note(f"{unpublished} drafts, pictures and menus of the export passed over")


def entries_of(data: bytes, path: Path) -> list[Entry]:
    """The entries of a feed's bytes, in its order. Raises `ArticleUnreadable` where it is none."""
    refuse_entities(data, path)
    with guarded(path, "feed"):
        import feedparser

        feed = feedparser.parse(io.BytesIO(data), sanitize_html=True, resolve_relative_uris=False)
        if not feed.version:
            raise ArticleUnreadable(
                f"{show_path(path)} is XML of a kind that is not read (feeds are); "
                "save its text as .txt"
            )
        source = clean_line(str(feed.feed.get("title", "")))
        language = clean_line(str(feed.feed.get("language", "")))
        return [_read_entry(entry, source, language) for entry in feed.entries]


def _read_entry(entry: Any, source: str, language: str) -> Entry:
    link = clean_line(str(entry.get("link", "")))
    bodies = [str(body.get("value", "")) for body in entry.get("content", [])]
    marked = max([*bodies, str(entry.get("summary", ""))], key=len)
    # Asked only where it is there: feedparser warns of what it gives else.
    updated = entry["updated_parsed"] if "updated_parsed" in entry else None  # noqa: SIM401
    when = entry.get("published_parsed") or updated
    draft = make_draft(
        read_markup(marked),
        {
            "title": read_markup(str(entry.get("title", ""))) or None,
            "published": f"{when[0]:04}-{when[1]:02}-{when[2]:02}" if when else None,
            "author": str(entry.get("author", "")),
            "source": source,
            "url": link,
            "language": language,
        },
        fields_from="feed",
        key=clean_line(str(entry.get("id", ""))) or link or clean_line(str(entry.get("title", ""))),
    )
    return Entry(link, draft, _is_published(entry))


def _is_published(entry: Any) -> bool:
    """Whether an entry is an article that was published, of a WordPress export; else it is."""
    status, kind = entry.get("wp_status"), entry.get("wp_post_type")
    return status in (None, "publish") and kind not in _NO_ARTICLES


def is_sitemap(data: bytes) -> bool:
    """Whether the bytes are a list of a site's pages, or of such lists."""
    head = data[:_ROOT_WITHIN]
    return b"<urlset" in head or b"<sitemapindex" in head


def sitemap_links(data: bytes, path: Path) -> tuple[list[str], list[str]]:
    """The pages and the further sitemaps that a sitemap lists."""
    with guarded(path, "sitemap"):
        root = parse_xml(data, path)
        is_index = local_name(root) == "sitemapindex"
        links = [
            clean_line(element.text or "")
            for element in root.iter()
            if local_name(element) == "loc" and element.text
        ]
    return ([], links) if is_index else (links, [])
