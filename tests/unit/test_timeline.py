"""Where the time goes: stages kept with their begin and end, and drawn to scale."""

from __future__ import annotations

import subprocess
import sys
import time

from qa.timeline import Span, Timeline, waterfall


def test_stages_come_in_the_order_of_their_beginnings_in_milliseconds_of_the_origin() -> None:
    timeline = Timeline(origin=10.0)
    timeline.add("search", 10.5, 10.75)
    timeline.add("open", 10.0, 10.25)
    assert timeline.spans() == (Span("open", 0.0, 250.0), Span("search", 500.0, 750.0))


def test_a_stage_that_fails_is_kept_too() -> None:
    timeline = Timeline()
    try:
        with timeline.span("load"):
            raise OSError
    except OSError:
        pass
    assert [span.stage for span in timeline.spans()] == ["load"]


def test_bars_are_drawn_to_one_scale() -> None:
    lines = waterfall([Span("a", 0.0, 100.0), Span("bb", 50.0, 200.0)]).splitlines()
    assert lines[1].startswith("a        0    100    100  " + "#" * 20)
    assert lines[2].startswith("bb      50    200    150  " + " " * 10 + "#" * 30)
    assert waterfall([]) == ""


def test_a_stage_of_no_length_still_shows() -> None:
    assert waterfall([Span("a", 0.0, 100.0), Span("b", 100.0, 100.0)]).endswith("#")


def test_the_process_began_before_python_ran_a_line() -> None:
    code = (
        "import time; first = time.perf_counter(); time.sleep(0.3);"
        "from qa.timeline import process_began; print(first - process_began())"
    )
    begun = time.perf_counter()
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    whole_s = time.perf_counter() - begun
    # To a hundredth of a second, which is all that the platform keeps.
    assert -0.02 <= float(ran.stdout) <= whole_s
