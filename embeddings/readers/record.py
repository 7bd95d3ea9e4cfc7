"""One record of an export (a line of JSON, an entry of a list, a table's row) to an article."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable, Mapping
from typing import Any

from embeddings.readers.bad_record import BadRecord
from embeddings.readers.cleaning import clean_line
from embeddings.readers.drafting import make_draft
from embeddings.readers.markup import read_markup
from embeddings.readers.note import Note
from embeddings.records import Draft

# What other tools call our fields, the first present and not empty wins. Keys are compared
# without case, spaces, hyphens or underscores: "publishedAt" is "published_at".
_ALIASES: dict[str, tuple[str, ...]] = {
    "id": ("id", "uid", "guid", "key"),
    "title": (
        *("title", "headline", "name", "webtitle"),
        *("titel", "überschrift", "schlagzeile", "titre", "título", "titulo", "titolo"),
    ),
    "text": (
        *("text", "body", "content", "maintext", "fulltext", "articlebody", "article"),
        *("bodytext", "articletext", "articlecontent", "storytext", "cleantext", "rawtext"),
        *("plaintext", "html", "bodyhtml", "contenthtml"),
        *("inhalt", "volltext", "artikeltext", "texte", "contenu", "texto", "contenido", "testo"),
    ),
    # What says when it was changed counts where nothing says when it was published.
    "published": (
        *("published", "date", "publishedat", "datepublished", "publisheddate"),
        *("publicationdate", "pubdate", "publishdate", "webpublicationdate", "publishedon"),
        *("datum", "veröffentlicht", "fecha", "datepublication"),
        *("modified", "updated", "datemodified", "modifiedat", "updatedat", "lastmodified"),
    ),
    "source": (
        *("source", "publisher", "sitename", "site", "outlet"),
        *("quelle", "fuente", "fonte", "bron"),
    ),
    "author": ("author", "authors", "byline", "creator", "autor", "auteur", "autore"),
    "url": ("url", "link", "canonicalurl", "sourceurl", "weburl"),
    "language": ("language", "lang", "sprache", "langue", "idioma"),
}
# Where search engines and programs for content put the record itself.
_WRAPPINGS = ("_source", "fields", "attributes")
# Where they put what a field says: the New York Times' headline, WordPress's title and text.
_SAYING = ("name", "main", "rendered")
# HTML by what ends an element, since a share's ticker, <P>, begins like one.
_MARKUP = re.compile(
    r"</(?:a|article|b|blockquote|div|em|figure|h[1-6]|i|li|ol|p|section|span|strong|table|td|ul)"
    r"\s*>|<br\s*/>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8}[0-9]{0,2});", re.IGNORECASE)
_MOST_KEYS_SHOWN = 200


def draft_of_record(
    record: dict[str, Any], where: str, told: Mapping[str, str] | None = None
) -> Draft | BadRecord:
    """The article of one record of an export, whatever the program called its fields.

    `told` names keys by our fields, before all that names tell.
    """
    unwrapped = _unwrapped(record)
    named = {_folded(key): value for key, value in unwrapped.items()}
    names = _names(told)
    fields = {name: clean_line(_plain(_first(named, names[name]))) for name in names}
    text = _plain(_first(named, names["text"], "\n\n"))
    del fields["text"]
    key = (
        fields.pop("id")
        or fields["url"]
        or hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
    )
    draft = make_draft(text, fields, fields_from="record", key=key)
    return draft or BadRecord(where, _say_no_text(unwrapped, told))


def note_of_keys(record: dict[str, Any], told: Mapping[str, str] | None = None) -> Note | None:
    """Which of the record's keys was taken for what; None where all are called as ours are."""
    keys = {_folded(key): key for key, value in reversed(_unwrapped(record).items()) if value}
    taken = {}
    for field, names in _names(told).items():
        name = next((name for name in names if name in keys), None)
        if name is not None and name != field:
            taken[field] = clean_line(keys[name])
    if not taken:
        return None
    return Note(", ".join(f"{field} from “{key}”" for field, key in sorted(taken.items())))


def drop_found(missing: dict[str, str], record: dict[str, Any]) -> None:
    """Take out of the told keys, by our fields, those that the record has."""
    if missing:
        keys = {_folded(key) for key in _unwrapped(record)}
        for field in [field for field, name in missing.items() if _folded(name) in keys]:
            del missing[field]


def note_of_missing(missing: Mapping[str, str]) -> Note:
    """That no record had keys which a person told."""
    named = ", ".join(f"“{clean_line(name)}” for {field}" for field, name in missing.items())
    return Note(f"no record has a key {named}; give --columns again with the file, as its keys are")


def rank_of_key(key: str) -> tuple[int, str] | None:
    """Which of our fields a key or a column's name is, after how surely, the least first; None
    where it is none."""
    folded = _folded(key)
    for field, names in _ALIASES.items():
        if folded in names:
            return names.index(folded), field
    return None


def _names(told: Mapping[str, str] | None) -> dict[str, tuple[str, ...]]:
    """The folded keys that each field may have, the surest first."""
    if not told:
        return _ALIASES
    theirs = {field: _folded(name) for field, name in told.items()}
    return {
        field: (theirs[field],)
        if field in theirs
        else tuple(name for name in names if name not in theirs.values())
        for field, names in _ALIASES.items()
    }


def _say_no_text(record: Mapping[str, Any], told: Mapping[str, str] | None) -> str:
    keys = clean_line(", ".join(str(key) for key in record))[:_MOST_KEYS_SHOWN]
    has = f"it has {keys}" if keys else "it is empty"
    if told and "text" in told:
        return f"no text under “{clean_line(told['text'])}” ({has}); fill it in"
    return f"no text under text, body or content; name its key with --columns text=KEY ({has})"


def _unwrapped(record: dict[str, Any]) -> dict[str, Any]:
    """The record with what lies in a wrapping of it, where nothing of that name lies outside."""
    for name in _WRAPPINGS:
        if isinstance(inner := record.get(name), dict):
            return {**inner, **{key: record[key] for key in record if key != name}}
    return record


def _folded(key: str) -> str:
    return "".join(c for c in key.lower() if c not in " _-")


def _first(record: dict[str, Any], names: Iterable[str], joint: str = ", ") -> str:
    values = (_say(record.get(name), joint) for name in names)
    return next((value for value in values if value.strip()), "")


def _plain(said: str) -> str:
    """What was said without the HTML that programs for the web keep it in."""
    if _MARKUP.search(said):
        return read_markup(said)
    return html.unescape(said) if _ENTITY.search(said) else said


def _say(value: object, joint: str) -> str:
    """A JSON value as text: lists joined, an object by its name, null and the rest empty."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return ""
    if isinstance(value, int):
        return str(value) if abs(value) < 10**30 else ""
    if isinstance(value, list):
        return joint.join(s for v in value if isinstance(v, str | dict) and (s := _say(v, joint)))
    if isinstance(value, dict):
        inner = (value.get(name) for name in _SAYING)
        return next((said for said in inner if isinstance(said, str) and said), "")
    return ""
