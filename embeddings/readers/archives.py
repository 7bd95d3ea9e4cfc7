"""Archives (ZIP, TAR, GZ) of anything else that is read: nothing is ever unpacked into a folder.

Members are read one at a time from a stream, within an allowance of bytes; a member's name is a
label and no path, so none can lead out of the archive.
"""

from __future__ import annotations

import gzip
import posixpath
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from embeddings.errors import ArticleUnreadable
from embeddings.readers.bad_record import BadRecord
from embeddings.readers.cleaning import clean_line
from embeddings.readers.guard import guarded
from embeddings.readers.note import Note
from embeddings.readers.opening import show_path
from embeddings.readers.pulse import beat
from embeddings.readers.spool import Allowance, Overblown, spooled
from embeddings.records import Draft

MAX_MEMBERS = 100_000
MAX_DEPTH = 3
ARCHIVE_SUFFIXES = frozenset((".zip", ".tar", ".tgz", ".gz"))
_UNPACK = "unpack it yourself and give the folder"
_NOT_A_FILE = "a link or a device, which are not followed; give the file itself"
Found = Draft | BadRecord | Note


def read_zip(stream: BinaryIO, path: Path) -> Iterator[Found]:
    """The articles of every file in the archive that is read; bad members are told."""
    size = _size_of(stream, path)
    count = 0
    with guarded(path, "ZIP archive", _UNPACK), zipfile.ZipFile(stream) as archive:
        infos = archive.infolist()
        _refuse_many(len(infos), path)
        allowance = Allowance(size)
        for info in infos:
            name = clean_line(info.filename)
            if info.is_dir() or not _is_wanted(name):
                continue
            count += 1
            if complaint := _complaint(name) or _complaint_of(info):
                yield BadRecord(name, complaint)
                continue
            try:
                packed = archive.open(info)
            except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
                yield BadRecord(name, f"cannot be unpacked ({clean_line(str(error))}); {_UNPACK}")
                continue
            with packed:
                yield from _read_member(packed, allowance, path, name)
    _refuse_empty(count, path)


def read_tar(stream: BinaryIO, path: Path) -> Iterator[Found]:
    """As `read_zip`, for tar archives, packed or not, read as a stream."""
    size = _size_of(stream, path)
    count = seen = 0
    with (
        guarded(path, "TAR archive", _UNPACK),
        tarfile.open(fileobj=stream, mode="r|*", errorlevel=0) as archive,
    ):
        allowance = Allowance(size)
        for member in archive:
            beat()
            seen += 1
            _refuse_many(seen, path)
            # What is passed over has to be unpacked as well.
            allowance.take(0 if member.isreg() and _is_wanted(member.name) else member.size, path)
            name = clean_line(member.name)
            if member.isdir() or not _is_wanted(name):
                continue
            count += 1
            complaint = _complaint(name)
            packed = archive.extractfile(member) if member.isreg() and not complaint else None
            if packed is None:
                yield BadRecord(name, complaint or _NOT_A_FILE)
                continue
            yield from _read_member(packed, allowance, path, name)
    _refuse_empty(count, path)


def read_gz(stream: BinaryIO, path: Path) -> Iterator[Found]:
    """The file that was packed, by the name that is left without ``.gz``."""
    from embeddings.readers import read_part

    size = _size_of(stream, path)
    name = path.stem
    if _depth(path) > MAX_DEPTH:
        raise _too_deep(path)
    with (
        guarded(path, "gzip file", _UNPACK),
        gzip.open(stream) as packed,
        spooled(packed, Allowance(size), path) as whole,
    ):
        for draft in read_part(whole, path.with_name(name), "", told_by=path):
            if isinstance(draft, BadRecord) and not draft.where:
                raise ArticleUnreadable(f"{show_path(path)} {draft.reason}")
            yield draft


def _read_member(packed: IO[bytes], allowance: Allowance, path: Path, name: str) -> Iterator[Found]:
    """The member's articles; what is wrong with it is told, and the next one's turn comes."""
    from embeddings.readers import read_part

    beat()
    inner = path / PurePosixPath(name)
    if inner.suffix.lower() in ARCHIVE_SUFFIXES and _depth(inner) > MAX_DEPTH:
        yield BadRecord(name, f"an archive more than {MAX_DEPTH} deep; {_UNPACK}")
        return
    # Unpacking fails here where the member is damaged: this member's loss alone.
    try:
        with guarded(inner, "member", _UNPACK), spooled(packed, allowance, path) as whole:
            yield from read_part(whole, inner, name)
    except Overblown:
        raise
    except ArticleUnreadable as error:
        yield BadRecord(name, str(error).removeprefix(f"{show_path(inner)} "))


def _complaint(name: str) -> str | None:
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or parts[0][1:2] == ":":
        return "its name leads out of the archive; unpack it yourself, if that is meant"
    return None


def _complaint_of(info: zipfile.ZipInfo) -> str | None:
    if info.flag_bits & 1:
        return "encrypted; unpack it yourself"
    # As archives made on Unix say it; others leave nothing there.
    kind = stat.S_IFMT(info.external_attr >> 16)
    return _NOT_A_FILE if kind not in (0, stat.S_IFREG) else None


def _is_wanted(name: str) -> bool:
    """Whether a folder's walk would read a file of that name: known, and not hidden."""
    from embeddings.readers import is_supported

    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    return bool(parts) and not hidden and is_supported(Path(posixpath.basename(parts[-1])))


def _depth(path: Path) -> int:
    """How many archives lie around the innermost file: two in "a.zip/b.tar.gz" and "b.gz.gz"."""
    depth = 0
    for part in path.parts:
        name = part.lower()
        while (suffix := posixpath.splitext(name)[1]) in ARCHIVE_SUFFIXES:
            name = (
                name.removesuffix(".tar.gz") if name.endswith(".tar.gz") else name[: -len(suffix)]
            )
            depth += 1
    return depth


def _size_of(stream: BinaryIO, path: Path) -> int:
    size = stream.seek(0, 2)
    stream.seek(0)
    if not size:
        raise ArticleUnreadable(f"{show_path(path)} is empty; save the archive again")
    return size


def _refuse_many(count: int, path: Path) -> None:
    if count > MAX_MEMBERS:
        raise ArticleUnreadable(
            f"{show_path(path)} has more than {MAX_MEMBERS} files in it; {_UNPACK}"
        )


def _refuse_empty(count: int, path: Path) -> None:
    if not count:
        raise ArticleUnreadable(f"{show_path(path)} has nothing in it that is read; {_UNPACK}")


def _too_deep(path: Path) -> ArticleUnreadable:
    return ArticleUnreadable(f"{show_path(path)} is packed more than {MAX_DEPTH} times; {_UNPACK}")
