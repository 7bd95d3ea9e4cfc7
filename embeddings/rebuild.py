"""Bringing a library in step with files: what is new, changed, gone; nothing done twice.

Each article is stored with its vectors in one transaction, so an interruption at any moment
keeps every finished article, and the next rebuild goes on from there.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from embeddings.catalog import KnownFile
from embeddings.discovery import article_files, is_within, path_key
from embeddings.encoder import Encoder
from embeddings.errors import ArticleUnreadable
from embeddings.library import Library, digest_of, encoded_text
from embeddings.passages import windows
from embeddings.readers import BadRecord, count_articles, read_file, show_path
from embeddings.records import Draft, Sentence
from embeddings.sentences import split_sentences

# Chosen by benchmarks/passages.py on squad and realtimeqa_gold.
PASSAGE_TOKENS = 120
OVERLAP_TOKENS = 40
# Passages encoded together: enough for batches of one length, few enough that an
# interruption loses seconds.
GROUP_PASSAGES = 64
NOT_THERE = "there is no such file or folder; check the spelling"


@dataclass(frozen=True, slots=True)
class Failure:
    """A file, or a record in one, that gave no article."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a rebuild has come: articles looked at, of about how many; passages embedded.

    While a model is changed, `done` and `total` count passages.
    """

    done: int
    total: int
    passages: int


@dataclass(slots=True)
class Outcome:
    """What a rebuild did, in articles; `failures` in files and records."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    passages: int = 0
    failures: list[Failure] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """An article cut into passages, waiting for its vectors."""

    article_id: str
    path: str
    draft: Draft
    sha256: str
    sentences: tuple[Sentence, ...]
    windows: list[tuple[int, int]]
    texts: dict[bytes, str]
    is_new: bool


def _known_now(path: Path) -> KnownFile | None:
    """What the file is like now; None where that cannot be told."""
    try:
        found = path.stat()
    except OSError:
        return None
    return KnownFile(found.st_size, found.st_mtime_ns)


def article_id_for(path: str, key: str) -> str:
    """An article's id: the same for the same place, whatever its text becomes."""
    return hashlib.sha256(f"{path}\n{key}".encode()).hexdigest()[:12]


def content_digest(draft: Draft) -> str:
    """The digest of all that a reader found: where it is the same, nothing changed."""
    return hashlib.sha256(json.dumps(asdict(draft), sort_keys=True).encode()).hexdigest()


class Rebuild:
    """One rebuild of a library. `progress` is called after each file and each group."""

    def __init__(
        self,
        library: Library,
        encoder: Encoder,
        *,
        progress: Callable[[Progress], None] = lambda progress: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        self._library = library
        self._encoder = encoder
        self._progress = progress
        self._cancelled = cancelled
        self._outcome = Outcome()
        self._group: list[_Prepared] = []
        self._finished_files: list[tuple[str, KnownFile]] = []
        self._unseen: list[str] = []
        self._done = self._total = 0

    def run(self, paths: Sequence[Path]) -> Outcome:
        """Bring the library in step with the paths, or with every known root where none.

        A path that is not there is a failure where it was never known; a known file that is
        gone takes its articles with it; a known folder that is gone is a failure and keeps
        them, because a disk that is not mounted looks the same.
        """
        if self._library.model is None:
            model = self._encoder.model
            self._library.set_model(
                model.id, name=model.name, precision=model.precision, dimension=model.dimension
            )
        roots = [Path(path) for path in paths] or [Path(root) for root in self._library.roots()]
        files: dict[str, Path] = {}
        present = [root for root in roots if self._take_root(root, files)]
        # A file that a person names is read again even where nothing seems to have changed.
        named = {path_key(path) for path in paths}
        changed = {
            key: path for key, path in files.items() if key in named or self._differs(key, path)
        }
        self._done = len(files) - len(changed)
        self._total = self._done + sum(count_articles(path) for path in changed.values())
        for key, path in changed.items():
            if self._cancelled():
                break
            self._take_file(key, path)
        self._flush()
        if not self._cancelled():
            self._drop_vanished(present, files)
            self._library.note_rebuild(datetime.datetime.now(datetime.UTC).isoformat())
        self._library.tidy()
        return self._outcome

    def embed_waiting(self) -> int:
        """Give the encoder's vectors to every passage without; how many there were.

        In transactions of a group each, so that it can be interrupted and gone on with.
        """
        model = self._encoder.model.id
        done = 0
        self._total = self._library.waiting(model)
        while not self._cancelled() and (
            group := self._library.waiting_passages(model, GROUP_PASSAGES)
        ):
            texts = [encoded_text(title, body) for _, title, body in group]
            vectors = self._encoder.encode_passages(texts)
            self._library.put_vectors(
                model, {digest: row for (digest, _, _), row in zip(group, vectors, strict=True)}
            )
            done += len(group)
            self._progress(Progress(done, self._total, done))
        return done

    # --- finding

    def _take_root(self, root: Path, files: dict[str, Path]) -> bool:
        """Find the root's files; whether what is known under it and not found has vanished."""
        key = path_key(root)
        known = [path for path in self._library.paths() if is_within(path, key)]
        try:
            is_folder = stat.S_ISDIR(root.stat().st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return self._take_missing_root(key, known)
        except OSError as error:
            self._fail(key, f"{error.strerror}; check its permissions")
            return False
        unseen: list[Path] = []
        found = {path_key(path): path for path in article_files(root, unseen=unseen.append)}
        for folder in unseen:
            self._unseen.append(path_key(folder))
            self._fail(
                path_key(folder),
                "this folder cannot be looked into; check its permissions "
                "(what was read from it before is kept)",
            )
        files.update(found)
        if is_folder and not found and not unseen:
            if known:
                # So does a disk look that is not mounted.
                self._fail(
                    key,
                    f"the folder has no articles any more; the {len(known)} files read from it "
                    "before are kept: drop them with --remove, if that is meant",
                )
                return False
            self._fail(key, "no articles in this folder; see the README for the formats read")
        self._library.add_root(key)
        return True

    def _take_missing_root(self, key: str, known: list[str]) -> bool:
        if not known:
            self._library.drop_root(key)
            self._fail(key, NOT_THERE)
            return False
        if key in known:
            return True
        self._fail(
            key,
            "the folder is gone; its articles are kept: bring it back, or drop them with --remove",
        )
        return False

    def _drop_vanished(self, roots: Sequence[Path], files: dict[str, Path]) -> None:
        keys = [path_key(root) for root in roots]
        for path in self._library.paths():
            if path in files or not any(is_within(path, key) for key in keys):
                continue
            if any(is_within(path, folder) for folder in self._unseen):
                continue
            gone = list(self._library.files_digests(path))
            self._outcome.removed += self._library.remove(gone) if gone else 0
            self._library.forget_file(path)

    # --- reading

    def _differs(self, key: str, path: Path) -> bool:
        """Whether the file is not as it was when its articles were taken in; counts them else."""
        known = self._library.file(key)
        if known is None or known != _known_now(path):
            return True
        self._outcome.unchanged += len(self._library.files_digests(key))
        return False

    def _take_file(self, key: str, path: Path) -> None:
        before, expected = self._done, count_articles(path)
        try:
            # Looked at before it is read: a change while it is read shows the next time.
            known = _known_now(path)
            whole = self._prepare_all(key, read_file(path))
            if whole and known is not None:
                self._finished_files.append((key, known))
        except ArticleUnreadable as error:
            said = str(error)
            for name in (key, show_path(path)):
                said = said.removeprefix(f"{name}: ").removeprefix(f"{name} ")
            self._fail(key, said)
        self._done = before + expected
        self._report()

    def _prepare_all(self, key: str, found: Iterator[Draft | BadRecord]) -> bool:
        """Take in the file's articles; whether all its records were good."""
        before = self._library.files_digests(key)
        seen: set[str] = set()
        whole = True
        for draft in found:
            if isinstance(draft, BadRecord):
                self._fail(f"{key} {draft.where}", draft.reason)
                whole = False
                continue
            self._done += 1
            article_id = article_id_for(key, draft.key)
            if article_id in seen:
                self._fail(key, f"two articles have the id {draft.key!r}; the first is kept")
                whole = False
                continue
            seen.add(article_id)
            sha256 = content_digest(draft)
            if before.get(article_id) == sha256:
                self._outcome.unchanged += 1
            else:
                self._group.append(
                    self._prepare(article_id, key, draft, sha256, article_id not in before)
                )
                if sum(len(waiting.texts) for waiting in self._group) >= GROUP_PASSAGES:
                    self._flush()
            if self._cancelled():
                return False
        gone = [article_id for article_id in before if article_id not in seen]
        # A record that could not be read may be one of these: keep them all then.
        if gone and whole:
            self._outcome.removed += self._library.remove(gone)
        return whole

    def _prepare(
        self, article_id: str, path: str, draft: Draft, sha256: str, is_new: bool
    ) -> _Prepared:
        sentences = split_sentences(draft.text)
        lengths = self._encoder.count_tokens([draft.text[s.start : s.end] for s in sentences])
        title_tokens = self._encoder.count_tokens([draft.title])[0]
        room = self._encoder.max_tokens - title_tokens - 2
        cut = windows(lengths, most=max(16, min(PASSAGE_TOKENS, room)), overlap=OVERLAP_TOKENS)
        texts = {}
        for first, last in cut:
            text = draft.text[sentences[first].start : sentences[last].end]
            texts[digest_of(draft.title, text)] = encoded_text(draft.title, text)
        return _Prepared(article_id, path, draft, sha256, sentences, cut, texts, is_new)

    # --- storing

    def _flush(self) -> None:
        group, self._group = self._group, []
        model = self._encoder.model.id
        texts = {digest: text for article in group for digest, text in article.texts.items()}
        wanted = sorted(self._library.without_vectors(model, list(texts)))
        rows = self._encoder.encode_passages([texts[digest] for digest in wanted])
        vectors: dict[bytes, npt.NDArray[np.float32]] = dict(zip(wanted, rows, strict=True))
        for article in group:
            self._library.put_article(
                article.article_id,
                article.draft,
                path=article.path,
                sha256=article.sha256,
                sentences=article.sentences,
                windows=article.windows,
                vectors={d: vectors[d] for d in article.texts if d in vectors},
                model=model,
            )
            if article.is_new:
                self._outcome.added += 1
            else:
                self._outcome.changed += 1
            self._outcome.passages += len(article.windows)
        for key, known in self._finished_files:
            self._library.put_file(key, known)
        self._finished_files.clear()
        if group:
            self._report()

    def _fail(self, path: str, reason: str) -> None:
        self._outcome.failures.append(Failure(path, reason))

    def _report(self) -> None:
        self._progress(Progress(self._done, self._total, self._outcome.passages))
