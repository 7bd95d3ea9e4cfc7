"""Folders as people have them: saved pages with their pictures, old documents, names of wget's."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from embeddings.discovery import article_files
from embeddings.errors import ArticleUnreadable
from embeddings.readers import SUFFIXES, is_supported, read_file
from embeddings.readers.other_kinds import ADVICE

Dateline = Callable[..., "subprocess.CompletedProcess[str]"]
STORY = "The council voted on Monday to close the old ferry, the mayor said in the town hall. " * 3
PAGE = f"<html><body><article><h1>Ferry</h1><p>{STORY}</p></article></body></html>"


def put(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PAGE)


def found(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in article_files(folder, unseen=lambda path: pytest.fail(str(path)))
    }


@pytest.mark.parametrize(
    "beside",
    ["Ferry_files", "ferry-Dateien", "Ferry_fichiers", "Ferry_archivos", "Ferry_bestanden"],
)
def test_what_a_browser_saved_beside_a_page_is_no_article(tmp_path: Path, beside: str) -> None:
    put(tmp_path, "Ferry.html", f"{beside}/advertisement.html", f"{beside}/more/frame.htm")
    assert found(tmp_path) == {"Ferry.html"}


def test_a_folder_of_that_name_without_a_page_is_a_folder(tmp_path: Path) -> None:
    put(tmp_path, "case_files/a.html", "case.txt", "my_files/b.html", "other.html")
    assert found(tmp_path) == {"case_files/a.html", "case.txt", "my_files/b.html", "other.html"}


@pytest.mark.parametrize("name", ["story.html?page=2", "a.HTM?x=1&y=2.php"])
def test_a_page_is_read_under_the_name_that_an_address_gave_it(tmp_path: Path, name: str) -> None:
    put(tmp_path, name)
    assert found(tmp_path) == {name}
    (draft,) = read_file(tmp_path / name)
    assert "ferry" in draft.text


@pytest.mark.parametrize("name", ["who won?", "what?.exe", "?", "a.exe?b.exe"])
def test_other_names_with_question_marks_are_not(name: str) -> None:
    assert not is_supported(Path(name))


def test_a_question_may_be_a_files_name() -> None:
    assert is_supported(Path("Who won? Who lost?.txt"))


def test_no_kind_is_both_read_and_not_read() -> None:
    assert not ADVICE.keys() & SUFFIXES
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in ADVICE)


def test_documents_that_are_not_read_are_told_with_what_to_do(
    dateline: Dateline, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    put(folder, "a.html", "b/old.doc", "b/older.DOC", "table.xlsx", "picture.jpg", "code.py")
    done = dateline("--library", tmp_path / "library", "--rebuild", folder)
    assert (done.returncode, done.stdout.partition(",")[0]) == (0, "1 added")
    told = [line for line in done.stderr.splitlines() if "passed over" in line]
    assert told == [
        f"dateline: {folder}: 2 .doc passed over, which are not read; "
        "save it as .docx, .odt or .txt",
        f"dateline: {folder}: 1 .xlsx passed over, which are not read; save it as .csv",
    ]


@pytest.mark.parametrize(
    ("name", "advice"),
    [("a.doc", "save it as .docx"), ("a.opml", "--feeds"), ("a", "--rebuild -"), ("a.b", ".txt")],
)
def test_a_named_file_that_is_not_read_says_what_to_do(
    tmp_path: Path, name: str, advice: str
) -> None:
    put(tmp_path, name)
    with pytest.raises(ArticleUnreadable, match=advice):
        list(read_file(tmp_path / name))


def test_a_mailbox_of_bad_letters_takes_a_few_lines(dateline: Dateline, tmp_path: Path) -> None:
    (tmp_path / "a.mbox").write_bytes(b"From x\n\n" * 400)
    for number in range(120):
        (tmp_path / f"empty{number:03}.txt").write_bytes(b"")
    done = dateline("--library", tmp_path / "library", "--rebuild", tmp_path)
    assert done.returncode == 4
    lines = [line for line in done.stderr.splitlines() if ".mbox" in line]
    assert len(lines) == 4
    assert lines[-1].endswith("a.mbox: and 397 more records that could not be read")
    empty = [line for line in done.stderr.splitlines() if "is empty" in line]
    assert len(empty) == 120, "not to a terminal: each file has its line"
