"""A conversation: each question understood by what was said before; no screen, no terminal."""

from __future__ import annotations

import contextlib
import datetime
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from embeddings.errors import NotFound
from embeddings.records import Filters
from qa.answer import IN_FULL, Answer, Choice, Citation, Refusal
from qa.engine import DEFAULT_TOP, MOST_QUESTION_CHARACTERS, Engine, as_asked, check_question
from qa.glance import stands_alone
from qa.stages import Stage
from qa.standalone import Standalone

if TYPE_CHECKING:
    from qa.further import Further
    from qa.pointing import Pointing

CHOOSE = "choose one, or ask in full"
# How many turns back an article is still under discussion.
LAST = 3


@dataclass(frozen=True, slots=True)
class Turn:
    """A question as typed and its answer. `number` counts from 1; `asked_at` is ISO 8601, UTC."""

    number: int
    question: str
    answer: Answer
    asked_at: str


class Conversation:
    """Answers follow-up questions from one engine's library.

    `turns` are those of a session that goes on; `keep` is called with each turn as it ends.
    `session_id` is what the session is kept under, None where it is not kept.
    Not safe for threads: one question at a time.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        turns: Sequence[Turn] = (),
        keep: Callable[[Turn], None] = lambda turn: None,
        session_id: str | None = None,
    ) -> None:
        self.session_id = session_id
        self._engine = engine
        self._turns = list(turns)
        self._keep = keep

    @property
    def turns(self) -> tuple[Turn, ...]:
        return tuple(self._turns)

    def ask(
        self,
        question: str,
        *,
        as_written: bool = False,
        filters: Filters = Filters(),
        top: int = DEFAULT_TOP,
        threshold: float | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        watch: Callable[[Stage], None] = lambda stage: None,
    ) -> Answer:
        """The answer, a refusal, or a refusal with `choices` where it is unclear what is meant.

        `asked_as` is the question that was searched. With `as_written` nothing is added from
        the turns before. Raises what `Engine.ask` raises; a question that raised is no turn.
        """
        check_question(question)
        asked = as_asked(question)
        whole = self._understood(asked, as_written)
        if whole.unclear is not None:
            answer = Answer(
                question=question,
                asked_as=asked,
                citations=(),
                confidence=0.0,
                refusal=Refusal(f"{whole.unclear}; {CHOOSE if whole.choices else IN_FULL}"),
                choices=whole.choices,
                notice=self._engine.notice,
            )
        elif whole.pointing is not None:
            answer = self._pointed(question, whole.pointing, top)
        elif whole.more is not None:
            answer = self._more(question, whole, top, filters)
        else:
            found = self._engine.ask(
                whole.text,
                filters=filters,
                top=top,
                threshold=threshold,
                cancelled=cancelled,
                context=whole.context,
                preferred=whole.article_ids,
                watch=watch,
            )
            answer = self._that_tells(replace(found, question=question), whole, top, filters)
            if not answer.answered:
                offered = answer.choices or whole.choices
                answer = replace(answer, choices=_others(offered, asked, whole.text))
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        number = self._turns[-1].number + 1 if self._turns else 1
        turn = Turn(number, question, answer, now)
        self._turns.append(turn)
        self._keep(turn)
        return answer

    def _more(self, question: str, whole: Standalone, top: int, filters: Filters) -> Answer:
        """Further sentences of the articles last cited, or a refusal where there are none."""
        from qa.further import further

        cited = [turn.answer.citations for turn in self._turns]
        found = further(
            self._engine.library, cited, about=whole.more or "", most=top, filters=filters
        )
        if found is None or not found.titles:
            reason = f"{_why_not(found)}; {IN_FULL}"
        else:
            titles = ", ".join(f"“{title}”" for title in found.titles)
            reason = f"all that {titles} says has been cited"
        citations = found.citations if found is not None else ()
        return Answer(
            question=question,
            asked_as=whole.text,
            citations=citations,
            confidence=float(bool(citations)),
            refusal=None if citations else Refusal(reason),
            scope=filters.in_words or None,
            notice=self._engine.notice,
        )

    def _pointed(self, question: str, asked_of: Pointing, top: int) -> Answer:
        """What is told of what was cited, or a refusal where nothing is known of it."""
        from qa.before import shown_in
        from qa.pointed import beginning, pointed

        library = self._engine.library
        of_article = asked_of.what == "summary" and asked_of.number is None
        shown = shown_in(self._turns, answered=of_article)
        citations, nearest = shown.citations, shown.is_nearest
        if not citations or (nearest and of_article and self._engine.article_count == 1):
            # The one article there is.
            citations = beginning(library, self._engine.articles()[0].id, top)
            nearest = False
        found = pointed(
            library, asked_of, citations, question=question, most=top, are_nearest=nearest
        )
        refused = found.refused is not None
        return Answer(
            question=question,
            asked_as=as_asked(found.asked_as),
            citations=() if refused else found.citations,
            confidence=float(not refused),
            refusal=Refusal(found.refused, found.citations) if found.refused else None,
            scope=found.known,
            notice=self._engine.notice,
        )

    def _that_tells(self, found: Answer, whole: Standalone, top: int, filters: Filters) -> Answer:
        """What was found; where anything at all about something was asked for, what names it."""
        if found.answered:
            return found
        from qa.further import telling_of
        from qa.nouns import SAID_ABOUT

        said = SAID_ABOUT.match(whole.text)
        if said is None:
            return found
        citations = telling_of(
            self._engine.library,
            said[1],
            preferred=whole.article_ids,
            most=top,
            filters=filters,
        )
        if not citations:
            return found
        return replace(found, citations=citations, confidence=1.0, refusal=None, choices=())

    def nearest_by_words(
        self, question: str, *, as_written: bool = False, filters: Filters = Filters()
    ) -> Sequence[Citation]:
        """What a word search finds for the question at once: no answer, no turn, not kept."""
        from qa.quick import nearest_by_words

        whole = self._understood(as_asked(question), as_written)
        if whole.unclear is not None or whole.more is not None or whole.pointing is not None:
            return ()
        return nearest_by_words(self._engine.library, whole.text, filters=filters)

    def _understood(self, asked: str, as_written: bool) -> Standalone:
        if _is_too_long(asked):
            return Standalone(asked)  # It is refused, whatever it may mean.
        if as_written or (not self._turns and stands_alone(asked)):
            return Standalone(asked)
        from qa.before import past_of, shown_in
        from qa.followups import in_context, standalone
        from qa.pointing import as_plain, pointing
        from qa.which_one import chosen, is_a_number

        past = past_of([turn for turn in self._turns if not _is_too_long(turn.question)])
        offered = self._turns[-1].answer.choices if self._turns else ()
        if (choice := chosen(as_plain(asked), offered)) is not None:
            return in_context(choice.question, past)
        if offered and is_a_number(as_plain(asked)):
            return Standalone(asked, offered, f"no choice has the number “{as_plain(asked)}”")
        shown = shown_in(self._turns)
        found = pointing(asked, shown.citations, shown.asked_as, goes_on=shown.goes_on)
        if found is not None and (shown.citations or self._engine.article_count == 1):
            return Standalone(asked, pointing=found)
        if found is not None and found.is_plain:
            return Standalone(asked, unclear="nothing was cited yet that it could mean")
        return standalone(asked, past, told=self._told)

    def _told(self, word: str) -> bool:
        """Whether an article cited in the last turns has the word, in whatever form."""
        from qa.history import stem

        begins = re.compile(rf"\b{re.escape(stem(word).removesuffix('y'))}", re.IGNORECASE)
        cited = [c.article_id for turn in self._turns[-LAST:] for c in turn.answer.citations]
        for article_id in dict.fromkeys(cited):
            with contextlib.suppress(NotFound):  # It was removed since.
                article = self._engine.article(article_id)
                if begins.search(article.title) or begins.search(article.text):
                    return True
        return False


def _others(choices: Sequence[Choice], *asked: str) -> tuple[Choice, ...]:
    """Those of the choices that ask something else than was asked."""
    known = {_bare(question) for question in asked}
    return tuple(choice for choice in choices if _bare(choice.question) not in known)


def _bare(question: str) -> str:
    return question.casefold().rstrip("?!. ")


def _why_not(found: Further | None) -> str:
    """Why nothing could be read on in."""
    if found is None or not found.removed:
        return "the articles cited before are not of the dates and source asked for"
    titles = ", ".join(f"“{title}”" for title in found.removed)
    are = "were" if len(found.removed) > 1 else "was"
    return f"{titles}, cited before, {are} removed since"


def _is_too_long(question: str) -> bool:
    return len(question) > MOST_QUESTION_CHARACTERS
