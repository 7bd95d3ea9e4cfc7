"""Which key of a record is which field, by its name or as a person says, and its HTML."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from embeddings.errors import ArticleUnreadable
from embeddings.readers import BadRecord, Found, Note, read_file
from embeddings.records import Draft

SAID = "The ferry to Skerry was stopped on Monday. It runs again in May."


def found_in(
    folder: Path, name: str, record: dict[str, Any], columns: dict[str, str] | None = None
) -> list[Found]:
    path = folder / name
    line = json.dumps(record)
    path.write_text(f"[{line}]" if name.endswith(".json") else line + "\n", "utf-8")
    return list(read_file(path, columns))


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_which_keys_were_taken_is_told_where_they_are_called_otherwise(
    tmp_path: Path, name: str
) -> None:
    record = {"headline": "Ferry", "Body Text": SAID, "publishedAt": "2019-02-01", "url": ""}
    note, draft = found_in(tmp_path, name, record)
    assert note == Note(
        "published from “publishedAt”, text from “Body Text”, title from “headline”"
    )
    assert isinstance(draft, Draft)
    assert (draft.title, draft.text, draft.published) == ("Ferry", SAID, "2019-02-01")


def test_keys_that_are_called_as_ours_are_not_told(tmp_path: Path) -> None:
    found = found_in(tmp_path, "a.jsonl", {"title": "Ferry", "text": SAID})
    assert [type(each) for each in found] == [Draft]


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_a_key_that_is_told_goes_before_all_that_names_tell(tmp_path: Path, name: str) -> None:
    record = {"Kopf": "Ferry", "text": "A teaser.", "Saga": SAID, "Tag": "2021-04-04"}
    columns = {"text": "saga", "title": "Kopf", "published": "Tag"}
    note, draft = found_in(tmp_path, name, record, columns)
    assert note == Note("published from “Tag”, text from “Saga”, title from “Kopf”")
    assert isinstance(draft, Draft)
    assert (draft.title, draft.text, draft.published) == ("Ferry", SAID, "2021-04-04")


def test_a_key_told_for_one_field_is_no_other_field_as_well(tmp_path: Path) -> None:
    record = {"title": SAID, "name": "Ferry"}
    *_, draft = found_in(tmp_path, "a.jsonl", record, {"text": "title"})
    assert isinstance(draft, Draft)
    assert (draft.title, draft.text) == ("Ferry", SAID)


def test_a_record_without_a_known_key_says_what_it_has_and_what_to_do(tmp_path: Path) -> None:
    (bad,) = found_in(tmp_path, "a.jsonl", {"kop": "Ferry", "verhaal": SAID})
    assert isinstance(bad, BadRecord)
    assert "--columns text=KEY (it has kop, verhaal)" in bad.reason
    with pytest.raises(ArticleUnreadable, match=r"--columns text=KEY \(it has kop, verhaal\)"):
        found_in(tmp_path, "a.json", {"kop": "Ferry", "verhaal": SAID})
    (bad,) = found_in(tmp_path, "b.jsonl", {"kop": "Ferry", "verhaal": SAID}, {"text": "verhal"})
    assert isinstance(bad, BadRecord)
    assert bad.reason == "no text under “verhal” (it has kop, verhaal); fill it in"


def test_a_site_asked_for_its_posts_answers_with_articles(tmp_path: Path) -> None:
    post = {
        "id": 12,
        "date": "2022-05-04T08:00:00",
        "link": "https://skerry.example/a",
        "title": {"rendered": "Ferry &#8216;stopped&#8217;"},
        "content": {"rendered": "<p>The ferry to <b>Skerry</b> was stopped.</p>\n<p>Why?</p>"},
        "excerpt": {"rendered": "<p>The ferry</p>"},
    }
    *_, draft = found_in(tmp_path, "posts.json", post)
    assert isinstance(draft, Draft)
    assert draft.title == "Ferry ‘stopped’"
    assert draft.text == "The ferry to Skerry was stopped.\n\nWhy?"
    assert (draft.published, draft.url) == ("2022-05-04", "https://skerry.example/a")


@pytest.mark.parametrize(
    ("kept", "read"),
    [
        ("<p>Salt &amp; fish.</p><script>x()</script><p>Tea.</p>", "Salt & fish.\n\nTea."),
        ("Salt &amp; fish.", "Salt & fish."),
        ("One line.<br/>Another.", "One line.\nAnother."),
        # A share's ticker is no element, and a comparison no entity.
        ("Phillips <P> raised its price; Texaco <TX> & Sun <SUN> did too.", None),
        ("If a < b and b > c, then R&D; is & was.", None),
        ("AT&T said so; &c. was meant.", None),
    ],
)
@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
def test_html_in_a_field_is_read_and_what_only_looks_like_it_is_kept(
    tmp_path: Path, name: str, kept: str, read: str | None
) -> None:
    path = tmp_path / name
    quoted = kept.replace('"', '""')
    path.write_text(
        json.dumps({"text": kept}) if name == "a.jsonl" else f'title,text\nOne,"{quoted}"\n',
        "utf-8",
    )
    *_, draft = read_file(path)
    assert isinstance(draft, Draft)
    assert draft.text == (kept if read is None else read)


def test_a_row_without_text_says_so_by_its_columns_name(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"title,Story Text\nOne,{SAID}\nTwo,\n", "utf-8")
    bad = [found for found in read_file(path) if isinstance(found, BadRecord)]
    why = "no text in its column “Story Text”; fill it in, or name another with --columns text=NAME"
    assert bad == [BadRecord("row 3", why)]


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_a_told_key_that_no_record_has_is_told(tmp_path: Path, name: str) -> None:
    record = {"kop": "Ferry", "verhaal": SAID}
    columns = {"text": "verhaal", "title": "kopje", "author": "naam"}
    *_, last = found_in(tmp_path, name, record, columns)
    assert last == Note(
        "no record has a key “kopje” for title, “naam” for author; give --columns again with the "
        "file, as its keys are"
    )
    columns = {"text": "Verhaal", "title": "kop"}
    assert all("no record" not in str(found) for found in found_in(tmp_path, name, record, columns))
