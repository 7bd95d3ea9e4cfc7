"""Removing what a person names: an article by its id, or all that came from a path."""

from __future__ import annotations

from pathlib import Path

from embeddings.discovery import is_url, is_within, path_key
from embeddings.errors import NotFound
from embeddings.library import Library


def remove_named(library: Library, name: str) -> int:
    """Remove the article with that id, or those of that file or folder; how many.

    Files stay known where a folder above them is still followed, so that the next rebuild
    does not bring back what was removed; naming a file to ``--rebuild`` does.
    Raises `NotFound` where nothing has that name.
    """
    if removed := library.remove([name], wholly=True):
        return removed
    key = name if is_url(name) else path_key(Path(name).expanduser())
    paths = [path for path in library.paths() if is_within(path, key)]
    roots = [root for root in library.roots() if is_within(root, key)]
    if not paths and not roots:
        raise NotFound(f"nothing in the library has the id or path {name!r}; see dateline --list")
    for root in roots:
        library.drop_root(root)
    still_followed = any(is_within(key, root) for root in library.roots())
    articles = [article_id for path in paths for article_id in library.files_digests(path)]
    removed = library.remove(articles)
    if not still_followed:
        for path in paths:
            library.forget_file(path)
    return removed
