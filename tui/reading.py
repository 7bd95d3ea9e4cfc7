"""What an article is opened for: a citation of an answer, or itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.answer import Citation
from qa.conversation import Turn


@dataclass(frozen=True, slots=True)
class Reading:
    """The article, and, where it was cited, ``citations[index]`` of the answer to `question`.

    `is_answer` is false where the citations are a refusal's nearest.
    """

    article_id: str
    citations: tuple[Citation, ...] = ()
    index: int = 0
    question: str = ""
    is_answer: bool = True

    @property
    def citation(self) -> Citation | None:
        return self.citations[self.index] if self.citations else None

    def turned(self, by: int) -> Reading | None:
        """The next or the previous citation of the same answer, where there is one."""
        index = self.index + by
        if not 0 <= index < len(self.citations):
            return None
        article_id = self.citations[index].article_id
        return Reading(article_id, self.citations, index, self.question, self.is_answer)


def elsewhere(article_id: str, turns: Sequence[Turn]) -> Sequence[Reading]:
    """Where else in the conversation the article answered, the latest first."""
    found = []
    for turn in reversed(turns):
        citations = turn.answer.citations
        for index, citation in enumerate(citations):
            if citation.article_id == article_id:
                found.append(Reading(article_id, citations, index, turn.question))
                break
    return found
