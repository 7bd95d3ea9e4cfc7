"""Lists of feeds that a person keeps: OPML, as feed readers export it, or an address a line."""

from __future__ import annotations

from pathlib import Path

from embeddings.discovery import is_url
from embeddings.errors import ArticleUnreadable
from embeddings.readers.decoding import decode
from embeddings.readers.guard import guarded
from embeddings.readers.opening import open_article, read_document, show_path
from embeddings.readers.xml_safe import parse_xml

_MAX_BYTES = 4 * 1024 * 1024


def read_feed_list(path: Path) -> list[str]:
    """The addresses in the file, each once, in its order. Raises `ArticleUnreadable`.

    In a list of lines, what follows ``#`` at a line's beginning is a comment.
    """
    with open_article(path) as stream:
        is_empty = not stream.read(1)
        stream.seek(0)
        # What is empty lists no feeds, and is told so below.
        data = b"" if is_empty else read_document(stream, path, _MAX_BYTES)
    if b"<opml" in data[:2048].lower():
        with guarded(path, "OPML file", "export it again"):
            found = [
                str(element.get("xmlUrl") or element.get("xmlurl") or "")
                for element in parse_xml(data, path).iter()
                if isinstance(element.tag, str)
            ]
    else:
        lines = (line.strip() for line in decode(data, path).splitlines())
        found = [line for line in lines if line and not line.startswith("#")]
        for line in found:
            if not is_url(line):
                raise ArticleUnreadable(
                    f"{show_path(path)} has a line that is no address ({show_path(Path(line))}); "
                    "give OPML, or a feed's address a line"
                )
    addresses = list(dict.fromkeys(url for url in found if is_url(url)))
    if not addresses:
        raise ArticleUnreadable(
            f"{show_path(path)} lists no feeds; give OPML, or an address a line"
        )
    return addresses
