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
