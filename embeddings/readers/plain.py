"""Plain text, as pasted or saved from anywhere, to the one article it holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from embeddings.errors import ArticleUnreadable
from embeddings.readers.decoding import decode
from embeddings.readers.drafting import make_draft
from embeddings.readers.opening import read_document, show_path
from embeddings.records import Draft


def read_plain(stream: BinaryIO, path: Path) -> Iterator[Draft]:
    """The file's article; its date line, headline and byline become fields."""
    draft = make_draft(decode(read_document(stream, path), path), path=path)
    if draft is None:
        raise ArticleUnreadable(f"{show_path(path)} has no words to read; save the article again")
    yield draft
