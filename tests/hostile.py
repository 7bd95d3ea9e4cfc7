"""Makes a folder of files that nobody should trust: cut off, disguised, packed to burst, looping.

    python tests/hostile.py FOLDER

Every file in `BAD` is to cost one line in the report, and every one in `GOOD` is to be read.
"""

from __future__ import annotations

import gzip
import importlib.util
import io
import os
import socket
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

_spec = importlib.util.spec_from_file_location("samples", Path(__file__).with_name("samples.py"))
assert _spec is not None and _spec.loader is not None
samples = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(samples)

STORY = "\n\n".join(samples.STORY)
_BLANKS = b" " * (24 * 1024 * 1024)
_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]><rss version='2.0'><channel><item><title>&i;</title></item></channel></rss>"
)
_OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    "<rss version='2.0'><channel><item><description>&a;</description></item></channel></rss>"
)


def _noise(count: int) -> bytes:
    """Bytes without sense, the same each time."""
    return b"".join(zlib.crc32(b"%d" % n).to_bytes(4, "big") for n in range(count // 4))


def _objects(*bodies: bytes, root: int = 1) -> bytes:
    """A PDF of these objects, with a true table of where they are."""
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(bodies) + 1,
        root,
        start,
    )
    return bytes(out)


def _pdf_in_a_ring() -> bytes:
    return _objects(
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 2 /Kids [2 0 R 2 0 R] >>"
    )


def _pdf_bomb() -> bytes:
    packed = zlib.compress(b" " * (200 * 1024 * 1024), 9)
    return _objects(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
        b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(packed), packed),
    )


def _pdf_before_itself() -> bytes:
    start = b"%PDF-1.4\n"
    table = b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 /Root 1 0 R /Prev %d >>\n" % len(
        start
    )
    return start + table + b"startxref\n%d\n%%%%EOF\n" % len(start)


def _zip_with_password() -> bytes:
    content = bytearray(samples.zipped({"a.txt": STORY}))
    # The flag alone makes it one, in the member's own head and in the directory.
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def _zip_of_unknown_packing() -> bytes:
    content = bytearray(samples.zipped({"a.txt": STORY}))
    content[8] = content[content.index(b"PK\x01\x02") + 10] = 77
    return bytes(content)


def _zip_with_bad_sum() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", STORY)
    return out.getvalue().replace(b"Mayor", b"Major", 1)


def _tar_of(kind: bytes, name: str, target: str = "") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, target
        archive.addfile(info)
    return out.getvalue()


def _nested(depth: int) -> bytes:
    content: bytes = samples.zipped({"a.txt": STORY})
    for _ in range(depth):
        content = samples.zipped({"a.zip": content})
    return content


def _deep_letter() -> bytes:
    heads = "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(3000)
    )
    return ("Subject: deep\r\nMIME-Version: 1.0\r\n" + heads).encode()


def _page(*more: bytes, content: bytes = b"BT (x) Tj ET", head: bytes = b"") -> bytes:
    """A PDF of one page with that content, whose stream has this head, and further objects."""
    return _objects(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< %s /Length %d >>\nstream\n%s\nendstream" % (head, len(content), content),
        *more,
    )


def _pdf_of_endless_letters() -> bytes:
    table = (
        b"begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange "
        b"1 beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange endcmap"
    )
    return _page(
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(table), table),
        content=b"BT /F1 12 Tf 5 5 Td (Hello there) Tj ET",
    )


def _pdf_packed_over_and_over() -> bytes:
    content = b"BT (x) Tj ET"
    for _ in range(300):
        content = zlib.compress(content)
    return _page(content=content, head=b"/Filter [%s]" % (b"/FlateDecode " * 300))


def _zip_with_link() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("passwd.txt")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return out.getvalue()


def _zip_that_overlaps() -> bytes:
    """One member of 2 MB that the directory lists forty times."""
    content: bytes = samples.zipped({"a.txt": b" " * 2_000_000})
    begin, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    listed = content[begin:end] * 40
    tail = bytearray(content[end:])
    tail[8:10] = tail[10:12] = (40).to_bytes(2, "little")
    tail[12:16] = len(listed).to_bytes(4, "little")
    return content[:begin] + listed + bytes(tail)


def _tar_of_header(kind: bytes, size: int, content: bytes = b"") -> bytes:
    """A TAR whose one header says that so many bytes of names follow."""
    info = tarfile.TarInfo("x")
    info.type, info.size = kind, size
    return info.tobuf(tarfile.GNU_FORMAT) + content


def _tar_of_less_than_nothing() -> bytes:
    head = bytearray(tarfile.TarInfo("a.txt").tobuf())
    head[124:136] = b"\xff" * 12
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head)


def _packed_again(times: int) -> bytes:
    content = STORY.encode()
    for _ in range(times):
        content = gzip.compress(content)
    return content


def _letter_with(name: str, content: bytes) -> bytes:
    import email.message

    letter = email.message.EmailMessage()
    letter["Subject"] = "The file you asked for"
    letter.add_attachment(content, maintype="application", subtype="zip", filename=name)
    return letter.as_bytes()


def _warc_bomb() -> bytes:
    head = (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://x.example/\r\n"
        b"Content-Type: application/http\r\nContent-Length: 300000000\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    )
    return gzip.compress(head + b" " * 100_000_000, 6)


def _odt(body: str) -> bytes:
    names = "urn:oasis:names:tc:opendocument:xmlns"
    made: bytes = samples.zipped(
        {
            "content.xml": f'<o:document-content xmlns:o="{names}:office:1.0" '
            f'xmlns:text="{names}:text:1.0" xmlns:table="{names}:table:1.0"><o:body><o:text>'
            f"{body}</o:text></o:body></o:document-content>"
        }
    )
    return made


def _cut(suffix: str, share: float) -> bytes:
    content: bytes = samples.whole()[suffix]
    return content[: int(len(content) * share)]


def _office(name: str, content: bytes | str) -> bytes:
    made: bytes = samples.zipped({name: content})
    return made


BAD: dict[str, bytes | Callable[[], bytes]] = {
    # Nothing, or not what the name says.
    "empty.txt": b"",
    "blank.txt": b" \r\n\t " * 50,
    "zeros.txt": b"\0" * 4096,
    "noise.txt": _noise(8192),
    "disguised-pdf.txt": lambda: samples.pdf([samples.STORY]),
    "disguised-program.md": b"\x7fELF\x02\x01\x01" + _noise(4096),
    "disguised-image.html": b"\x89PNG\r\n\x1a\n" + _noise(4096),
    "disguised-database.jsonl": b"SQLite format 3\0" + _noise(4096),
    "empty.md": b"",
    "escapes.txt": b"\x1b[2J\x1b]0;owned\x07\x1b[31m",
    "half-letters.txt": b"\xff\xfe" + b"\x00\xd8" * 10_000,
    "no-letters.txt": b"\xff\xfe\0\0" + b"\xff" * 40_000,
    "deep.md": b">" * 50_000 + b" words",
    # Pages.
    "empty.html": b"",
    "no-story.html": b"<html><body><script>run()</script></body></html>",
    "all-tags.html": b"<p>word</p>" * 100_000,
    "all-deep.html": b"<div>" * 200_000 + b"words of a story",
    "comments.html": b"<!--" * 300_000 + b"words of a story",
    "no-page.mhtml": b"MIME-Version: 1.0\r\nContent-Type: text/css\r\n\r\np {}",
    "no-boundary.mht": b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<p>words",
    "empty.mht": b"",
    # PDF.
    "locked.pdf": samples.encrypted_pdf,
    "head-only.pdf": b"%PDF-1.7\n",
    "noise.pdf": b"%PDF-1.7\n" + _noise(8192),
    "cut.pdf": lambda: _cut(".pdf", 0.3),
    "pictures.pdf": lambda: samples.pdf([[], []]),
    "ring.pdf": _pdf_in_a_ring,
    "bomb.pdf": _pdf_bomb,
    "before-itself.pdf": _pdf_before_itself,
    "endless-letters.pdf": _pdf_of_endless_letters,
    "packed-again.pdf": _pdf_packed_over_and_over,
    "endless-picture.pdf": lambda: _page(content=b"BI /W 9 /H 9 /BPC 8 ID " + b"x" * 200_000),
    "deep.pdf": lambda: _objects(b"<< /Type /Catalog /Pages 2 0 R >>", b"[" * 50_000),
    "no-pages.pdf": lambda: _objects(b"<< /Type /Catalog >>"),
    "empty.pdf": b"",
    # Office documents and books.
    "cut.docx": lambda: _cut(".docx", 0.7),
    "not-zip.docx": _noise(2048),
    "old.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + _noise(2048),
    "no-document.docx": lambda: _office("word/other.xml", "<x/>"),
    "broken-xml.docx": lambda: _office("word/document.xml", "<w:document"),
    "laughs.docx": lambda: _office("word/document.xml", _LAUGHS),
    "bomb.docx": lambda: _office("word/document.xml", _BLANKS),
    "no-words.docx": lambda: samples.docx("<w:p/>"),
    "deep.docx": lambda: _office("word/document.xml", "<a>" * 100_000),
    "table-in-table.docx": lambda: samples.docx(
        "<w:tbl><w:tr><w:tc>" * 200 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 200
    ),
    "cut.odt": lambda: _cut(".odt", 0.6),
    "laughs.odt": lambda: _office("content.xml", _LAUGHS),
    "locked.odt": lambda: samples.zipped(
        {"META-INF/manifest.xml": "<m><encryption-data/></m>", "content.xml": _noise(512)}
    ),
    "cut.epub": lambda: _cut(".epub", 0.5),
    "no-book.epub": lambda: _office("mimetype", "application/epub+zip"),
    "locked.epub": lambda: _office("META-INF/rights.xml", "<rights/>"),
    "laughs.epub": lambda: _office("META-INF/container.xml", _LAUGHS),
    "not-rich.rtf": b"Plain words.",
    "deep.rtf": b"{\\rtf1 " + b"{" * 200_000,
    "no-letters.rtf": b"{\\rtf1 " + b"\\'" * 100_000 + b"}",
    "all-skipped.rtf": b"{\\rtf1 \\uc1000000000 \\u8364 words}",
    # Mail.
    "empty.eml": b"",
    "no-words.eml": b"Subject: x\r\n\r\n\r\n",
    "deep.eml": _deep_letter,
    "not-base64.eml": b"Content-Transfer-Encoding: base64\n\n" + b"!!!!" * 10_000,
    "bomb.eml": lambda: _letter_with("a.zip", samples.zipped({"a.txt": _BLANKS})),
    "not-mail.mbox": b"Dear all,\n\nnothing.\n",
    "empty.mbox": b"",
    "no-words.mbox": b"From x\n\n" * 500,
    # Records.
    "broken.json": b'{"articles": [',
    "deep.json": b"[" * 200_000,
    "number.json": b'{"text": ' + b"9" * 10_000 + b"}",
    "numbers.json": b"[1, 2, 3]",
    "settings.json": b'{"name": "x", "version": "1"}',
    "not-numbers.json": b'{"text": NaN, "articles": [{"text": Infinity}]}',
    "said-twice.json": b'{"text": "It rained.", "text": null}',
    "broken.jsonl": b"{bad\n{worse\n",
    "number.jsonl": b'{"text": ' + b"9" * 1_000_000 + b"}\n",
    "no-line-end.jsonl": b"[" * (17 * 1024 * 1024),
    "no-text.csv": b"id,price\n1,2\n",
    "all-columns.csv": b",".join(b"c%d" % n for n in range(50_000)) + b"\n" + b"v," * 50_000,
    "all-quotes.csv": b"text\n" + b'""' * 500_000,
    "empty.csv": b"",
    "zeros.csv": b"\0" * 4096,
    # Feeds.
    "laughs.xml": _LAUGHS.encode(),
    "outside.xml": _OUTSIDE.encode(),
    "sitemap.xml": b'<?xml version="1.0"?><urlset><url><loc>https://x.example/</loc></url></urlset>',
    "project.xml": b"<project><name>x</name></project>",
    "deep.xml": b"<rss version='2.0'><channel><item><description>" + b"<a>" * 50_000,
    "noise.rss": _noise(4096),
    # Web archives.
    "noise.warc": _noise(4096),
    "cut.warc.gz": lambda: gzip.compress(samples.warc())[:200],
    "not-packed.warc.gz": b"nothing",
    "bomb.warc.gz": _warc_bomb,
    # Archives.
    "cut.zip": lambda: _cut(".zip", 0.5),
    "noise.zip": b"PK\x03\x04" + _noise(4096),
    "bomb.zip": lambda: samples.zipped({"a.txt": _BLANKS}),
    "password.zip": _zip_with_password,
    "unknown.zip": _zip_of_unknown_packing,
    "bad-sum.zip": _zip_with_bad_sum,
    "out.zip": lambda: samples.zipped({"../../out.txt": STORY}),
    "root.zip": lambda: samples.zipped({"/etc/out.txt": STORY}),
    "windows.zip": lambda: samples.zipped({"C:\\out.txt": STORY}),
    "nested.zip": lambda: _nested(8),
    "nothing.zip": lambda: samples.zipped({"a.png": b"x"}),
    "link.zip": _zip_with_link,
    "overlapping.zip": _zip_that_overlaps,
    "zero-name.zip": lambda: samples.zipped({"abcd.txt": STORY}).replace(b"abcd", b"a\0cd"),
    "bombs.zip": lambda: samples.zipped(
        {f"{n}.zip": samples.zipped({"a.txt": b" " * 12_000_000}) for n in range(4)}
    ),
    "link.tar": lambda: _tar_of(tarfile.SYMTYPE, "passwd.txt", "/etc/passwd"),
    "hard-link.tar": lambda: _tar_of(tarfile.LNKTYPE, "a.txt", "/etc/passwd"),
    "device.tar": lambda: _tar_of(tarfile.CHRTYPE, "zero.txt"),
    "pipe.tar": lambda: _tar_of(tarfile.FIFOTYPE, "pipe.txt"),
    "noise.tar": _noise(4096),
    "long-name.tar": lambda: _tar_of_header(tarfile.GNUTYPE_LONGNAME, 7 * 1024**3, b"a" * 4096),
    "header.tgz": lambda: gzip.compress(
        _tar_of_header(tarfile.XHDTYPE, 100_000_000, b"\0" * 100_000_000)
    ),
    "less-than-nothing.tar": _tar_of_less_than_nothing,
    "cut.tar.gz": lambda: _cut(".tar.gz", 0.4),
    "bomb.tgz": lambda: samples.tarred({"a.bin": _BLANKS, "b.txt": b"x"}),
    "bomb.txt.gz": lambda: gzip.compress(_BLANKS),
    "cut.txt.gz": lambda: gzip.compress(STORY.encode())[:-20],
    "not-packed.txt.gz": b"nothing",
    "empty.txt.gz": lambda: gzip.compress(b""),
    "again.txt.gz": lambda: _packed_again(2),
    "again.txt.gz.gz.gz.gz": lambda: _packed_again(4),
    # Names.
    "new\nline.txt": b"",
    "\x1b[31mred.txt": b"",
    os.fsdecode(b"br\xfccke.txt"): b"",
}
GOOD: dict[str, bytes | Callable[[], bytes]] = {
    "good.txt": STORY.encode(),
    "good.pdf": lambda: samples.pdf([["The good page said that the ferry would sail again."]]),
    os.fsdecode(b"gut \xfc.md"): b"The lighthouse was painted white in June.",
    "one-line.txt": b"The harbour master counted 305 boats near the pier. " * 600,
    "some-zeros.txt": b"The pier was closed on Friday\0 for repairs, the mayor said.",
    "half-letter.jsonl": b'{"text": "The tower on the hill \\ud800 was lit again on Sunday."}\n',
    "to-all.eml": b"From: " + b"a@b.example, " * 200_000 + b"\n\nThe canal froze over in May.",
    "gaps.odt": lambda: _odt(
        '<text:p>The weir<text:s text:c="2000000000"/>was mended on Tuesday.</text:p>'
    ),
    "cells.odt": lambda: _odt(
        '<table:table><table:table-row table:number-rows-repeated="1000000"><table:table-cell '
        'table:number-columns-repeated="1000000"><text:p>The dam held all winter.</text:p>'
        "</table:table-cell></table:table-row></table:table>"
    ),
    "marks.txt": ("The quay " + "\u0301" * 500_000 + " was swept on Thursday.").encode(),
    "deep.html": b"<div>" * 100 + b"The heron nested on the old pier this spring.",
    "laughs.md": b"---\na: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n---\n\nThe mill was sold again.",
}
PLACES = ("pipe.txt", "device.txt", "loop.txt", "gone.txt", "socket.txt", "huge.txt")


def make(folder: Path) -> None:
    """Fill the folder, which is there, with all of them."""
    for name, content in {**BAD, **GOOD}.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content())
    os.mkfifo(folder / "pipe.txt")
    (folder / "device.txt").symlink_to("/dev/zero")
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    (folder / "gone.txt").symlink_to(folder / "nowhere.txt")
    (folder / "ring").symlink_to(folder, target_is_directory=True)
    with (folder / "huge.txt").open("wb") as stream:
        stream.truncate(65 * 1024 * 1024)
    here = Path.cwd()
    os.chdir(folder)  # A socket's path may have 107 bytes only.
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind("socket.txt")
    finally:
        os.chdir(here)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
