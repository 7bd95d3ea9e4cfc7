"""Which article a person means by an id, or by as much of one as tells it from the others."""

from __future__ import annotations

from embeddings.errors import NotFound
from embeddings.library import Library

_MOST_NAMED = 4


def article_named(library: Library, name: str) -> str:
    """The whole id of the article that alone begins with the name.

    Raises `NotFound`, with those that do where there are several.
    """
    prefix = name.strip().casefold()
    with library.one_state():
        found = library.whole.ids(prefix) if prefix else []
    if name in found or len(found) == 1:
        return name if name in found else found[0]
    if not found:
        raise NotFound(f"there is no article {name!r} in the library; see --list")
    some = ", ".join([*found[:_MOST_NAMED], *["…"] * (len(found) > _MOST_NAMED)])
    raise NotFound(
        f"{len(found)} articles have ids that begin with {name!r} ({some}); write more of the one "
        "you mean"
    )
