"""What files give, into the library: each article once, at once, and its vectors after it.

Knows for each file that is being read which of its articles were there before, so that what
is gone from it goes, and what is the same costs nothing.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import asdict, dataclass, field

from embeddings.embedding import Embedding
from embeddings.encoder import Encoder
from embeddings.kinship import Link
from embeddings.library import Library, digest_of, encoded_text
from embeddings.outcome import Outcome
from embeddings.parsing import Ended, Event, Parsed, Same, Unread
from embeddings.passages import windows
from embeddings.readers import BadRecord, Note
from embeddings.records import Draft, KnownFile, Sentence

# Chosen by benchmarks/passages.py on squad and realtimeqa_gold.
PASSAGE_TOKENS = 120
OVERLAP_TOKENS = 40
# Files are remembered as read in transactions of so many.
_FILES_A_TIME = 50
# What a tokenizer holds of a sentence is many times the sentence.
_SENTENCES_A_TIME = 2_000


def article_id_for(path: str, key: str) -> str:
    """An article's id: the same for the same place, whatever its text becomes."""
    return hashlib.sha256(f"{path}\n{key}".encode()).hexdigest()[:12]


def content_digest(draft: Draft) -> str:
    """The digest of all that a reader found: where it is the same, nothing changed."""
    found = asdict(draft)
    del found["full"]  # Kept beside the article, and no part of it.
    if not draft.pages:  # As it was before articles had pages, so that none seems changed.
        del found["pages"]
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()


@dataclass(slots=True)
class _File:
    """A file that is being read."""

    before: dict[str, str]
    seen: set[str] = field(default_factory=set)
    whole: bool = True


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
        self._finished: list[tuple[str, KnownFile]] = []

    def take(self, key: str, event: Event, *, keeps: bool = False) -> None:
        """Take in what the file of that key gave next."""
        file = self._open.get(key)
        if file is None:
            file = self._open[key] = _File(self._library.files_digests(key))
        match event:
            case Parsed(draft=draft, sentences=sentences):
                self._take_article(key, file, draft, sentences)
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
        """Remember the files whose articles are all in."""
        if self._finished:
            self._library.put_files(self._finished)
            self._finished.clear()

    def restore_versions(self) -> None:
        """Give passages to the articles that answer again since a newer version has gone."""
        for article_id in self._library.bare():
            article = self._library.article(article_id)
            sentences = tuple(self._library.sentences(article_id))
            cut = self._cut(article.title, article.text, sentences)
            if cut:
                self._library.put_passages(article, cut)
                self._embedding.add(_texts(article.title, article.text, sentences, cut))

    def _end(self, key: str, file: _File, known: KnownFile | None, *, keeps: bool) -> None:
        gone = [article_id for article_id in file.before if article_id not in file.seen]
        # What could not be read, or was not there for a moment, may be among these: keep them all.
        if gone and file.whole and known is not None and not keeps:
            self._outcome.removed += self._library.remove(gone)
        if file.whole and known is not None:
            self._finished.append((key, known))
            if len(self._finished) >= _FILES_A_TIME:
                self.flush()

    def _take_article(
        self, key: str, file: _File, draft: Draft, sentences: tuple[Sentence, ...]
    ) -> None:
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
        self._store(key, article_id, self._corrected(article_id, draft), sha256, sentences)
        if article_id in file.before:
            self._outcome.changed += 1
        else:
            self._outcome.added += 1

    def _corrected(self, article_id: str, draft: Draft) -> Draft:
        said = self._library.remembered.corrections(article_id)
        if not said:
            return draft
        if "published" in said:
            said["published_from"] = "hand"
        if not said.get("title", draft.title):
            del said["title"]
        return dataclasses.replace(draft, **said)  # type: ignore[arg-type]

    def _store(
        self,
        key: str,
        article_id: str,
        draft: Draft,
        sha256: str,
        sentences: tuple[Sentence, ...],
    ) -> None:
        if other := self._library.same_as(draft, but=article_id):
            self._library.put_place(article_id, other, path=key, sha256=sha256)
            self._outcome.same += 1
            return
        link: Link = self._library.link_of(article_id, draft)
        is_older = link.newer is not None
        self._outcome.versions += is_older or bool(link.retires)
        cut = [] if is_older else self._cut(draft.title, draft.text, sentences)
        self._library.put_article(
            article_id,
            draft,
            path=key,
            sha256=sha256,
            sentences=sentences,
            windows=cut,
            vectors={},
            model=self._encoder.model.id,
            link=link,
        )
        self._outcome.passages += len(cut)
        self._embedding.add(_texts(draft.title, draft.text, sentences, cut))

    def _cut(self, title: str, text: str, sentences: tuple[Sentence, ...]) -> list[tuple[int, int]]:
        lengths: list[int] = []
        for at in range(0, len(sentences), _SENTENCES_A_TIME):
            some = sentences[at : at + _SENTENCES_A_TIME]
            lengths += self._encoder.count_tokens([text[s.start : s.end] for s in some])
        room = self._encoder.max_tokens - self._encoder.count_tokens([title])[0] - 2
        return windows(lengths, most=max(16, min(PASSAGE_TOKENS, room)), overlap=OVERLAP_TOKENS)


def _texts(
    title: str, text: str, sentences: tuple[Sentence, ...], cut: list[tuple[int, int]]
) -> dict[bytes, str]:
    """What is embedded of an article, by the digests that the vectors are kept under."""
    texts = {}
    for first, last in cut:
        body = text[sentences[first].start : sentences[last].end]
        texts[digest_of(title, body)] = encoded_text(title, body)
    return texts
