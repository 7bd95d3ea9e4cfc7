"""A session as a file for others to read: Markdown or JSON, every citation in full.

Article text is data (law 5): in Markdown it is escaped and quoted, so that no article can forge
a heading, a link, HTML, or the mark of a citation, which alone are set in bold.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from embeddings import durable
from embeddings.errors import DatelineError
from qa.answer import CONTRACT_VERSION, IN_FULL, Answer, Citation
from qa.conversation import Turn
from qa.engine import as_asked
from qa.output import answer_json, ended, json_text, one_line
from qa.sessions import Session

MARKDOWN, JSON = ".md", ".json"
GONE = "gone: the article has since been removed or changed"

# All that CommonMark and GitHub's dialect read as markup anywhere in a line; $ begins formulas.
_ANYWHERE = re.compile(r"[\\`*_{}\[\]<>&|~#$^]")
# What only begins a block, or a link that is not written as one.
_AT_START = re.compile(r"^(|\d+(?=[.)]))([-+=:.)])")
_BARE_LINK = re.compile(r"(?<=[a-z])(:)(?=//)|(?<=www)(\.)|(@)", re.IGNORECASE)
_WEB_ADDRESS = re.compile(r"https?://[!#-;=?-\[\]_a-z~]+", re.IGNORECASE)


class CannotExport(DatelineError):
    """The file that was named cannot be what is written."""


def check_file(file: Path) -> None:
    """Raises `CannotExport` where the session could not be written there."""
    if file.suffix.casefold() not in (MARKDOWN, JSON):
        raise CannotExport(f"{file} ends neither in {MARKDOWN} nor in {JSON}; name one that does")
    if file.exists() or file.is_symlink():
        raise CannotExport(f"{file} is there already; name another file, or remove it first")
    if not file.parent.is_dir():
        raise CannotExport(f"there is no folder {file.parent}; make it first")


def write_session(session: Session, file: Path) -> None:
    """Write the session to a new file, whole or not at all, as its ending says.

    Raises `CannotExport`, or `OSError` where the disk refuses.
    """
    check_file(file)
    if file.suffix.casefold() == JSON:
        text = json_text(session_json(session), indent=2) + "\n"
    else:
        text = session_markdown(session)
    try:
        # What was asked and quoted is the person's own, as the library is, until they share it.
        with durable.passing(file, anew=True) as passing:
            passing.write_text(text, "utf-8", errors="replace")
    except FileExistsError as error:
        raise CannotExport(f"{file} is there already; name another file") from error
    except OSError as error:
        if error.errno in durable.NOT_ALLOWED and error.filename == str(file):
            raise CannotExport(
                f"{file} cannot be written ({error.strerror}); name a file in another folder"
            ) from error
        raise


def session_json(session: Session) -> dict[str, Any]:
    """The session in the JSON contract of docs/json.md."""
    return {
        "version": CONTRACT_VERSION,
        "session": session.id,
        "title": session.title,
        "started_at": session.started_at,
        "last_at": session.last_at,
        "turns": [_turn_json(turn) for turn in session.turns],
    }


def _turn_json(turn: Turn) -> dict[str, Any]:
    answer = answer_json(turn.answer)
    # A kept answer no longer knows how long it took.
    del answer["version"], answer["timings_ms"]
    return {"number": turn.number, "asked_at": turn.asked_at, **answer}


def session_markdown(session: Session) -> str:
    """The session as Markdown; ends in a newline."""
    count = len(session.turns)
    name = "A session that is not kept" if session.id is None else f"Session {escaped(session.id)}"
    blocks = [
        f"# {escaped(session.title)}",
        f"{name} with Dateline, {_time(session.started_at)} to "
        f"{_time(session.last_at)}, {count} question{'s' * (count != 1)}. Every quoted sentence "
        "is the article's own; offsets count characters of the article's stored text.",
    ]
    for turn in session.turns:
        blocks += [f"## {turn.number}. {escaped(turn.question)}", *_answer(turn.answer)]
        asked = f"Asked {_time(turn.asked_at)}"
        sure = f"; confidence {turn.answer.confidence:.2f}" if turn.answer.answered else ""
        blocks.append(f"{asked}{sure}.")
    return "\n\n".join(blocks) + "\n"


def _answer(answer: Answer) -> list[str]:
    blocks = []
    if answer.asked_as != as_asked(answer.question):
        blocks.append(f"Asked as: {escaped(answer.asked_as)}")
    if answer.notice:
        blocks.append(f"Note: {escaped(answer.notice)}")
    if answer.scope:
        blocks.append(f"({escaped(answer.scope)})")
    if answer.is_unclear:
        assert answer.refusal is not None
        choices = "\n".join(
            f"{number}. {escaped(choice.question)}"
            for number, choice in enumerate(answer.choices, 1)
        )
        return [*blocks, f"Not answered: {ended(escaped(answer.refusal.reason))}", choices]
    if answer.refusal is not None:
        unclear = answer.refusal.reason.endswith(IN_FULL)
        no = "Not answered:" if unclear else "**Not in the articles:**"
        blocks.append(f"{no} {ended(escaped(answer.refusal.reason))}")
        if answer.refusal.nearest:
            blocks.append("Nearest sentences, which do not answer it:")
        return blocks + _citations(answer.refusal.nearest, marked=False)
    if answer.short_answer:
        blocks.append(f"Short answer: {escaped(answer.short_answer)}")
    if answer.differing:
        apart = " ".join(f"**[{number}]**" for number in answer.differing)
        blocks.append(f"The articles differ: {apart}")
    return blocks + _citations(answer.citations, marked=True)


def _citations(citations: Sequence[Citation], *, marked: bool) -> list[str]:
    blocks = []
    for citation in citations:
        quote = f"> {escaped(citation.text)}"
        if citation.speaker:
            quote += f"\n>\n> — {escaped(citation.speaker.text)}"
        mark = f"**[{citation.number}]** " if marked else ""
        blocks += [quote, mark + _place(citation, marked=marked)]
    return blocks


def _place(citation: Citation, *, marked: bool) -> str:
    said = [citation.title, citation.source, citation.published]
    known = [escaped(part) for part in said if part]
    if citation.url:
        is_plain = _WEB_ADDRESS.fullmatch(citation.url)
        known.append(f"<{citation.url}>" if is_plain else escaped(citation.url))
    elif citation.path:
        known.append(escaped(citation.path))
    if citation.page is not None:
        known.append(f"page {citation.page}")
    known.append(
        f"article {escaped(citation.article_id)}, characters {citation.start} to {citation.end}"
    )
    if marked and citation.same_as is not None:
        known.append(f"says the same as **[{citation.same_as}]**")
    if citation.gone:
        known.append(f"**{GONE}**")
    return ", ".join(known)


def escaped(text: str) -> str:
    """The text as one line of Markdown that shows exactly it, and does nothing."""
    line = _ANYWHERE.sub(r"\\\g<0>", one_line(text))
    line = _BARE_LINK.sub(r"\\\g<0>", line)
    return _AT_START.sub(r"\1\\\2", line)


def _time(moment: str) -> str:
    """An ISO moment in UTC for a person, to the minute."""
    return f"{escaped(moment[:16]).replace('T', ' ')} UTC"
