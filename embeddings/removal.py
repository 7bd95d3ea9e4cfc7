"""Removing what a person names: an article by its id, or all that came from a path or an address.

What was removed stays out as long as what it came from is followed: files stay known as they are,
and addresses as fetched. Naming it to ``--rebuild`` brings it back.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

from embeddings.discovery import PIPED, article_files, is_url, is_within, path_key
from embeddings.errors import LibraryUnusable, NotFound
from embeddings.library import Library
from embeddings.parsing import known_now
from embeddings.records import KnownFile
from embeddings.remembered import Fetched


def remove_named(library: Library, name: str) -> int:
    """Remove the article with that id, or those of that file, folder or address; how many.

    A file that gave no article is passed over from now on, until it changes.
    Raises `NotFound` where nothing has that name.
    """
    key = key_of(library, name)
    if removed := library.remove([name], wholly=True):
        if not library.files_digests(key):
            library.drop_root(key)
            _leave_out(library, [key])
        return removed
    paths = [path for path in library.paths() if is_within(path, key)]
    roots = [root for root in library.roots() if is_within(root, key)]
    for root in roots:
        library.drop_root(root)
        library.remembered.forget_fetched(root)
    here = _files_now(name) if _is_followed(library, key) and not is_url(key) else {}
    if not paths and not roots and not here:
        raise NotFound(f"nothing in the library has the id or path {name!r}; see dateline --list")
    articles = [article_id for path in paths for article_id in library.files_digests(path)]
    removed = library.remove(articles)
    _leave_out(library, paths)
    library.put_files(list(here.items()))
    return removed


def key_of(library: Library, name: str) -> str:
    """The path or address that the article with that id came from, or else that the name is."""
    try:
        return library.article(name).path or name
    except (NotFound, LibraryUnusable):  # A damaged article can go as well.
        is_key = is_url(name) or name.startswith(PIPED)
        return name if is_key else path_key(Path(name).expanduser())


def way_back(library: Library, key: str, removed: int) -> str | None:
    """What to tell of a path or address of which so many articles were removed: that it stays
    out of what is followed, and how to bring it back. None where nothing would take it in again."""
    if not removed and is_url(key):
        return "it is not followed any more; --remove ID removes an article that came from it"
    if not _is_followed(library, key):
        return None
    until = "whatever feed lists it" if is_url(key) else "until it changes"
    back = f"dateline --rebuild {shlex.quote(key)}"
    return f"it stays out of the library {until}; to bring it back: {back}"


def is_tried_again(library: Library, path: str) -> bool:
    """Whether the file gave nothing, and the next rebuild reads it once more.

    Not one that gave articles beside what could not be read: they would go with it.
    """
    if not _is_followed(library, path) or library.files_digests(path):
        return False
    now = known_now(Path(path))
    return now is not None and Path(path).is_file() and library.file(path) != now


def kept_out(library: Library, folders: Sequence[str], files: Iterable[str]) -> set[str]:
    """Those of the files in the folders that are known and have no article: it was removed."""
    if not folders:
        return set()
    known = library.files().keys() - library.counts_of_files()
    return {
        file for file in known & set(files) if any(is_within(file, folder) for folder in folders)
    }


def kept_out_notes(
    library: Library, folders: Sequence[str], files: Iterable[str]
) -> list[tuple[str, str]]:
    """(folder, what to know of it) for each folder with something that stays out."""
    notes = []
    for folder in folders:
        if left := sorted(kept_out(library, [folder], files) - {folder}):
            count, them = (f"{len(left)} files", "them") if len(left) > 1 else ("a file", "it")
            notes.append(
                (
                    folder,
                    f"{count} without an article in the library, as after --remove; name {them} "
                    f"to take {them} in again ({left[0]}{', …' if len(left) > 1 else ''})",
                )
            )
    return notes


def _is_followed(library: Library, key: str) -> bool:
    """Whether a rebuild comes past it: it lies in a folder taken in, or a feed might list it."""
    roots = library.roots()
    return any(map(is_url, roots)) if is_url(key) else any(is_within(key, root) for root in roots)


def _leave_out(library: Library, paths: list[str]) -> None:
    for path in paths:
        if is_url(path):
            library.remembered.note_fetched(path, Fetched(None, None))
        elif not _is_followed(library, path):
            library.forget_file(path)


def _files_now(name: str) -> dict[str, KnownFile]:
    """What each file under the path is like now, by its key."""
    files = article_files(Path(name).expanduser(), unseen=lambda folder: None)
    known = ((path_key(path), known_now(path)) for path in files)
    return {key: now for key, now in known if now is not None}
