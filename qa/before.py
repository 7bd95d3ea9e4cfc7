"""The turns of a conversation as a follow-up looks back at them: what was said, what is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa import ellipsis
from qa.answer import IN_FULL, Citation
from qa.engine import as_asked
from qa.past import Past
from qa.pointing import brings_more, is_of_pointed, pointing
from qa.polite import only_polite
from qa.unclear import leans_on_nothing

if TYPE_CHECKING:
    from qa.conversation import Turn

# What stands for the question where none was asked of the articles: it is no whole question.
_NO_QUESTION = "more"


@dataclass(frozen=True, slots=True)
class Shown:
    """The sentences shown last, as answers or as the nearest.

    `asked_as` is the last question asked of the articles, its short answer behind it. `goes_on`
    says that the last turn asked none: it went on with what was cited. `is_nearest` says that the
    sentences are but the nearest to a question that was refused: no answer, whatever is asked.
    """

    citations: tuple[Citation, ...] = ()
    asked_as: str = ""
    goes_on: bool = False
    is_nearest: bool = False


def shown_in(turns: Sequence[Turn], *, answered: bool = False) -> Shown:
    """What was shown last; with `answered`, of a turn that was answered, where there is one."""
    citations: tuple[Citation, ...] = ()
    is_nearest = False
    for turn in reversed(turns):
        refusal = turn.answer.refusal
        found = turn.answer.citations or (refusal.nearest if refusal and not answered else ())
        if found:
            citations = found
            # What has no date was cited all the same.
            is_nearest = not turn.answer.citations and not _is_pointed(turn)
            break
    if not citations and answered:
        return shown_in(turns)
    question = next((turn for turn in reversed(turns) if not _only_goes_on(turn)), None)
    asked = f"{question.answer.asked_as} {question.answer.short_answer or ''}" if question else ""
    return Shown(citations, asked, bool(turns) and _only_goes_on(turns[-1]), is_nearest)


def past_of(turns: Sequence[Turn]) -> list[Past]:
    """The turns that said something, oldest first."""
    said = [turn for turn in turns if not _asked_nothing(turn)]
    return [
        _past(turn) for turn in said if not _is_pointed(turn) or brings_more(turn.answer.asked_as)
    ]


def _past(turn: Turn) -> Past:
    answer = turn.answer
    asked, searched = as_asked(turn.question), answer.asked_as
    if _is_pointed(turn):
        asked = searched = _NO_QUESTION
    return Past(
        question=asked,
        asked_as=searched,
        short_answer=answer.short_answer,
        sentences=tuple(citation.text for citation in answer.citations),
        titles=tuple(dict.fromkeys(citation.title for citation in answer.citations)),
        article_ids=tuple(dict.fromkeys(c.article_id for c in answer.citations)),
        nearest=tuple(c.text for c in answer.refusal.nearest) if answer.refusal else (),
    )


def _asked_nothing(turn: Turn) -> bool:
    """Whether it pointed at what was not there, or asked nothing by itself: "the other one"."""
    asked, answer = as_asked(turn.question), turn.answer
    if answer.refusal is None or answer.asked_as != asked:
        return False
    if pointing(asked, ()) is not None:
        return True
    unclear = bool(answer.choices) or answer.refusal.reason.endswith(IN_FULL)
    leans = (
        ellipsis.empty(asked)
        or ellipsis.means_one_of_several(asked)
        or leans_on_nothing(asked)
        or only_polite(asked) is not None
    )
    return unclear and not answer.refusal.nearest and leans


def _is_pointed(turn: Turn) -> bool:
    """Whether it asked of what was cited, and nothing was searched."""
    answer = turn.answer
    return answer.asked_as != as_asked(turn.question) and is_of_pointed(answer.asked_as)


def _only_goes_on(turn: Turn) -> bool:
    return _is_pointed(turn) or ellipsis.wants_more(as_asked(turn.question))
