"""What is piped in has no name: its bytes tell its kind."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path

import pytest
import samples

from embeddings.readers import read_file
from embeddings.readers.sniffing import suffix_of
from embeddings.records import Draft


@pytest.mark.parametrize("suffix", sorted(samples.whole()))
def test_a_file_of_each_format_is_told_by_its_bytes(suffix: str, tmp_path: Path) -> None:
    content = samples.whole()[suffix]
    for packed, end in ((content, ""), (gzip.compress(content), ".gz")):
        if end and suffix in (".zip", ".tar"):
            continue
        path = tmp_path / f"piped{suffix_of(packed)}"
        path.write_bytes(packed)
        found = [draft for draft in read_file(path) if isinstance(draft, Draft)]
        assert found, f"{suffix} was taken for {path.suffixes}"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_is_told_by_its_first_row(delimiter: str, tmp_path: Path) -> None:
    rows = [
        ["Headline", "Date", "Body"],
        ["Bridge opens", "2018-11-12", f'"The bridge{delimiter} they said, opened.\nIt is old."'],
        ["Ferry ends", "2018-11-13", "The ferry has sailed for the last time."],
        ["Ford stays", "2018-11-14", "The ford stays as it is."],
    ]
    table = "\r\n".join(delimiter.join(row) for row in rows).encode()
    for content in (table, b"\xef\xbb\xbf" + table, gzip.compress(table)):
        path = tmp_path / f"piped{suffix_of(content)}"
        path.write_bytes(content)
        found = [draft for draft in read_file(path) if isinstance(draft, Draft)]
        assert [draft.title for draft in found] == ["Bridge opens", "Ferry ends", "Ford stays"]
        assert found[0].published == "2018-11-12"


@pytest.mark.parametrize(
    "text",
    [
        "Title, date, text\n\nThese are what a record of an article needs, said the keeper.",
        "Body, title\nThe bridge, which is old, and the ferry, which is older, were sold.",
        "Author, title\nJane Doe, The Ford\n",
        "Text",
        "Headline, body",
    ],
)
def test_prose_with_commas_is_no_table(text: str) -> None:
    assert suffix_of(text.encode()) == ".txt"


def test_a_packed_archive_is_one() -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"))
    assert suffix_of(made.getvalue()) == ".tar.gz"
    assert suffix_of(gzip.decompress(made.getvalue())) == ".tar"


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        (b'{"text": "one line"}', ".json"),
        (b'{"text": "one line"}\n', ".json"),
        (b'{"text": "a"}\n\n{"text": "b"}\n', ".jsonl"),
        (b'{\n"text": "a"}\n', ".json"),
        (b'[{"text": "a"},\n{"text": "b"}]', ".json"),
        (b"\x1f\x8b no more", ".txt.gz"),
        (b"", ".txt"),
    ],
)
def test_json_is_told_from_json_lines_and_what_is_damaged_has_some_kind(
    content: bytes, suffix: str
) -> None:
    assert suffix_of(content) == suffix
