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
    if given.rebuild is not None or given.feeds or (given.model is not None and given.ask is None):
        from qa.commands import rebuild

        code = rebuild.rebuild(
            given.library,
            given.rebuild,
            model=given.model,
            feeds=given.feeds,
            columns=given.columns,
            allow_private=given.allow_private_addresses,
            ray=given.ray,
        )
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
            resume=given.resume,
            new=given.new,
            save=not given.no_save,
            as_written=given.as_written,
            timings=given.timings,
        )
    if given.watch is not None:
        from qa.commands import watch

        return watch.watch(given.library, given.watch)
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
    if given.copy is not None:
        from qa.commands import copy

        return copy.copy(*given.copy)
    if given.backup is not None or given.restore is not None:
        from qa.commands import keep

        if given.backup is not None:
            return keep.back_up(given.library, given.backup)
        return keep.restore(given.library, given.restore)
    if given.sessions or given.export is not None or given.remove_session is not None:
        return _tend_sessions(given)
    from qa.commands import manage

    if given.list:
        return manage.list_articles(given.library, as_json=given.json)
    if given.show is not None:
        return manage.show(given.library, given.show, as_json=given.json, full=given.full)
    if given.set is not None:
        from qa.commands import rebuild

        return rebuild.correct(given.library, given.set)
    if given.remove is not None:
        return manage.remove(given.library, given.remove)
    if given.status:
        return manage.status(given.library, as_json=given.json)
    if given.doctor:
        from qa.commands import doctor

        return doctor.doctor(given.library, as_json=given.json, repair=given.repair)
    if given.serve:
        return _serve(given)
    return _chat(given)


def _serve(given: Namespace) -> ExitCode:
    from qa.commands import serve

    arguments = serve.chat_arguments(
        given.library,
        since=given.since,
        until=given.until,
        source=given.source,
        top=given.top,
        resume=given.resume,
        new=given.new,
        no_save=given.no_save,
    )
    return serve.serve(
        arguments,
        host=given.host or serve.DEFAULT_HOST,
        port=serve.DEFAULT_PORT if given.port is None else given.port,
        i_know=given.i_know,
    )


def _tend_sessions(given: Namespace) -> ExitCode:
    from qa.commands import sessions

    if given.sessions:
        return sessions.list_sessions(given.library, as_json=given.json)
    if given.export is not None:
        return sessions.export(given.library, *given.export, as_json=given.json)
    return sessions.remove(given.library, given.remove_session)


def _chat(given: Namespace) -> ExitCode:
    if "TEXTUAL_DRIVER" not in os.environ:  # Where --serve has opened this chat, to a browser.
        streams = {"standard input": sys.stdin, "standard output": sys.stdout}
        others = [name for name, stream in streams.items() if not stream.isatty()]
        if others:
            say(
                f"the chat needs a terminal, and {' and '.join(others)} "
                f"{'are' if len(others) > 1 else 'is'} none; ask one question with "
                'dateline --ask "…"'
            )
            return ExitCode.USAGE
        if not sys.stderr.isatty():
            # Textual draws on it. What is sent elsewhere, as by 2>log, are the notices alone.
            setattr(sys, "__stderr__", sys.__stdout__)  # noqa: B010 - it is typed as final.
    from qa.engine import DEFAULT_TOP
    from tui.app import run

    resume = given.resume
    if resume is not None:
        from qa.commands import sessions

        # Said here, where no screen hides it, if there is no such session.
        resume = sessions.find(given.library, resume)
    ended = run(
        given.library,
        filters=_filters(given),
        top=given.top or DEFAULT_TOP,
        resume=resume,
        new=given.new,
        save=not given.no_save,
    )
    # Textual has then shown what went wrong itself; 1 would mean a refusal.
    return ExitCode.LIBRARY_UNUSABLE if ended else ExitCode.ANSWERED


def _filters(given: Namespace) -> Filters:
    return Filters(given.since, given.until, given.source)
