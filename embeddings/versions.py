"""Which of the stored articles a new one is, or is a version of, and which is the newest."""

from __future__ import annotations

from collections.abc import Sequence

from embeddings.kinship import Link
from embeddings.likeness import are_versions, holds, may_be_one, sketch
from embeddings.parts import KinReading
from embeddings.records import Draft

# Compared whole with a new article, of those whose sketches meet its own.
_MOST_KIN = 8


def same_as(kinship: KinReading, draft: Draft, *, but: str) -> str | None:
    """The id of another article than `but` that is the draft, word for word; else None."""
    for article_id, title in kinship.with_text(draft.text, but=but):
        if may_be_one(draft.title, title, draft.text):
            return article_id
    return None


def link_of(
    kinship: KinReading, article_id: str, draft: Draft, bands: Sequence[bytes] | None = None
) -> Link:
    """The draft's link to its versions. The later date is the newer; of one day, or without
    days, the longer text; of two that are alike in both, always the same one. `bands` are those
    of its sketch, where that is made already."""
    bands = sketch(draft.text) if bands is None else bands
    if not bands:
        return Link()
    for kin in kinship.candidates(bands, but=article_id, limit=_MOST_KIN):
        if not may_be_one(draft.title, kin.title, kin.text):
            continue
        # What this very article answered for until now stands by itself.
        head = kin if kin.newer in (None, article_id) else kinship.article(kin.newer)
        if head is None:
            continue
        mine = (draft.published or "", len(draft.text), article_id)
        is_newer = mine > (head.published or "", len(head.text), head.id)
        texts = (draft.text, head.text) if is_newer else (head.text, draft.text)
        if not are_versions(draft.text, kin.text) and not holds(*texts):
            continue
        return Link(bands, retires=(head.id,)) if is_newer else Link(bands, newer=head.id)
    return Link(bands)
