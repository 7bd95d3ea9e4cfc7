"""Rich text (RTF) to the article it holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from embeddings.errors import ArticleUnreadable
from embeddings.readers.drafting import make_draft
from embeddings.readers.guard import guarded
from embeddings.readers.opening import read_document, show_path
from embeddings.records import Draft

_INFO = {
    field: re.compile(rf"\{{\\{word}\s+([^{{}}\\]{{1,300}})\}}")
    for field, word in (("title", "title"), ("author", "author"))
}
_MADE = re.compile(r"\{\\creatim\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")
# Pictures are megabytes of hexadecimal digits.
_PICTURE = re.compile(r"[0-9a-fA-F\s]{4096,}")
_INFO_WITHIN = 64 * 1024


def read_rtf(stream: BinaryIO, path: Path) -> Iterator[Draft]:
    """The document's article, with the title, author and day that it declares."""
    data = read_document(stream, path)
    if not data.lstrip()[:5].startswith(b"{\\rtf"):
        raise ArticleUnreadable(f"{show_path(path)} is not rich text; rename it to what it is")
    source = _PICTURE.sub("", data.decode("latin-1"))
    with guarded(path, "rich text document"):
        from striprtf.striprtf import rtf_to_text

        text: str = rtf_to_text(source, errors="replace")  # type: ignore[no-untyped-call]
    head = source[:_INFO_WITHIN]
    fields = {field: found[1] for field, rule in _INFO.items() if (found := rule.search(head))}
    if made := _MADE.search(head):
        fields["published"] = f"{made[1]}-{int(made[2]):02}-{int(made[3]):02}"
    # In RTF a line is a paragraph.
    draft = make_draft(text.replace("\n", "\n\n"), fields, fields_from="document", path=path)
    if draft is None:
        raise ArticleUnreadable(f"{show_path(path)} has no words to read; save the article again")
    yield draft
