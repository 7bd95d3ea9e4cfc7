"""The vectors, by model and by the digest of what was embedded, and the record of what went.

A passage remembers the revision it came with, and a removed one leaves a row in `removals`, so
that whoever holds an older picture (a FAISS snapshot, a running chat) can catch up by what came
after it instead of starting again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from embeddings.catalog.connection import Connection
from embeddings.catalog.values import as_bytes, as_int

# In a library of a million passages, looking for each one's vector reads gigabytes. So it is noted
# up to which revision every passage has one, and that no vector is without a passage.
WHOLE_UNTIL = "whole_until"
_SWEPT = "swept"


class Vectors(Connection):
    """Vectors stored, found missing, and told to those who follow."""

    def known_digests(self, model: str, digests: Sequence[bytes]) -> set[bytes]:
        """Which of the digests have a vector of that model already."""
        known: set[bytes] = set()
        for at in range(0, len(digests), 500):
            some = digests[at : at + 500]
            marks = ",".join("?" * len(some))
            rows = self.all_rows(
                f"SELECT digest FROM vectors WHERE model = ? AND digest IN ({marks})",
                (model, *some),
            )
            known.update(as_bytes(row[0]) for row in rows)
        return known

    def passages_without_vector(
        self, model: str, limit: int, *, after: bytes = b""
    ) -> list[tuple[bytes, str, str]]:
        """(digest, title, text) of up to `limit` passages the model has not embedded yet, in the
        order of their digests, of those `after` one."""
        revision, digest, since = self._since(model)
        rows = self.all_rows(
            f"""SELECT p.digest, a.title, p.body
               FROM passages p JOIN articles a ON a.number = p.article
               WHERE {revision} > ? AND {digest} > ? AND NOT EXISTS
                   (SELECT 1 FROM vectors v WHERE v.model = ? AND v.digest = p.digest)
               GROUP BY {digest} ORDER BY {digest} LIMIT ?""",
            (since, after, model, limit),
        )
        return [(as_bytes(digest), str(title), str(body)) for digest, title, body in rows]

    def count_without_vector(self, model: str) -> int:
        revision, _, since = self._since(model)
        row = self.one_row(
            f"""SELECT count(DISTINCT p.digest) FROM passages p WHERE {revision} > ? AND NOT EXISTS
               (SELECT 1 FROM vectors v WHERE v.model = ? AND v.digest = p.digest)""",
            (since, model),
        )
        assert row is not None
        return as_int(row[0])

    def _since(self, model: str) -> tuple[str, str, int]:
        """How the revision and the digest of ``passages p`` are to be named, so that SQLite goes
        by the index of the one that leaves out more; and after which revision vectors may lack."""
        revision, _, noted = (self.meta(WHOLE_UNTIL) or "").partition(" ")
        if revision and noted == model:
            return "p.revision", "+p.digest", int(revision)
        return "+p.revision", "p.digest", 0

    def _note_whole(self) -> None:
        """Note up to where every passage has its vector, where all have."""
        with self.reading():
            model, revision = self.meta("model"), self.revision()
            if model is None or self.count_without_vector(model):
                return
        with self.writing():
            if self.meta("model") == model:
                self._set_meta(WHOLE_UNTIL, f"{revision} {model}")

    def put_vectors(self, model: str, vectors: Iterable[tuple[bytes, bytes]]) -> None:
        """Store (digest, float32 bytes) pairs in one transaction.

        Where the model is the one that answers, the passages count as changed, so that
        whoever holds an older picture takes their vectors in.
        """
        pairs = list(vectors)
        with self.writing() as revision:
            self._put_vectors(model, pairs)
            if self.meta("model") == model:
                changed = self._database.executemany(
                    "UPDATE passages SET revision = ? WHERE digest = ?",
                    ((revision, digest) for digest, _ in pairs),
                ).rowcount
                if changed < len(pairs):
                    self._set_meta(_SWEPT, "")

    def _put_vectors(self, model: str, vectors: Iterable[tuple[bytes, bytes]]) -> None:
        self._database.executemany(
            "INSERT OR IGNORE INTO vectors (model, digest, vector) VALUES (?, ?, ?)",
            ((model, digest, vector) for digest, vector in vectors),
        )

    def switch_model(self, model: str, *, name: str, precision: str, dimension: int) -> None:
        """Make `model` the one that answers, and let every other model's vectors go."""
        with self.writing() as revision:
            self._set_meta("model", model)
            self._set_meta("model_name", name)
            self._set_meta("model_precision", precision)
            self._set_meta("dimension", str(dimension))
            self._set_meta("model_since", str(revision))
            self.forget_whole()
            self._database.execute("DELETE FROM vectors WHERE model <> ?", (model,))

    def sweep(self) -> None:
        """Let go of vectors that no passage has any more, and note what is whole."""
        if not self.meta(_SWEPT):
            with self.writing():
                self._database.execute(
                    "DELETE FROM vectors WHERE digest NOT IN (SELECT digest FROM passages)"
                )
                self._set_meta(_SWEPT, "1")
        self._note_whole()

    def forget_whole(self) -> None:
        """Forget that all passages had their vectors. Within a transaction."""
        self._set_meta(WHOLE_UNTIL, "")

    def _leave_unswept(self) -> None:
        """Note that passages went, and perhaps not their vectors. Within a transaction."""
        self._set_meta(_SWEPT, "")

    def vectors_since(self, model: str, revision: int) -> Iterator[tuple[int, bytes]]:
        """(passage id, float32 bytes) of the passages that came after the revision."""
        # In the order of the table where all of it is wanted; else by the index of revisions.
        order = "+p.id" if revision else "p.id"
        with self._errors():
            cursor = self._database.execute(
                f"""SELECT p.id, v.vector FROM passages p CROSS JOIN vectors v
                   WHERE p.revision > ? AND v.model = ? AND v.digest = p.digest
                   ORDER BY {order}""",
                (revision, model),
            )
            for passage_id, vector in cursor:
                yield int(passage_id), bytes(vector)

    def vectors_of(self, model: str, passage_ids: Sequence[int]) -> dict[int, bytes]:
        """The float32 bytes of those of up to some hundred passages that have a vector, by id."""
        marks = ",".join("?" * len(passage_ids))
        # CROSS JOIN: SQLite else goes through all vectors of the model.
        rows = self.all_rows(
            f"""SELECT p.id, v.vector FROM passages p CROSS JOIN vectors v
                WHERE p.id IN ({marks}) AND v.model = ? AND v.digest = p.digest""",
            (*passage_ids, model),
        )
        return {as_int(passage_id): as_bytes(vector) for passage_id, vector in rows}

    def vectors_of_article(self, model: str, article_id: str) -> dict[bytes, bytes]:
        """The float32 bytes of the article's passages, by digest."""
        rows = self.all_rows(
            """SELECT v.digest, v.vector FROM articles a JOIN passages p ON p.article = a.number
               JOIN vectors v ON v.model = ? AND v.digest = p.digest WHERE a.id = ?""",
            (model, article_id),
        )
        return {as_bytes(digest): as_bytes(vector) for digest, vector in rows}

    def note_snapshot(self, revision: int, stamp: bytes) -> None:
        """Note the snapshot of that stamp, and drop the record of removals it has caught up with.

        Not where another has noted a later one meanwhile, which lacks what this one would replay.
        """
        with self.writing():
            if revision >= int(self.meta("removals_from") or 0):
                self._set_meta("removals_from", str(revision))
                self._set_meta("snapshot", stamp.hex())
                self._database.execute("DELETE FROM removals WHERE revision <= ?", (revision,))

    def notes(self, stamp: bytes) -> bool:
        """Whether a snapshot of that stamp is the noted one, or none has been noted yet."""
        return self.meta("snapshot") in (None, stamp.hex())

    def removals_since(self, revision: int) -> list[int]:
        rows = self.all_rows("SELECT passage FROM removals WHERE revision > ?", (revision,))
        return [as_int(row[0]) for row in rows]

    def passage_ids(self) -> set[int]:
        return {as_int(row[0]) for row in self.all_rows("SELECT id FROM passages")}
