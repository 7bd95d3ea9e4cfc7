"""``--rebuild`` and ``--model``: bringing the library in step with files and with a model."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from embeddings.encoder import Encoder
from embeddings.library import Library, database_path
from embeddings.models import DEFAULT_MODEL, DEFAULT_PRECISION, ExportedModel, find_model
from embeddings.rebuild import NOT_THERE, Failure, Outcome, Rebuild
from qa.diagnostics import reporting, say
from qa.exitcodes import ExitCode
from qa.output import one_line, write

MOST_FAILURES_SHOWN = 100
MOST_SHOWN_A_FILE = 3


def rebuild(folder: Path, paths: list[str] | None, *, model: str | None) -> ExitCode:
    """Take in the paths (None: only change the model) and say in one line what was done."""
    # The model before the library: a misspelt name must not leave an empty library behind.
    wanted = None if model is None else find_model(model, precision=DEFAULT_PRECISION, say=say)
    if paths is not None and not paths and wanted is None:
        Library(folder).close()  # With nothing known there is nothing to look at again.
    if paths and not database_path(folder).exists() and not any(Path(p).exists() for p in paths):
        # A slip of the pen in the very first rebuild must not make an empty library.
        return _summarise(Outcome(failures=[Failure(p, NOT_THERE) for p in paths]), 0, wanted)
    with Library(folder, create=bool(paths)) as library:
        current = _current_model(library)
        outcome = None
        if paths is not None:
            encoder = Encoder(current or wanted or find_model(DEFAULT_MODEL, say=say))
            with reporting("articles") as report:
                outcome = Rebuild(library, encoder, progress=report).run(
                    [Path(path) for path in paths]
                )
        target = wanted or current
        embedded = 0 if target is None else _embed(library, target)
        library.tidy()
        return _summarise(outcome, embedded, target)


def _current_model(library: Library) -> ExportedModel | None:
    name = library.model_name
    if name is None:
        return None
    return find_model(name, precision=library.model_precision or DEFAULT_PRECISION, say=say)


def _embed(library: Library, model: ExportedModel) -> int:
    """Give every passage a vector of the model, then let the model answer; how many it took."""
    done = 0
    if library.waiting(model.id):
        if library.model not in (None, model.id):
            say(f"embedding the articles again with {model.name}; until then the old vectors serve")
        with reporting("passages") as report:
            done = Rebuild(library, Encoder(model), progress=report).embed_waiting()
    if library.model != model.id:
        library.set_model(
            model.id, name=model.name, precision=model.precision, dimension=model.dimension
        )
    return done


def _summarise(outcome: Outcome | None, embedded: int, model: ExportedModel | None) -> ExitCode:
    if outcome is None:
        name = "no model" if model is None else model.name
        write(f"{embedded} passages embedded; {name} answers now\n")
        return ExitCode.ANSWERED
    shown: Counter[str] = Counter()
    for failure in outcome.failures:
        # A record is named after its file: "articles.jsonl line 12".
        file = failure.path.partition(" line ")[0]
        shown[file] += 1
        if shown[file] <= MOST_SHOWN_A_FILE and shown.total() <= MOST_FAILURES_SHOWN:
            say(f"{failure.path}: {failure.reason}")
    for file, count in shown.items():
        if count > MOST_SHOWN_A_FILE:
            say(f"{file}: and {count - MOST_SHOWN_A_FILE} more records that could not be read")
    if (more := shown.total() - MOST_FAILURES_SHOWN) > 0:
        say(f"and {more} more that could not be read")
    counted = (
        f"{outcome.added} added, {outcome.changed} changed, {outcome.unchanged} unchanged, "
        f"{outcome.removed} removed, {len(outcome.failures)} failed"
    )
    if outcome.failures:
        first = outcome.failures[0]
        counted += f" ({first.path}: {first.reason}{', …' if len(outcome.failures) > 1 else ''})"
    write(one_line(counted) + "\n")
    return ExitCode.SOME_UNREADABLE if outcome.failures else ExitCode.ANSWERED
