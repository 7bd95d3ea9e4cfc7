"""Small whole files of every format, made from a few paragraphs, to be read, damaged and packed."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Sequence
from html import escape

TITLE = "Bridge opens early"
STORY = (
    "Mayor Ada Quill opened the Mill Lane bridge two months early on Friday.",
    "She said that the work had cost $4 million, and gave no date for the old ford.",
    "Engineers closed the ferry the same evening, after 112 years of service.",
)
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_CORE = (
    'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
)


def pdf(pages: Sequence[Sequence[str]], *, title: str = TITLE, author: str = "Jane Doe") -> bytes:
    """A PDF whose pages have these lines, set at 12 points from the top down."""
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    kids = []
    for lines in pages:
        drawn = [b"BT /F1 12 Tf 50 780 Td 14 TL"]
        for line in lines:
            quoted = line.encode("cp1252", "replace")
            for mark in (b"\\", b"(", b")"):
                quoted = quoted.replace(mark, b"\\" + mark)
            drawn.append(b"(" + quoted + b") Tj T*")
        content = b"\n".join([*drawn, b"ET"])
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % len(objects)
        )
        kids.append(len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (
        len(kids),
        b" ".join(b"%d 0 R" % kid for kid in kids),
    )
    objects.append(
        f"<< /Title ({title}) /Author ({author}) /CreationDate (D:20181112101500Z) >>".encode()
    )
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        len(objects),
        start,
    )
    return bytes(out)


def encrypted_pdf(password: str = "secret") -> bytes:
    """A PDF that opens with a password alone."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf([STORY]))))
    writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def zipped(members: dict[str, bytes | str]) -> bytes:
    """A ZIP archive of the members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def tarred(members: dict[str, bytes], *, mode: str = "w:gz") -> bytes:
    """A TAR archive of the members."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def docx(body: str | None = None) -> bytes:
    """A Word document; `body` is WordprocessingML in place of the story's paragraphs."""
    told = "".join(f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>" for text in STORY)
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": (
                f'<?xml version="1.0"?><w:document xmlns:w="{_W}"><w:body>'
                f"{told if body is None else body}</w:body></w:document>"
            ),
            "docProps/core.xml": (
                f"<cp:coreProperties {_CORE}><dc:title>{TITLE}</dc:title>"
                "<dc:creator>Jane Doe</dc:creator>"
                "<dcterms:created>2018-11-12T10:00:00Z</dcterms:created></cp:coreProperties>"
            ),
        }
    )


def odt(body: str | None = None) -> bytes:
    """An OpenDocument text; `body` is its XML in place of the story's paragraphs."""
    told = "".join(f"<text:p>{escape(text)}</text:p>" for text in STORY)
    spaces = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": (
                f"<office:document-content {spaces}><office:body><office:text>"
                f"{told if body is None else body}</office:text></office:body>"
                "</office:document-content>"
            ),
            "meta.xml": (
                f"<office:document-meta {spaces}><office:meta><dc:title>{TITLE}</dc:title>"
                "<meta:initial-creator>Jane Doe</meta:initial-creator>"
                "<meta:creation-date>2018-11-12T10:00:00</meta:creation-date>"
                "</office:meta></office:document-meta>"
            ),
        }
    )


def epub(chapters: Sequence[tuple[str, Sequence[str]]] | None = None) -> bytes:
    """A book of chapters, each a heading and its paragraphs."""
    chapters = chapters or [("One", STORY), ("Two", STORY[::-1])]
    pages: dict[str, bytes | str] = {}
    for number, (heading, paragraphs) in enumerate(chapters):
        told = "".join(f"<p>{escape(text)}</p>" for text in paragraphs)
        pages[f"OEBPS/c{number}.xhtml"] = (
            '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml">'
            f"<head><title>x</title></head><body><h1>{escape(heading)}</h1>{told}</body></html>"
        )
    items = "".join(
        f'<item id="i{n}" href="c{n}.xhtml" media-type="application/xhtml+xml"/>'
        for n in range(len(chapters))
    )
    spine = "".join(f'<itemref idref="i{n}"/>' for n in range(len(chapters)))
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": (
                '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
                '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
            ),
            "OEBPS/book.opf": (
                '<package xmlns="http://www.idpf.org/2007/opf">'
                '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
                "<dc:title>The Ford</dc:title><dc:creator>Jane Doe</dc:creator>"
                "<dc:language>en</dc:language><dc:date>2018-11-12</dc:date></metadata>"
                f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
            ),
            **pages,
        }
    )


def rtf() -> bytes:
    """A rich text document."""
    told = "\\par\n".join(STORY)
    return (
        "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}}"
        f"{{\\info{{\\title {TITLE}}}{{\\author Jane Doe}}{{\\creatim\\yr2018\\mo11\\dy12}}}}"
        f"\\f0 {told}\\par\n}}"
    ).encode("cp1252")


def eml(body: str | None = None) -> bytes:
    """A letter."""
    told = "\r\n\r\n".join(STORY) if body is None else body
    return (
        "From: Jane Doe <jane@tamford.example>\r\nTo: all@tamford.example\r\n"
        f"Subject: {TITLE}\r\nDate: Mon, 12 Nov 2018 10:00:00 +0000\r\n"
        "Message-ID: <1@tamford.example>\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{told}\r\n"
    ).encode()


def mbox() -> bytes:
    """A mailbox of two letters."""
    second = eml(STORY[1] + "\n\n>From here on the ford is closed.").replace(b"<1@", b"<2@")
    letters = [letter.replace(b"\r\n", b"\n") for letter in (eml(), second)]
    return b"".join(
        b"From jane@tamford.example Mon Nov 12 10:00:00 2018\n" + letter + b"\n"
        for letter in letters
    )


def page(url: str = "https://tamford.example/bridge") -> bytes:
    """A web page with its article in it."""
    told = "".join(f"<p>{escape(text)}</p>" for text in STORY)
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>{TITLE}</title><meta charset="utf-8">'
        '<meta property="article:published_time" content="2018-11-12T10:00:00Z">'
        f'<link rel="canonical" href="{url}"></head><body><nav><a href="/">Home</a></nav>'
        f"<article><h1>{TITLE}</h1>{told}</article></body></html>"
    ).encode()


def mhtml() -> bytes:
    """A page saved by a browser into one file."""
    return (
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://tamford.example/bridge\r\n"
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="--b"\r\n\r\n'
        b"----b\r\nContent-Type: text/html; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: 8bit\r\n"
        b"Content-Location: https://tamford.example/bridge\r\n\r\n" + page() + b"\r\n----b\r\n"
        b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n"
        b"----b--\r\n"
    )


def rss(items: str | None = None) -> bytes:
    """A feed with two entries."""
    told = "".join(
        f"<item><title>Entry {n}</title><link>https://tamford.example/{n}</link>"
        f"<guid>https://tamford.example/{n}</guid><pubDate>Mon, 12 Nov 2018 10:00:00 GMT</pubDate>"
        f"<description>&lt;p&gt;{escape(escape(text))}&lt;/p&gt;</description></item>"
        for n, text in enumerate(STORY[:2])
    )
    return (
        '<?xml version="1.0"?><rss version="2.0"><channel><title>Tamford Press</title>'
        f"<language>en</language>{told if items is None else items}</channel></rss>"
    ).encode()


def warc() -> bytes:
    """A web archive: a request, the page it got, and a picture."""
    out = b""
    for kind, content_type, body in (
        ("request", "application/http; msgtype=request", b"GET /bridge HTTP/1.1\r\n\r\n"),
        ("response", "application/http; msgtype=response", _http(b"text/html", page())),
        ("response", "application/http; msgtype=response", _http(b"image/png", b"\x89PNG....")),
    ):
        out += (
            (
                f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://tamford.example/bridge\r\n"
                "WARC-Date: 2018-11-13T00:00:00Z\r\n"
                "WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\n"
                f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
            ).encode()
            + body
            + b"\r\n\r\n"
        )
    return out


def _http(kind: bytes, body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s" % (
        kind,
        len(body),
        body,
    )


def csv() -> bytes:
    """A table with a headline, a date and a story in each row."""
    return (
        "Headline,Published At,Story,Link\r\n"
        + "".join(
            f'"{TITLE} {n}",2018-11-1{n},"{text} {STORY[2]}",https://tamford.example/{n}\r\n'
            for n, text in enumerate(STORY)
        )
    ).encode()


def whole() -> dict[str, bytes]:
    """A whole file of each format, by its suffix."""
    story = "\n\n".join(STORY).encode()
    records = [{"id": n, "title": f"Note {n}", "text": text} for n, text in enumerate(STORY)]
    lines = "\n".join(json.dumps(record) for record in records).encode()
    return {
        ".txt": TITLE.encode() + b"\n\n" + story,
        ".md": b"# " + TITLE.encode() + b"\n\n" + story,
        ".html": page(),
        ".mhtml": mhtml(),
        ".pdf": pdf([STORY, STORY[::-1]]),
        ".docx": docx(),
        ".odt": odt(),
        ".epub": epub(),
        ".rtf": rtf(),
        ".eml": eml(),
        ".mbox": mbox(),
        ".jsonl": lines,
        ".json": json.dumps({"articles": records}).encode(),
        ".csv": csv(),
        ".xml": rss(),
        ".warc": warc(),
        ".zip": zipped({"a.txt": story, "b/c.pdf": pdf([STORY])}),
        ".tar": tarred({"a.txt": story, "b/c.eml": eml()}, mode="w"),
        ".tar.gz": tarred({"a.txt": story, "b/c.eml": eml()}),
        ".txt.gz": gzip.compress(story),
        ".warc.gz": gzip.compress(warc()),
    }
