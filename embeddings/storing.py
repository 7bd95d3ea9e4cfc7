"""What files give, into the library: each article once, at once, and its vectors after it.

Knows for each file that is being read which of its articles were there before, so that what
is gone from it goes, and what is the same costs nothing. Articles that come fast are stored a few
together, in one transaction: that takes half as long, and each can be found a tenth of a second
after it came.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from embeddings.embedding import Embedding
from embeddings.encoder import Encoder
from embeddings.library import Library
from embeddings.likeness import sketch
from embeddings.outcome import Outcome
from embeddings.parsing import Ended, Event, Parsed, Same, Unread
from embeddings.passages import windows
from embeddings.readers import BadRecord, Note
from embeddings.records import Draft, KnownFile, Sentence

# Chosen by benchmarks/passages.py on squad and realtimeqa_gold.
PASSAGE_TOKENS = 120
OVERLAP_TOKENS = 40
# Articles that come fast are stored so many together, and wait for that no longer than this.
_ARTICLES_A_TIME = 16
_LONGEST_WAIT_S = 0.1
# Files are remembered as read in transactions of so many.
_FILES_A_TIME = 50
# What a tokenizer holds of a sentence is many times the sentence.
_SENTENCES_A_TIME = 2_000

# All of a draft but what is kept beside the article, and is no part of it.
_FOUND = tuple(each.name for each in dataclasses.fields(Draft) if each.name != "full")


def article_id_for(path: str, key: str) -> str:
    """An article's id: the same for the same place, whatever its text becomes."""
    return hashlib.sha256(f"{path}\n{key}".encode()).hexdigest()[:12]


def content_digest(draft: Draft) -> str:
    """The digest of all that a reader found: where it is the same, nothing changed."""
    found = {name: getattr(draft, name) for name in _FOUND}
    if not draft.pages:  # As it was before articles had pages, so that none seems changed.
        del found["pages"]
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()


@dataclass(slots=True)
class _File:
    """A file that is being read."""

    before: dict[str, str]
    seen: set[str] = field(default_factory=set)
    whole: bool = True


@dataclass(frozen=True, slots=True)
class _Ready:
    """An article to be stored; without `bands` and `windows` where another has just its text."""

    key: str
    article_id: str
    draft: Draft
    sha256: str
    sentences: tuple[Sentence, ...]
    is_new: bool
    bands: Sequence[bytes] | None
    windows: Sequence[tuple[int, int]] | None


class Storing:
    """Takes events in, file by file. `keeps` says that what is gone from a file stays."""

    def __init__(
        self, library: Library, encoder: Encoder, embedding: Embedding, outcome: Outcome
    ) -> None:
        self._library = library
        self._encoder = encoder
        self._embedding = embedding
        self._outcome = outcome
        self._open: dict[str, _File] = {}
        self._ready: list[_Ready] = []
        self._finished: list[tuple[str, KnownFile]] = []
        self._stored_at = 0.0

    def take(self, key: str, event: Event, *, keeps: bool = False) -> None:
        """Take in what the file of that key gave next."""
        file = self._open.get(key)
        if file is None:
            file = self._open[key] = _File(self._library.files_digests(key))
        match event:
            case Parsed():
                self._take_article(key, file, event)
            case BadRecord(where=where, reason=reason):
                self._outcome.fail(f"{key} {where}", reason)
                file.whole = False
            case Note(text=text):
                self._outcome.notes.append((key, text))
            case Unread(reason=reason):
                self._outcome.fail(key, reason)
                del self._open[key]
            case Same():
                self._outcome.unchanged += len(file.before)
                del self._open[key]
            case Ended(known=known):
                del self._open[key]
                self._end(key, file, known, keeps=keeps)

    def flush(self) -> None:
        """Store the articles that came, and remember the files whose articles are all in."""
        # What fails is not tried again: its file is not remembered, and is read the next time.
        ready, self._ready = self._ready, []
        finished, self._finished = self._finished, []
        if not ready and not finished:
            return
        texts: dict[bytes, str] = {}
        with self._library.together():
            for article in ready:
                texts |= self._store(article)
            if finished:
                self._library.put_files(finished)
        self._stored_at = time.monotonic()
        if ready:
            self._embedding.add(texts)

    def restore_versions(self) -> None:
        """Give passages to the articles that answer again since a newer version has gone."""
        for article_id in self._library.bare():
            article = self._library.article(article_id)
            sentences = tuple(self._library.sentences(article_id))
            cut = self._cut(article.title, article.text, sentences)
            if cut:
                self._embedding.add(self._library.put_passages(article, cut))

    def _end(self, key: str, file: _File, known: KnownFile | None, *, keeps: bool) -> None:
        gone = [article_id for article_id in file.before if article_id not in file.seen]
        # What could not be read, or was not there for a moment, may be among these: keep them all.
        if gone and file.whole and known is not None and not keeps:
            self.flush()  # A text that moved within the file is there before it goes.
            self._outcome.removed += self._library.remove(gone)
        if file.whole and known is not None:
            self._finished.append((key, known))
            if len(self._finished) >= _FILES_A_TIME:
                self.flush()

    def _take_article(self, key: str, file: _File, parsed: Parsed) -> None:
        draft, sentences = parsed.draft, parsed.sentences
        article_id = article_id_for(key, draft.key)
        if article_id in file.seen:
            self._outcome.fail(
                key,
                f"two articles have the id {draft.key!r}, and the first is kept; give each its own",
            )
            file.whole = False
            return
        file.seen.add(article_id)
        sha256 = content_digest(draft)
        if file.before.get(article_id) == sha256:
            self._outcome.unchanged += 1
            return
        draft = self._corrected(article_id, draft)
        is_there = self._library.same_as(draft, but=article_id) is not None
        self._ready.append(
            _Ready(
                *(key, article_id, draft, sha256, sentences),
                is_new=article_id not in file.before,
                bands=None if is_there else sketch(draft.text, parsed.hashes),
                windows=None if is_there else self._cut(draft.title, draft.text, sentences),
            )
        )
        waited = time.monotonic() - self._stored_at
        if len(self._ready) >= _ARTICLES_A_TIME or waited >= _LONGEST_WAIT_S:
            self.flush()

    def _corrected(self, article_id: str, draft: Draft) -> Draft:
        said = self._library.remembered.corrections(article_id)
        if not said:
            return draft
        if "published" in said:
            said["published_from"] = "hand"
        if not said.get("title", draft.title):
            del said["title"]
        return dataclasses.replace(draft, **said)  # type: ignore[arg-type]

    def _store(self, article: _Ready) -> dict[bytes, str]:
        """Store it; what is to be embedded of it, by digest."""
        draft, article_id = article.draft, article.article_id
        if article.is_new:
            self._outcome.added += 1
        else:
            self._outcome.changed += 1
        if other := self._library.same_as(draft, but=article_id):
            self._library.put_place(article_id, other, path=article.key, sha256=article.sha256)
            self._library.complete(other, draft)
            self._outcome.same += 1
            return {}
        link = self._library.link_of(article_id, draft, article.bands)
        is_older = link.newer is not None
        self._outcome.versions += is_older or bool(link.retires)
        windows: Sequence[tuple[int, int]] = []
        if not is_older:
            windows = article.windows or self._cut(draft.title, draft.text, article.sentences)
        self._outcome.passages += len(windows)
        return self._library.put_article(
            article_id,
            draft,
            path=article.key,
            sha256=article.sha256,
            sentences=article.sentences,
            windows=windows,
            vectors={},
            model=self._encoder.model.id,
            link=link,
        )

    def _cut(self, title: str, text: str, sentences: tuple[Sentence, ...]) -> list[tuple[int, int]]:
        lengths: list[int] = []
        for at in range(0, len(sentences), _SENTENCES_A_TIME):
            some = sentences[at : at + _SENTENCES_A_TIME]
            lengths += self._encoder.count_tokens([text[s.start : s.end] for s in some])
        room = self._encoder.max_tokens - self._encoder.count_tokens([title])[0] - 2
        return windows(lengths, most=max(16, min(PASSAGE_TOKENS, room)), overlap=OVERLAP_TOKENS)
