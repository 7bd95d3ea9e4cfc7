"""Which of the stored articles a new one is a version of, and which of them is the newest."""

from __future__ import annotations

from embeddings.kinship import Link
from embeddings.likeness import are_versions, sketch
from embeddings.parts import KinReading
from embeddings.records import Draft

# Compared whole with a new article, of those whose sketches meet its own.
_MOST_KIN = 8


def link_of(kinship: KinReading, article_id: str, draft: Draft) -> Link:
    """The draft's link to its versions. The later date is the newer; of one day, or without
    days, the longer text."""
    bands = sketch(draft.text)
    if not bands:
        return Link()
    for kin in kinship.candidates(bands, but=article_id, limit=_MOST_KIN):
        if not are_versions(draft.text, kin.text):
            continue
        # What this very article answered for until now stands by itself.
        head = kin if kin.newer in (None, article_id) else kinship.article(kin.newer)
        if head is None:
            continue
        mine = (draft.published or "", len(draft.text))
        if mine > (head.published or "", len(head.text)):
            return Link(bands, retires=(head.id,))
        return Link(bands, newer=head.id)
    return Link(bands)
