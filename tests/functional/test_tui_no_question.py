"""What is no question is told in the chat as on the command line, and is no turn of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from driving import ask, chat_of, settle, shown

from embeddings.library import Library
from qa.engine import MOST_QUESTION_CHARACTERS, CannotAsk, check_question
from tui.app import DatelineApp


@pytest.mark.parametrize("question", ["👻", "w" * (MOST_QUESTION_CHARACTERS + 1)], ids=len)
async def test_what_is_no_question_is_told_and_not_called_missing(
    app: DatelineApp, library: Path, question: str
) -> None:
    with pytest.raises(CannotAsk) as told:
        check_question(question)
    with Library(library) as before:
        kept = before.sessions.summaries()
    async with app.run_test(size=(180, 60)) as pilot:
        await settle(pilot)
        await ask(pilot, question)
        said = " ".join(" ".join(shown(chat_of(app))).split())
        assert str(told.value) in said
        assert "Not in your articles" not in said
    with Library(library) as after:
        assert after.sessions.summaries() == kept
