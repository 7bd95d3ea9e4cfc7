"""What hides in documents is left there: entities, macros, what is embedded, what is elsewhere."""

from __future__ import annotations

import importlib.util
import sys
import time
from pathlib import Path

import pytest

from embeddings.errors import ArticleUnreadable
from embeddings.readers import read_file
from embeddings.records import Draft

_spec = importlib.util.spec_from_file_location("samples", Path(__file__).parents[1] / "samples.py")
assert _spec is not None and _spec.loader is not None
samples = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(samples)

TOLD = "The words {} stand here for all to see today."
RSS = (
    "<rss version='2.0'><channel><title>t</title><item><title>x</title>"
    f"<description>{TOLD}</description></item></channel></rss>"
)
WORD = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    f"<w:body><w:p><w:r><w:t>{TOLD}</w:t></w:r></w:p></w:body></w:document>"
)
OPEN = (
    '<office:document-content xmlns:office="o" xmlns:text="t"><office:body>'
    f"<text:p>{TOLD}</text:p></office:body></office:document-content>"
)
BOOK = (
    '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head>'
    f"<body><p>{TOLD}</p></body></html>"
)
# So far into the file that a glance at its beginning does not see it.
LATE = f"<!-- {'x' * 70_000} -->"
LAUGHS = "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
DECLARED = {
    "a billion laughs": f'<!ENTITY a "ha">{LAUGHS}',
    "a file": '<!ENTITY i SYSTEM "file:///etc/passwd">',
    "a file in hex": '<!ENTITY i SYSTEM "f&#x69;le:///etc/passwd">',
    "the web": '<!ENTITY i SYSTEM "http://127.0.0.1:9/x">',
    "a parameter": '<!ENTITY % p SYSTEM "file:///etc/passwd"> %p; <!ENTITY i "x">',
    "one huge word": f'<!ENTITY i "{"ha" * 500_000}">',
}


def with_entities(body: str, declared: str, *, late: bool) -> str:
    head = f'<?xml version="1.0"?><!DOCTYPE l [{LATE if late else ""}{declared}]>'
    return head + body.format("&i;" * 20)


def files(body_of: object = None) -> dict[str, object]:
    return {
        ".rss": (RSS, lambda text: text.encode()),
        ".docx": (WORD, lambda text: samples.zipped({"word/document.xml": text})),
        ".odt": (OPEN, lambda text: samples.zipped({"content.xml": text})),
        ".epub": (BOOK, book),
    }


def book(chapter: str) -> bytes:
    made: bytes = samples.zipped({
        "META-INF/container.xml": '<container><rootfile full-path="a.opf"/></container>',
        "a.opf": '<package><manifest><item id="c" href="c.xhtml" '
        'media-type="application/xhtml+xml"/></manifest><spine><itemref idref="c"/></spine>'
        "</package>",
        "c.xhtml": chapter,
    })  # fmt: skip
    return made


def read(path: Path) -> str:
    """All that was read of it; nothing where it is refused."""
    try:
        return "\n".join(f.text for f in read_file(path) if isinstance(f, Draft))
    except ArticleUnreadable as error:
        assert ";" in str(error)
        return ""


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("attack", DECLARED)
@pytest.mark.parametrize("suffix", list(files()))
def test_no_entity_is_put_in_wherever_it_is_declared(
    tmp_path: Path, suffix: str, attack: str, late: bool
) -> None:
    body, packed = files()[suffix]  # type: ignore[misc]
    path = tmp_path / f"a{suffix}"
    path.write_bytes(packed(with_entities(body, DECLARED[attack], late=late)))
    begun = time.monotonic()
    told = read(path)
    assert time.monotonic() - begun < 20
    assert "root:" not in told and "haha" not in told
    assert len(told) < 500


def test_the_same_file_without_entities_is_read(tmp_path: Path) -> None:
    for suffix, (body, packed) in files().items():  # type: ignore[misc]
        path = tmp_path / f"a{suffix}"
        path.write_bytes(packed(f'<?xml version="1.0"?>{body.format("themselves")}'))
        assert "themselves stand here for all" in read(path), suffix


EXTRA_PARTS = {
    "word/vbaProject.bin": b"\xd0\xcf\x11\xe0 Sub AutoOpen() Shell " + b"calc" * 100,
    "word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0 calc",
    "word/_rels/document.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://x/attachedTemplate" TargetMode="External" '
        'Target="http://127.0.0.1:9/evil.dotm"/><Relationship Id="r2" Type="http://x/oleObject" '
        'TargetMode="External" Target="file:///etc/passwd"/></Relationships>'
    ),
    "Basic/Standard/Module1.xml": "<script>Shell calc</script>",
    "Scripts/python/evil.py": "import os; os.system('touch /tmp/owned')",
    "../../../../tmp/out.txt": "out",
    "/etc/out.txt": "out",
}
FIELDS = (
    '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DDEAUTO c:\\\\cmd '
    '"/k calc"</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>The '
    'field said this.</w:t></w:r></w:p><w:altChunk r:id="r2" xmlns:r="r"/>'
)


@pytest.mark.parametrize("suffix", [".docx", ".odt"])
def test_macros_templates_and_what_is_embedded_are_passed_over(tmp_path: Path, suffix: str) -> None:
    """Nothing is opened but the document's own text: an audit hook would tell."""
    body, _ = files()[suffix]  # type: ignore[misc]
    main = "word/document.xml" if suffix == ".docx" else "content.xml"
    text = body.format("themselves").replace("</w:body>", f"{FIELDS}</w:body>")
    path = tmp_path / f"a{suffix}"
    path.write_bytes(samples.zipped({**EXTRA_PARTS, main: text}))
    opened: list[str] = []
    listening = True

    def look(event: str, given: tuple[object, ...]) -> None:
        if not listening:
            return
        if event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn")):
            opened.append(f"{event} {given}")
        elif event == "open" and str(given[0]).startswith(("/etc/pass", "/etc/out", "/tmp/o")):
            opened.append(str(given[0]))

    sys.addaudithook(look)
    told = read(path)
    listening = False
    assert "themselves stand here for all" in told
    for word in ("calc", "DDEAUTO", "root:", "AutoOpen", "evil"):
        assert word not in told
    assert opened == []
    assert sorted(tmp_path.iterdir()) == [path]


def test_a_book_runs_and_fetches_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.epub"
    path.write_bytes(book(BOOK.format("themselves").replace(
        "<body>", "<body><script>alert('evil')</script><img src='http://127.0.0.1:9/evil.png'/>"
        "<iframe src='file:///etc/passwd'></iframe><object data='evil.swf'></object>",
    )))  # fmt: skip
    told = read(path)
    assert "themselves stand here" in told
    assert "evil" not in told and "root:" not in told
