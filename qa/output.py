"""The only writer of stdout, which carries the answer alone; made safe for a terminal.

Article text is data (law 5): control characters, terminal escapes and bidirectional
overrides never reach the screen, whoever writes: `write` lets none through. JSON carries the
stored text itself, what a terminal would act on escaped. A citation's mark in an answer is ours;
what looks like one in an article's words is written ``\\[1]``.
"""

from __future__ import annotations

import datetime
import json
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from embeddings.records import Article, ArticleSummary
from qa.answer import CONTRACT_VERSION, IN_FULL, Answer, Citation, without_marks

if TYPE_CHECKING:
    from embeddings.sessions import SessionSummary

MOST_TITLE = 80

_BIDI = [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C]
_CONTROLS = [code for code in [*range(0x20), *range(0x7F, 0xA0)] if code not in (0x09, 0x0A)]
_HARMLESS: dict[int, str | None] = {
    **dict.fromkeys(_CONTROLS, "\N{REPLACEMENT CHARACTER}"),
    **dict.fromkeys(_BIDI),
    # Lone surrogates cannot be written; line separators would break a line on some screens.
    **dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}"),
    0x0D: None,
    0x2028: "\n",
    0x2029: "\n",
}

# What JSON may hold as it is, and a terminal would act on all the same.
_UNESCAPED = re.compile(f"[\x7f-\x9f\u2028\u2029\ud800-\udfff{''.join(map(chr, _BIDI))}]")


def printable(text: str) -> str:
    """The text with nothing in it that a terminal would act on; newlines and tabs stay."""
    return text.translate(_HARMLESS)


def one_line(text: str) -> str:
    """The text as one printable line, white space collapsed."""
    return " ".join(printable(text).split())


def write(text: str) -> None:
    """Write the text to stdout, whole, now, and nothing in it that a terminal would act on."""
    sys.stdout.write(printable(text))
    sys.stdout.flush()


def write_json(value: object) -> None:
    """Write one object as one line of JSON."""
    write(json_text(value) + "\n")


def json_text(value: object, *, indent: int | None = None) -> str:
    """The value in JSON that any terminal may show; on one line, unless indented.

    A lone surrogate, which UTF-8 cannot hold, becomes a question mark.
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _UNESCAPED.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return "?" if 0xD800 <= code < 0xE000 else f"\\u{code:04x}"


def quoted(text: str) -> str:
    """An article's words on one printable line, in which no mark of a citation can be forged."""
    return without_marks(one_line(text))


def answer_json(answer: Answer) -> dict[str, Any]:
    """The answer in the JSON contract of docs/json.md."""
    refusal = answer.refusal
    return {
        "version": CONTRACT_VERSION,
        "question": answer.question,
        "asked_as": answer.asked_as,
        "answered": answer.answered,
        "answer": answer.text,
        "short_answer": answer.short_answer,
        "confidence": answer.confidence,
        "refusal": refusal
        and {
            "reason": refusal.reason,
            "nearest": [citation_json(citation) for citation in refusal.nearest],
        },
        "citations": [citation_json(citation) for citation in answer.citations],
        "differing": list(answer.differing),
        "scope": answer.scope,
        "choices": [
            {"label": choice.label, "question": choice.question} for choice in answer.choices
        ],
        "timings_ms": dict(answer.timings_ms),
    }


def citation_json(citation: Citation) -> dict[str, Any]:
    """One citation in the JSON contract."""
    found = {name: getattr(citation, name) for name in Citation.__slots__}
    for name in ("short_answer", "speaker"):
        piece = found[name]
        found[name] = piece and {"start": piece.start, "end": piece.end, "text": piece.text}
    return found


def article_json(article: ArticleSummary) -> dict[str, Any]:
    """One line of ``--list --json``."""
    return {name: getattr(article, name) for name in ArticleSummary.__slots__}


def counted(number: int, noun: str) -> str:
    """The number and the noun, in the plural unless it is one."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def ended(said: str) -> str:
    """The words with a full stop, where they do not end in a question mark."""
    return said if said.endswith("?") else f"{said}."


def answer_text(answer: Answer) -> str:
    """The answer for a person: the sentences with their marks, then where each one stands."""
    if answer.is_unclear:
        return _choices_text(answer)
    if answer.refusal is not None:
        reason = ended(quoted(answer.refusal.reason))
        unclear = answer.refusal.reason.endswith(IN_FULL)  # Nothing was searched.
        lines = [
            *_heading(answer),
            f"{'Not clear' if unclear else 'Not in your articles'}: {reason}",
        ]
        if answer.choices:
            lines += ["", "Did you mean to ask:", "", *_choice_lines(answer)]
        if answer.refusal.nearest:
            lines += ["", "Nearest sentences, which do not answer it:"]
            for citation in answer.refusal.nearest:
                lines += ["", f"  {quoted(citation.text)}", f"    {place(citation)}"]
        return "\n".join(lines) + "\n"
    lines = _heading(answer)
    if lines:
        lines.append("")
    if answer.differing:
        apart = " ".join(f"[{number}]" for number in answer.differing)
        lines += [f"Your articles differ: {apart}", ""]
    for citation in answer.told:
        dated = f"{citation.published}: " if _differs(answer, citation) else ""
        lines.append(
            f"{dated}{quoted(citation.text)}{said_by(citation)} {answer.marks(citation.number)}"
        )
    lines.append("")
    lines += [f"[{citation.number}] {place(citation)}" for citation in answer.citations]
    return "\n".join(lines) + "\n"


def _heading(answer: Answer) -> list[str]:
    """What was searched, where it is not quite what was typed, and within which dates."""
    from qa.engine import as_asked

    lines = []
    if answer.asked_as != as_asked(answer.question):
        lines.append(f"(asked as: {quoted(answer.asked_as)})")
    if answer.scope:
        lines.append(f"({one_line(answer.scope)})")
    return lines


def _choices_text(answer: Answer) -> str:
    """Why it is not clear what is asked, and each thing it may mean as a question in full."""
    reason = quoted(answer.refusal.reason) if answer.refusal else "choose one"
    lines = [f"{reason[:1].upper()}{reason[1:]}:", "", *_choice_lines(answer)]
    return "\n".join(lines) + "\n"


def _choice_lines(answer: Answer) -> list[str]:
    return [
        f"  {number}. {quoted(choice.question)}" for number, choice in enumerate(answer.choices, 1)
    ]


def said_by(citation: Citation) -> str:
    """Who says the sentence, where a neighbouring one tells: `` — Jane Doe``; else nothing."""
    return f" — {quoted(citation.speaker.text)}" if citation.speaker else ""


def _differs(answer: Answer, citation: Citation) -> bool:
    return citation.number in answer.differing and citation.published is not None


def place(citation: Citation) -> str:
    """Where a citation stands, in one line: title, source, date, file or address, offsets."""
    page = None if citation.page is None else f"page {citation.page}"
    where = citation.url or citation.path
    said = [citation.title, citation.source, citation.published, where, page]
    known = ", ".join(quoted(part) for part in said if part)
    gone = "; gone: the article has since been removed or changed" if citation.gone else ""
    return f"{known} ({citation.article_id}:{citation.start}-{citation.end}){gone}"


def _cut(line: str) -> str:
    return line if len(line) <= MOST_TITLE else f"{line[: MOST_TITLE - 1]}…"


def session_lines(sessions: Sequence[SessionSummary]) -> str:
    """The sessions for a person, a line each: id, when it was last gone on with, questions."""
    lines = []
    for session in sessions:
        last = datetime.datetime.fromisoformat(session.last_at).astimezone()
        lines.append(
            f"{session.id}  {last:%Y-%m-%d %H:%M}  {session.turns:>3} "
            f"question{'s' if session.turns != 1 else ' '}  {_cut(one_line(session.title))}"
        )
    return "".join(line + "\n" for line in lines)


def known_of(article: Article) -> str:
    """What is known of an article beside its text, a line each."""
    dated = article.published
    if dated and article.published_from:
        dated += f" (from: {article.published_from})"
    rows = {
        "title": article.title,
        "date": dated,
        "source": article.source,
        "author": article.author,
        "language": article.language,
        "address": article.url,
        "file": article.path,
        "also in": ", ".join(article.places),
        "newer": article.newer,
        "older": ", ".join(article.older),
    }
    return "".join(f"{name:<9} {one_line(value)}\n" for name, value in rows.items() if value)


def article_lines(articles: Sequence[ArticleSummary]) -> str:
    """The articles for a person, a line each."""
    lines = []
    for article in articles:
        said = [article.title, article.source, article.author, article.url or article.path]
        known = ", ".join(one_line(part) for part in said if part)
        lines.append(f"{article.id}  {article.published or '----------'}  {known}")
    return "".join(line + "\n" for line in lines)
