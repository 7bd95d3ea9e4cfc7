"""From the parsed flags to what is done, and from whatever happens to an exit status."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from pathlib import Path

from embeddings.errors import ArticleUnreadable, DatelineError, NotFound
from embeddings.records import Filters
from qa import arguments as flags
from qa.diagnostics import say
from qa.exitcodes import ExitCode


def run(arguments: list[str] | None = None) -> int:
    """Do what the command line says; the exit status."""
    try:
        _replace_closed_streams()
        for stream in (sys.stdin, sys.stdout, sys.stderr):
            # Whatever the locale: answers are Unicode, and no character may end the process.
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(encoding="utf-8", errors="replace")
        return int(_dispatch(flags.parse(arguments)))
    except KeyboardInterrupt:
        say("interrupted; what was finished is kept")
        return int(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has gone, as `head` does. Let the exit flush go nowhere.
        _let_go_of_stdout()
        return int(ExitCode.ANSWERED)
    except (NotFound, ArticleUnreadable) as error:
        say(str(error))
        return int(ExitCode.USAGE)
    except DatelineError as error:
        say(str(error))
        return int(ExitCode.LIBRARY_UNUSABLE)
    except OSError as error:
        where = error.filename or "what dateline writes to"
        say(f"{error.strerror or error}: {where}; check it and try again")
        if error.filename is None:
            _let_go_of_stdout()
        return int(ExitCode.LIBRARY_UNUSABLE)


def _replace_closed_streams() -> None:
    """Python leaves None for a stream that was closed before it began, as ``>&-`` does."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            # Open as long as the process, as the stream in its place would be.
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115


def _let_go_of_stdout() -> None:
    """Let what is left unwritten go nowhere, or the exit would fail on it again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _dispatch(given: Namespace) -> ExitCode:
    if given.rebuild is not None or (given.model is not None and given.ask is None):
        from qa.commands import rebuild

        code = rebuild.rebuild(given.library, given.rebuild, model=given.model)
        if given.ask is None and given.ask_file is None:
            return code
    if given.ask is not None or given.ask_file is not None:
        from qa.commands import ask

        return ask.ask(
            given.library,
            question=given.ask,
            file=given.ask_file,
            filters=_filters(given),
            top=given.top,
            threshold=given.threshold,
            as_json=given.json,
        )
    if given.eval is not None:
        from qa.commands import evaluate

        return evaluate.evaluate(
            given.library,
            given.eval,
            filters=_filters(given),
            top=given.top,
            threshold=given.threshold,
            as_json=given.json,
        )
    from qa.commands import manage

    if given.list:
        return manage.list_articles(given.library, as_json=given.json)
    if given.show is not None:
        return manage.show(given.library, given.show, as_json=given.json)
    if given.remove is not None:
        return manage.remove(given.library, given.remove)
    if given.status:
        return manage.status(given.library, as_json=given.json)
    if given.doctor:
        from qa.commands import doctor

        return doctor.doctor(given.library, as_json=given.json)
    return _chat(given)


def _chat(given: Namespace) -> ExitCode:
    # Textual draws on stderr.
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        say('the chat needs a terminal; ask one question with dateline --ask "…"')
        return ExitCode.USAGE
    from qa.engine import DEFAULT_TOP
    from tui.app import run

    ended = run(given.library, filters=_filters(given), top=given.top or DEFAULT_TOP)
    # Textual has then shown what went wrong itself; 1 would mean a refusal.
    return ExitCode.LIBRARY_UNUSABLE if ended else ExitCode.ANSWERED


def _filters(given: Namespace) -> Filters:
    return Filters(given.since, given.until, given.source)
