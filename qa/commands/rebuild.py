"""``--rebuild`` and ``--model``: bringing the library in step with files and with a model."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.discovery import is_url
from embeddings.encoder import Encoder
from embeddings.feedlists import read_feed_list
from embeddings.library import Library, is_there
from embeddings.models import DEFAULT_MODEL, DEFAULT_PRECISION, ExportedModel, find_model
from embeddings.naming import article_named
from embeddings.places import Place
from embeddings.readers.metadata import parse_date
from embeddings.rebuild import Failure, Outcome, Rebuild, say_not_there
from embeddings.removal import is_tried_again
from embeddings.sources import Piped, Source
from qa.diagnostics import reporting, say
from qa.exitcodes import ExitCode
from qa.output import counted, one_line, write

if TYPE_CHECKING:
    from embeddings.bulk import Cluster

# In a terminal; a file that the messages go to has all of them.
MOST_FILES_SHOWN = 100
MOST_SHOWN_A_FILE = 3
# A record is named after its file: "articles.jsonl line 12".
_RECORD = re.compile(r" (?:line|row|record|letter|entry) \d+$")


def rebuild(
    folder: Place,
    paths: list[str] | None,
    *,
    model: str | None,
    feeds: str | None = None,
    columns: Mapping[str, str] | None = None,
    allow_private: bool = False,
    ray: str | None = None,
) -> ExitCode:
    """Take in the paths and addresses (None, and no feeds: only change the model), and say in one
    line what was done.

    With `ray`, the address of a Ray cluster or nothing for one on this machine, passages are
    embedded there.
    """
    # The model and the list before the library: a slip must not leave an empty library behind.
    wanted = None if model is None else find_model(model, precision=DEFAULT_PRECISION, say=say)
    addresses = [path for path in paths or [] if is_url(path)]
    files = [Path(path) for path in paths or [] if path != "-" and not is_url(path)]
    if feeds is not None:
        addresses += read_feed_list(Path(feeds))
    takes_in = paths is not None or feeds is not None
    names_some = bool(paths) or feeds is not None
    if takes_in and not names_some and wanted is None:
        Library(folder).close()  # With nothing known there is nothing to look at again.
    only_files = files and len(files) == len(paths or []) and not addresses
    if only_files and not is_there(folder) and not any(os.path.lexists(path) for path in files):
        # A slip of the pen in the very first rebuild must not make an empty library.
        missing = [Failure(str(path), say_not_there(path)) for path in files]
        return summarise(Outcome(failures=missing), 0, wanted)
    with _cluster(ray) as cluster, Library(folder, create=names_some) as library:
        current = current_model(library)
        outcome = None
        if takes_in:
            encoder = Encoder(current or wanted or find_model(DEFAULT_MODEL, say=say))
            if not names_some:
                addresses = [root for root in library.roots() if is_url(root)]
            sources = _sources(addresses, "-" in (paths or []), allow_private=allow_private)
            with reporting("articles") as report:
                outcome = Rebuild(
                    library, encoder, progress=report, embeds=cluster is None, joined=_say_joined
                ).run(
                    files,
                    sources=sources,
                    everything=not names_some,
                    columns=columns,
                )
        target = wanted or current_model(library)
        embedded = 0 if target is None else _embed(library, target, cluster)
        library.tidy()
        failures = [] if outcome is None else outcome.failures
        again = any(is_tried_again(library, failure.path) for failure in failures)
        return summarise(outcome, embedded, target, again=again)


def known_roots(library: Library) -> list[Path]:
    """The files and folders that were ever taken in."""
    return [Path(root) for root in library.roots() if not is_url(root)]


def correct(folder: Place, changes: Sequence[tuple[str, str]]) -> ExitCode:
    """``--set``: keep what a person says of articles, and search by it from now on."""
    with Library(folder) as library:
        # Found before any is changed: a slip in the last must not leave the first corrected.
        named = [(article_named(library, name), change) for name, change in changes]
        for article_id, change in named:
            field, _, value = change.partition("=")
            said = " ".join(value.split())
            if field.strip() == "published":
                said = parse_date(said) or ""
            library.correct(article_id, {field.strip(): said or None})
        current = current_model(library)
        if current is not None:
            _embed(library, current)
        library.tidy()
    write(f"{len(changes)} corrected\n")
    return ExitCode.ANSWERED


def _sources(addresses: Sequence[str], is_piped: bool, *, allow_private: bool) -> list[Source]:
    sources: list[Source] = []
    if is_piped:
        sources.append(Piped(sys.stdin.buffer))
    if addresses:
        from embeddings.fetch import Bounds
        from embeddings.fetch_polite import Guest
        from embeddings.web import Web

        sources.append(Web(addresses, Guest(Bounds(allow_private=allow_private))))
    return sources


def current_model(library: Library) -> ExportedModel | None:
    """The model whose vectors answer; None before the first article."""
    name = library.model_name
    if name is None:
        return None
    return find_model(name, precision=library.model_precision or DEFAULT_PRECISION, say=say)


def _cluster(address: str | None) -> AbstractContextManager[Cluster | None]:
    """The Ray cluster asked for. Before the library: what fails must leave none behind."""
    if address is None:
        return contextlib.nullcontext()
    from embeddings.bulk import Cluster

    return Cluster(address)


def _embed(library: Library, model: ExportedModel, cluster: Cluster | None = None) -> int:
    """Give every passage a vector of the model, then let the model answer; how many it took."""
    done = 0
    if library.waiting(model.id):
        if library.model not in (None, model.id):
            say(f"embedding the articles again with {model.name}; until then the old vectors serve")
        with reporting("passages") as report:
            if cluster is not None:
                done = cluster.embed(library, model, progress=report)
            else:
                done = Rebuild(library, Encoder(model), progress=report).embed_waiting()
    if library.model != model.id:
        library.set_model(
            model.id, name=model.name, precision=model.precision, dimension=model.dimension
        )
    return done


def summarise(
    outcome: Outcome | None,
    embedded: int,
    model: ExportedModel | None,
    *,
    again: bool = False,
    said: set[object] | None = None,
) -> ExitCode:
    """Say in one line what was done, and before it a line for each file that was not read.

    Where some will be read `again` by the next rebuild, how to be told of them no more. What is in
    `said` is told no more; what is told comes into it.
    """
    if outcome is None:
        name = "no model" if model is None else model.name
        write(f"{counted(embedded, 'passage')} embedded; {name} answers now\n")
        return ExitCode.ANSWERED
    said = set() if said is None else said
    _say_failures([failure for failure in outcome.failures if failure not in said])
    _say_notes([note for note in outcome.notes if note not in said])
    said.update(outcome.failures, outcome.notes)
    told = (
        f"{outcome.added} added, {outcome.changed} changed, {outcome.unchanged} unchanged, "
        f"{outcome.removed} removed, {len(outcome.failures)} failed"
    )
    if outcome.same:
        told += f"; {outcome.same} with the very text of another"
    if outcome.versions:
        told += (
            f"; {outcome.versions} near {'copy' if outcome.versions == 1 else 'copies'} of another"
        )
    if again:
        say(
            "what cannot be read is tried again by every --rebuild of its folder; "
            "dateline --remove PATH has it passed over until it changes"
        )
    write(one_line(told) + "\n")
    return ExitCode.SOME_UNREADABLE if outcome.failures else ExitCode.ANSWERED


def _say_joined(process: int) -> None:
    who = f" (process {process})" if process else ""
    say(f"another rebuild of this library is at work{who}; this one ends when all is embedded")


def _say_notes(notes: Sequence[tuple[str, str]]) -> None:
    """A line for each thing to be known, with the first file it is true of and how many more."""
    files_of: dict[str, list[str]] = {}
    for file, note in notes:
        files_of.setdefault(note, []).append(file)
    for note, files in islice(files_of.items(), MOST_FILES_SHOWN):
        more = f" and {len(files) - 1} more" if len(files) > 1 else ""
        say(f"{min(files)}{more}: {note}")


def _say_failures(failures: Sequence[Failure]) -> None:
    """A line for each file that was not read, and for the first records of one that was."""
    of_file: dict[str, list[Failure]] = {}
    for failure in failures:
        of_file.setdefault(_RECORD.sub("", failure.path), []).append(failure)
    most = MOST_FILES_SHOWN if sys.stderr.isatty() else len(of_file)
    for file, told in islice(of_file.items(), most):
        for failure in told[:MOST_SHOWN_A_FILE]:
            say(f"{failure.path}: {failure.reason}")
        if (more := len(told) - MOST_SHOWN_A_FILE) > 0:
            say(f"{file}: and {counted(more, 'more record')} that could not be read")
    if (more := len(of_file) - most) > 0:
        say(f"and {counted(more, 'more file')} that could not be read; 2>FILE lists them all")
