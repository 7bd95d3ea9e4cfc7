"""XML from strangers: no entities, nothing fetched, no depth or size without bound."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.errors import ArticleUnreadable
from embeddings.readers.opening import show_path

if TYPE_CHECKING:
    from lxml.etree import _Element

_DECLARATIONS_WITHIN = 64 * 1024


def refuse_entities(data: bytes, path: Path) -> None:
    """Refuses XML that declares entities of its own, which is how a small file becomes a huge one.

    No feed, book or office document has them.
    """
    # In UTF-16 a zero stands between the letters.
    if b"<!ENTITY" in data[:_DECLARATIONS_WITHIN].replace(b"\0", b"").upper():
        raise ArticleUnreadable(
            f"{show_path(path)} declares XML entities, which are not read; save it without them"
        )


def parse_xml(data: bytes, path: Path) -> _Element:
    """The root element. Raises `ArticleUnreadable`, and lxml's errors where it is no XML."""
    from lxml import etree

    refuse_entities(data, path)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    return etree.fromstring(data, parser)


def local_name(element: _Element) -> str:
    """An element's name without its namespace; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
