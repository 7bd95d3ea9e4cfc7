"""Progress: what a bar shows, and the line now and then where there is no terminal."""

from __future__ import annotations

import pytest

from embeddings.outcome import Progress
from qa import diagnostics
from qa.diagnostics import counted, reporting


def test_a_bar_counts_articles_and_then_the_passages_that_are_left() -> None:
    assert counted(Progress(3, 400, 0, 60), "articles") == (3, 400, "articles")
    assert counted(Progress(400, 400, 384, 8246), "articles") == (384, 8630, "passages")
    assert counted(Progress(400, 400, 8630, 0), "articles") == (400, 400, "articles")
    assert counted(Progress(5, 9, 5), "passages") == (5, 9, "passages")


def test_a_plain_line_tells_the_rate_of_embedding_and_the_time_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(diagnostics.time, "monotonic", lambda: now[0])
    with reporting("articles") as report:
        for second, progress in (
            (106.0, Progress(200, 400, 0, 500)),
            (110.0, Progress(400, 400, 0, 1000)),
            (112.0, Progress(400, 400, 100, 900)),
            (120.0, Progress(400, 400, 500, 500)),
        ):
            now[0] = second
            report(progress)
    first, second, third = capsys.readouterr().err.splitlines()
    assert first == "dateline: 200 of 400 articles, 0 passages, 500 to embed"
    assert second.endswith("100 passages, 900 to embed, 50 passages/s, about 18 s left")
    assert third.endswith("500 passages, 500 to embed, 50 passages/s, about 10 s left")
