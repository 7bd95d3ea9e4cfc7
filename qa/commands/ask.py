"""``--ask`` and ``--ask-file``: questions in, answers out, the models loaded once."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.places import Place
from embeddings.records import Filters
from qa.diagnostics import say, say_lines
from qa.engine import DEFAULT_TOP, CannotAsk, Engine, check_question
from qa.exitcodes import ExitCode
from qa.output import MOST_TITLE, answer_json, answer_text, one_line, write, write_json
from qa.timeline import Timeline, process_began, waterfall

if TYPE_CHECKING:
    from qa.conversation import Conversation

MOST_STDIN_BYTES = 1_000_000


def ask(
    library: Place,
    *,
    question: str | None,
    file: str | None,
    filters: Filters,
    top: int | None,
    threshold: float | None,
    as_json: bool,
    resume: str | None = None,
    new: bool = False,
    save: bool = True,
    as_written: bool = False,
    timings: bool = False,
) -> ExitCode:
    """Answer the question, or each line of the file; `REFUSED` where any was refused.

    What is no question is said and not answered, and the status is `USAGE`; the other lines of
    a file are answered all the same.

    A question starts a session, or with `resume` goes on with one. The lines of a file are
    each a question of its own, unless `resume` or `new` makes them a conversation. With
    `timings`, where the time went is said after the last answer.
    """
    began = process_began()
    timeline = Timeline(began)
    timeline.add("Python and imports", began, time.perf_counter())
    if file is not None:
        questions: Iterator[str] = _lines(file)
    else:
        assert question is not None
        text = _standard_input() if question == "-" else question
        if not text.strip():
            say("there is no question on standard input; write one there")
            return ExitCode.USAGE
        try:
            # Before the models: nobody waits a second for a slip of the hand.
            check_question(text)
        except CannotAsk as error:
            say(str(error))
            return ExitCode.USAGE
        questions = iter([text])
    if file not in (None, "-") and (Path(str(file)).is_dir() or not Path(str(file)).exists()):
        say(f"there is no file {one_line(str(file))}; give one question a line in a text file")
        return ExitCode.USAGE
    engine = Engine(library, say=say, timeline=timeline)
    try:
        if engine.notice:
            say(engine.notice)
        talk: Conversation | None = None
        if file is None or new or resume is not None:
            # While the models load, which need the processor and not Python.
            from qa.sessions import open_conversation

            talk = open_conversation(engine, resume=resume, new=new, save=save)
        code, number = ExitCode.ANSWERED, -1
        for number, asked in enumerate(questions):
            try:
                if talk is None:
                    answer = engine.ask(
                        asked, filters=filters, top=top or DEFAULT_TOP, threshold=threshold
                    )
                else:
                    answer = talk.ask(
                        asked,
                        as_written=as_written,
                        filters=filters,
                        top=top or DEFAULT_TOP,
                        threshold=threshold,
                    )
            except CannotAsk as error:
                say(f"question {number + 1} (“{_beginning(asked)}”): {error}")
                code = ExitCode.USAGE
                continue
            begun = time.perf_counter()
            if as_json:
                write_json({**answer_json(answer), "session": talk and talk.session_id})
            else:
                heading = f"{chr(10) * bool(number)}> {one_line(asked)}\n\n" if file else ""
                write(heading + answer_text(answer))
            timeline.add("write", begun, time.perf_counter())
            if not answer.answered and code is ExitCode.ANSWERED:
                code = ExitCode.REFUSED
        if number < 0:
            say(f"there is no question in {_called(file)}; write one a line")
            return ExitCode.USAGE
        if timings:
            say_lines(waterfall(timeline.spans()))
        return code
    finally:
        engine.close()


def _called(file: str | None) -> str:
    return "standard input" if file == "-" else one_line(str(file))


def _beginning(question: str) -> str:
    line = one_line(question)
    return line if len(line) <= MOST_TITLE else f"{line[: MOST_TITLE - 1]}…"


def _standard_input() -> str:
    return sys.stdin.read(MOST_STDIN_BYTES)


def _lines(file: str) -> Iterator[str]:
    if file == "-":
        yield from (line for line in sys.stdin if line.strip())
        return
    with Path(file).open(encoding="utf-8-sig", errors="replace") as lines:
        yield from (line.rstrip("\n") for line in lines if line.strip())
