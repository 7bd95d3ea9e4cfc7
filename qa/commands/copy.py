"""``--copy``: all of one library into another, between folders and servers."""

from __future__ import annotations

from embeddings.copying import copy_library
from embeddings.library import Library
from embeddings.places import Place
from qa.diagnostics import reporting, say
from qa.exitcodes import ExitCode
from qa.output import counted, one_line, write


def copy(source: Place, target: Place) -> ExitCode:
    """Bring every article, session and correction of `source` into `target`."""
    if source == target:
        say("both are the same library; name another to copy to")
        return ExitCode.USAGE
    # The source first: a slip must not leave an empty library behind.
    with (
        Library(source) as given,
        Library(target, create=True) as taking,
        reporting("articles") as report,
    ):
        copied = copy_library(given, taking, progress=report)
    if copied.parted_sessions:
        say(
            f"{copied.parted_sessions} sessions went on in both libraries and differ; each library "
            "keeps its own"
        )
    write(
        one_line(
            f"{counted(copied.articles, 'article')} copied, {copied.same_articles} there already; "
            f"{counted(copied.sessions, 'session')} copied, {copied.same_sessions} there already"
        )
        + "\n"
    )
    return ExitCode.ANSWERED
