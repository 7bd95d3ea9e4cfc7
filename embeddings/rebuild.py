"""Bringing a library in step with files: what is new, changed, gone; nothing done twice.

Files are read in processes beside this one, each article is stored as it comes, with its words,
and a thread embeds what was stored. An interruption at any moment keeps every finished article, and
the next rebuild goes on from there.
"""

from __future__ import annotations

import datetime
import re
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from embeddings import at_work
from embeddings.discovery import article_files, is_url, is_within, path_key
from embeddings.embedding import GROUP_PASSAGES, Embedding
from embeddings.encoder import Encoder
from embeddings.library import Library, encoded_text
from embeddings.outcome import Failure, Outcome, Progress
from embeddings.parsing import Ended, Parsed, Parsing, Task, Unread, known_now
from embeddings.readers import count_articles
from embeddings.readers.other_kinds import ADVICE
from embeddings.records import KnownFile
from embeddings.removal import kept_out, kept_out_notes
from embeddings.sources import Source
from embeddings.storing import OVERLAP_TOKENS, PASSAGE_TOKENS, Storing

__all__ = [
    "NOT_THERE",
    "OVERLAP_TOKENS",
    "PASSAGE_TOKENS",
    "Failure",
    "Outcome",
    "Progress",
    "Rebuild",
    "say_not_there",
]

NOT_THERE = "there is no such file or folder; check the spelling"
# example.org/feed.xml, or ftp://example.org as a path has it.
_LIKE_AN_ADDRESS = re.compile(r"(?:www\.)?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/|www\.|[a-z]+:/", re.I)


def say_not_there(path: Path) -> str:
    """What to tell of a path that is not there, which may have been meant as an address."""
    is_address = _LIKE_AN_ADDRESS.match(str(path)) is not None
    return f"{NOT_THERE}{' (an address begins with https://)' * is_address}"


class Rebuild:
    """One rebuild of a library. `progress` is called now and then, by this thread alone."""

    def __init__(
        self,
        library: Library,
        encoder: Encoder,
        *,
        progress: Callable[[Progress], None] = lambda progress: None,
        cancelled: Callable[[], bool] = lambda: False,
        embeds: bool = True,
        joined: Callable[[int], None] = lambda process: None,
    ) -> None:
        """Without `embeds`, what is new waits for its vectors (`bulk` makes them elsewhere).

        `joined` is called where another process rebuilds the library already, with its number,
        0 where that cannot be told: both go on, and each ends when all is embedded.
        """
        self._joined = joined
        self._embeds = embeds
        self._library = library
        self._encoder = encoder
        self._progress = progress
        self._cancelled = cancelled
        self._outcome = Outcome()
        self._unseen: list[str] = []
        self._done = self._total = 0

    def run(
        self,
        paths: Sequence[Path],
        *,
        sources: Sequence[Source] = (),
        everything: bool = False,
        columns: Mapping[str, str] | None = None,
    ) -> Outcome:
        """Bring the library in step with the paths, or with `everything` that was ever named.

        A path that is not there is a failure where it was never known; a known file that is
        gone takes its articles with it; a known folder that is gone is a failure and keeps
        them, because a disk that is not mounted looks the same. Without paths and sources,
        everything is looked at again. `sources` give articles that are in no file. `columns`
        are those of the tables among the files named.
        """
        with at_work.marked(self._library.folder) as other:
            if other is not None:
                self._joined(other)
            return self._run(paths, sources, everything=everything, columns=columns)

    def _run(
        self,
        paths: Sequence[Path],
        sources: Sequence[Source],
        *,
        everything: bool,
        columns: Mapping[str, str] | None,
    ) -> Outcome:
        if self._library.model is None:
            model = self._encoder.model
            self._library.set_model(
                model.id, name=model.name, precision=model.precision, dimension=model.dimension
            )
        roots = [Path(path) for path in paths]
        if everything or not (roots or sources):
            roots += [Path(root) for root in self._library.roots() if not is_url(root)]
        files: dict[str, Path] = {}
        # A file that a person names is read again even where nothing seems to have changed.
        named = {path_key(path) for path in paths}
        followed = set(self._library.roots())
        present = [root for root in roots if self._take_root(root, files)]
        self._outcome.notes += kept_out_notes(self._library, sorted(named & followed), files)
        # Who names a folder that is not followed by itself means all that is in it.
        named |= kept_out(self._library, sorted(named - followed), files)
        for path in paths if columns else ():
            self._name_columns(path, columns or {})
        tasks = self._tasks(files, named)
        self._done = len(files) - len(tasks)
        self._total = self._done + sum(count_articles(task.path) for task in tasks)
        with Embedding(
            self._library,
            self._encoder,
            cancelled=self._cancelled,
            leaves_all=not self._embeds,
        ) as embedding:
            storing = Storing(self._library, self._encoder, embedding, self._outcome)
            try:
                self._read(tasks, storing, embedding)
                for source in sources:
                    self._fetch(source, storing, embedding)
            finally:
                storing.flush()
            if not self._cancelled():
                self._drop_vanished(present, files)
                self._forget_unread(files)
                storing.restore_versions()
            embedding.finish(lambda: self._report(embedding))
        self._embed_left(embedding.passages)
        if not self._cancelled():
            self._library.note_rebuild(datetime.datetime.now(datetime.UTC).isoformat())
        self._library.tidy()
        return self._outcome

    def embed_waiting(self) -> int:
        """Give the encoder's vectors to every passage without; how many there were.

        In transactions of a group each, so that it can be interrupted and gone on with.
        """
        done = 0
        self._total = self._library.waiting(self._encoder.model.id)
        for count in self._embed_groups():
            done += count
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
            return self._take_missing_root(root, key, known)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "not a possible path"
            self._outcome.fail(key, f"{reason}; check its name and permissions")
            return False
        unseen: list[Path] = []
        unread: Counter[str] = Counter()
        found = {
            path_key(path): path
            for path in article_files(
                root,
                unseen=unseen.append,
                unread=lambda path: unread.update([path.suffix.lower()]),
            )
        }
        self._outcome.notes += [
            (key, f"{count} {suffix} passed over, which are not read; {ADVICE[suffix]}")
            for suffix, count in sorted(unread.items())
        ]
        for folder in unseen:
            self._unseen.append(path_key(folder))
            self._outcome.fail(
                path_key(folder),
                "this folder cannot be looked into; check its permissions "
                "(what was read from it before is kept)",
            )
        files.update(found)
        if is_folder and not found and not unseen:
            if known:
                # So does a disk look that is not mounted.
                self._outcome.fail(
                    key,
                    f"the folder has no articles any more; the {len(known)} files read from it "
                    "before are kept: drop them with --remove, if that is meant",
                )
                return False
            self._outcome.fail(
                key,
                "no articles in this folder; see docs/formats.md for what is read, or forget it "
                "with --remove",
            )
        self._library.add_root(key)
        return True

    def _take_missing_root(self, root: Path, key: str, known: list[str]) -> bool:
        if not known:
            self._library.drop_root(key)
            self._outcome.fail(key, say_not_there(root))
            return False
        if key in known:
            return True
        self._outcome.fail(
            key,
            "the folder is gone; its articles are kept: bring it back, or drop them with --remove",
        )
        return False

    def _name_columns(self, path: Path, columns: Mapping[str, str]) -> None:
        if path.is_dir():
            self._outcome.fail(
                path_key(path), "is a folder; --columns goes with the path of a file in it"
            )
            return
        self._library.remembered.name_columns(path_key(path), columns)

    def _drop_vanished(self, roots: Sequence[Path], files: dict[str, Path]) -> None:
        keys = [path_key(root) for root in roots]
        for path in self._library.paths():
            if path in files or not any(is_within(path, key) for key in keys):
                continue
            if any(is_within(path, folder) for folder in self._unseen):
                continue
            gone = list(self._library.files_digests(path))
            self._outcome.removed += self._library.remove(gone) if gone else 0
            if path in keys and gone:
                went = f"its {len(gone)} articles" if len(gone) > 1 else "its article"
                self._outcome.notes.append(
                    (path, f"the file is gone, and {went} with it; name it where it lies now")
                )
            self._library.forget_file(path)

    def _forget_unread(self, files: Mapping[str, Path]) -> None:
        """A file that never gave anything is not followed: it was told, and would be each time."""
        for root in set(self._library.roots()) & files.keys():
            if self._library.file(root) is None and not self._library.files_digests(root):
                self._library.drop_root(root)

    # --- reading

    def _tasks(self, files: Mapping[str, Path], named: set[str]) -> list[Task]:
        """The files to read: named, or not as they were when they were taken in."""
        known = self._library.files()
        counts = self._library.counts_of_files()
        tasks = []
        for key, path in files.items():
            if key in named or _differs(known.get(key), path):
                tasks.append(Task(key, path, self._library.remembered.columns(key) or None))
            else:
                self._outcome.unchanged += counts.get(key, 0)
        return tasks

    def _read(self, tasks: Sequence[Task], storing: Storing, embedding: Embedding) -> None:
        expected = {task.key: count_articles(task.path) for task in tasks}
        with Parsing(cancelled=self._cancelled, quiet=storing.flush) as parsing:
            for task, event in parsing.read(tasks):
                if self._cancelled():
                    return
                storing.take(task.key, event)
                if isinstance(event, Parsed):
                    expected[task.key] -= 1
                    self._done += 1
                elif isinstance(event, Ended | Unread):
                    # More or fewer articles than its lines promised.
                    self._done += expected.pop(task.key)
                self._report(embedding)

    def _fetch(self, source: Source, storing: Storing, embedding: Embedding) -> None:
        for key, event in source.read(self._library):
            if self._cancelled():
                return
            storing.take(key, event, keeps=source.keeps)
            if isinstance(event, Ended | Unread):
                storing.flush()  # What comes next may have to be waited for.
                self._done += 1
                self._total = max(self._total, self._done)
            self._report(embedding)

    # --- embedding

    def _embed_left(self, done: int) -> None:
        """What was too much to hold in memory, was left by a rebuild that was ended, or is being
        embedded by another; `done` are the passages embedded before."""
        if not self._embeds:
            return
        left = 0
        for groups, count in enumerate(self._embed_groups()):
            # Counting goes through all passages.
            left = left - count if groups % 256 else self._library.waiting(self._encoder.model.id)
            done += count
            self._progress(Progress(self._done, self._total, done, max(0, left)))

    def _embed_groups(self) -> Iterator[int]:
        """Embeds what waits, until nothing does; how many at a time."""
        model = self._encoder.model.id
        after = b""
        while not self._cancelled():
            # From where the last group ended: going through what is done already takes longer, in
            # a large library, than embedding. At the end once more, for what others brought.
            group = self._library.waiting_passages(model, GROUP_PASSAGES, after=after)
            if not group and not after:
                return
            after = group[-1][0] if group else b""
            if group:
                texts = [encoded_text(title, body) for _, title, body in group]
                rows = self._encoder.encode_passages(texts)
                digests = [digest for digest, _, _ in group]
                self._library.put_vectors(model, dict(zip(digests, rows, strict=True)))
                yield len(group)

    def _report(self, embedding: Embedding) -> None:
        self._progress(Progress(self._done, self._total, embedding.passages, embedding.left))


def _differs(known: KnownFile | None, path: Path) -> bool:
    return known is None or known != known_now(path)
