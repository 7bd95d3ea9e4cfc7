"""All of one library into another, a folder's or a server's, with nothing embedded again.

Articles go one by one, each whole, so that an interruption leaves what was finished and the next
copy goes on; what is there already and the same is passed over. Nothing is removed.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from embeddings.errors import LibraryUnusable, NotFound
from embeddings.kinship import Link
from embeddings.library import Library
from embeddings.likeness import sketch
from embeddings.outcome import Progress
from embeddings.records import Article, Draft
from embeddings.remembered import Fetched

# Putting one article may set another's versions anew, once: so no more rounds than this.
_MOST_ROUNDS = 3


@dataclass(slots=True)
class Copied:
    """What was done: articles and sessions that came, and were the same already; sessions that
    have gone on differently in each and stayed as they were."""

    articles: int = 0
    same_articles: int = 0
    sessions: int = 0
    same_sessions: int = 0
    parted_sessions: int = 0


def copy_library(
    source: Library,
    target: Library,
    *,
    progress: Callable[[Progress], None] = lambda progress: None,
) -> Copied:
    """Bring all that is in `source` into `target`. Raises `LibraryUnusable`.

    Where `target` has articles already, both must be of one model.
    """
    copied = Copied()
    with source.one_state():
        _take_model(source, target)
        _copy_articles(source, target, copied, progress)
        there = set(target.whole.places())
        for place in source.whole.places():
            if place not in there:
                target.put_place(place[0], place[1], path=place[2], sha256=place[3])
        _copy_memory(source, target)
        known = target.files()
        target.put_files([(p, k) for p, k in source.files().items() if known.get(p) != k])
        for root in source.roots():
            target.add_root(root)
        _copy_sessions(source, target, copied)
        rebuilt_at = source.status().rebuilt_at
    if rebuilt_at is not None:
        target.note_rebuild(rebuilt_at)
    target.tidy()
    return copied


def _take_model(source: Library, target: Library) -> None:
    model = source.model
    if model is None or target.model == model:
        return
    if target.model is not None:
        raise LibraryUnusable(
            f"the library at {target.folder} has vectors of {target.model} and the one at "
            f"{source.folder} of {model}; bring both to one model with --model first"
        )
    target.set_model(
        model,
        name=source.model_name or model,
        precision=source.model_precision or "",
        dimension=source.dimension,
    )


def _copy_articles(
    source: Library, target: Library, copied: Copied, progress: Callable[[Progress], None]
) -> None:
    ids = source.whole.article_ids()
    came: set[str] = set()
    for _ in range(_MOST_ROUNDS):
        changed = False
        for done, article_id in enumerate(ids, 1):
            if _copy_article(source, target, article_id):
                came.add(article_id)
                changed = True
            progress(Progress(done, len(ids), done))
        if not changed:
            break
    copied.articles, copied.same_articles = len(came), len(ids) - len(came)


def _copy_article(source: Library, target: Library, article_id: str) -> bool:
    """Put the article where it is not there, or other; whether it was put."""
    article = source.article(article_id)
    windows = source.whole.windows(article_id)
    model = source.model or ""
    vectors = source.whole.vectors(model, article_id)
    try:
        is_same = (
            _own(target.article(article_id)) == _own(article)
            and target.whole.windows(article_id) == windows
            and not target.without_vectors(model, list(vectors))
        )
    except NotFound:
        is_same = False
    if is_same:
        return False
    fields = {field.name for field in dataclasses.fields(Draft)} - {"key", "full"}
    target.put_article(
        article_id,
        Draft(
            **{name: getattr(article, name) for name in fields},
            full=source.full_text(article_id),
        ),
        path=article.path or "",
        sha256=article.sha256,
        sentences=source.sentences(article_id),
        windows=windows,
        vectors=vectors,
        model=model,
        link=Link(sketch(article.text), newer=article.newer),
    )
    return True


def _own(article: Article) -> Article:
    """The article without what others say of it."""
    # A server's text holds no zero byte; see postgres.connection.
    text, title = (part.replace("\0", "\ufffd") for part in (article.text, article.title))
    return dataclasses.replace(article, text=text, title=title, places=(), older=())


def _copy_memory(source: Library, target: Library) -> None:
    corrections: dict[str, dict[str, str | None]] = defaultdict(dict)
    for article_id, field, value in source.whole.corrections():
        corrections[article_id][field] = value or None
    for article_id, said in corrections.items():
        target.remembered.correct(article_id, said)
    columns: dict[str, dict[str, str]] = defaultdict(dict)
    for path, field, name in source.whole.columns():
        columns[path][field] = name
    for path, named in columns.items():
        target.remembered.name_columns(path, named)
    for url, etag, modified in source.whole.fetched():
        if target.remembered.fetched(url) != Fetched(etag, modified):
            target.remembered.note_fetched(url, Fetched(etag, modified))


def _copy_sessions(source: Library, target: Library, copied: Copied) -> None:
    # The one last gone on with comes last, and so is the latest there, too.
    for session in reversed(source.sessions.summaries()):
        turns = source.sessions.turns(session.id)
        there = target.sessions.turns(session.id)
        if turns[: len(there)] != there:
            copied.parted_sessions += 1
            continue
        for turn in turns[len(there) :]:
            target.sessions.add_turn(
                session.id, title=session.title, asked_at=turn.asked_at, body=turn.body
            )
        if len(turns) > len(there):
            copied.sessions += 1
        else:
            copied.same_sessions += 1
