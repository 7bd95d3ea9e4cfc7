"""Every other format: what it gives as articles, and what is said where it gives none."""

from __future__ import annotations

import gzip
import importlib.util
import io
import json
import tarfile
import time
import zipfile
from pathlib import Path

import pytest

from embeddings.errors import ArticleUnreadable
from embeddings.readers import SUFFIXES, BadRecord, Found, Note, archives, is_supported, read_file
from embeddings.readers.pdf_layout import paragraphs_of
from embeddings.records import Article, Draft

_spec = importlib.util.spec_from_file_location("samples", Path(__file__).parents[1] / "samples.py")
assert _spec is not None and _spec.loader is not None
samples = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(samples)
STORY, TITLE = samples.STORY, samples.TITLE


def found_in(folder: Path, name: str, content: bytes) -> list[Found]:
    path = folder / name
    path.write_bytes(content)
    return list(read_file(path))


def drafts_in(folder: Path, name: str, content: bytes) -> list[Draft]:
    return [found for found in found_in(folder, name, content) if isinstance(found, Draft)]


def bad_in(folder: Path, name: str, content: bytes) -> list[BadRecord]:
    return [found for found in found_in(folder, name, content) if isinstance(found, BadRecord)]


def story(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


# --- every format ---------------------------------------------------------------------------


def test_there_is_a_sample_of_every_suffix_or_of_one_read_the_same() -> None:
    same = {".text", ".markdown", ".htm", ".xhtml", ".mht", ".ndjson", ".tsv", ".rss", ".atom"}
    sampled = {suffix for suffix in samples.whole() if suffix != ".txt.gz"} | {".gz"}
    assert sampled | same | {".tgz"} == SUFFIXES


@pytest.mark.parametrize("suffix", sorted(samples.whole()))
def test_a_whole_file_gives_its_story_and_nothing_bad(tmp_path: Path, suffix: str) -> None:
    found = found_in(tmp_path, f"a{suffix}", samples.whole()[suffix])
    assert not [f for f in found if isinstance(f, BadRecord)]
    text = "\n".join(f.text for f in found if isinstance(f, Draft))
    for sentence in STORY[:2]:
        assert sentence in text


@pytest.mark.parametrize("suffix", [".pdf", ".docx", ".odt", ".rtf", ".eml"])
def test_a_document_says_its_title_author_and_day(tmp_path: Path, suffix: str) -> None:
    (draft,) = drafts_in(tmp_path, f"a{suffix}", samples.whole()[suffix])
    assert (draft.title, draft.author, draft.published) == (TITLE, "Jane Doe", "2018-11-12")
    assert draft.published_from == ("letter" if suffix == ".eml" else "document")


# --- PDF ------------------------------------------------------------------------------------


def test_each_sentence_of_a_pdf_has_its_page(tmp_path: Path) -> None:
    pages = [[STORY[0]], [], [STORY[1]], [STORY[2]]]
    (draft,) = drafts_in(tmp_path, "a.pdf", samples.pdf(pages))
    article = Article(
        "a", draft.title, draft.text, None, None, None, None, None, None, "", pages=draft.pages
    )
    assert len(draft.pages) == 4
    for sentence, page in zip(STORY, (1, 3, 4), strict=True):
        assert article.page_of(draft.text.index(sentence)) == page


def test_a_sentence_over_two_pages_begins_on_the_first(tmp_path: Path) -> None:
    pages = [
        ["The ford that floods each winter was", "closed on Friday by"],
        ["the mayor herself."],
    ]
    (draft,) = drafts_in(tmp_path, "a.pdf", samples.pdf(pages))
    assert (
        draft.text == "The ford that floods each winter was closed on Friday by the mayor herself."
    )
    assert draft.pages == (0, draft.text.index("the mayor herself"))


def test_lines_are_joined_and_what_pages_repeat_is_left_out() -> None:
    line = "The {} bridge cost the town more than any before it, and no date was inter-"
    numbers = ("first", "second", "third", "fourth")
    pages = [
        f"Tamford Press\n\n{line.format(number)}\nnationally given.\n"
        f"A new paragraph begins here, and its line is long as well, {number} of them.\n"
        f"Page {number}"
        for number in numbers
    ]
    paragraphs = paragraphs_of(pages)
    assert len(paragraphs) == 8
    assert paragraphs[0].text == f"{line[:-1].format('first')}nationally given."
    assert not any("Tamford Press" in p.text or p.text.startswith("Page") for p in paragraphs)
    assert [p.pages[0] for p in paragraphs] == [(0, n // 2) for n in range(8)]


def test_prose_that_differs_in_its_figures_is_no_head() -> None:
    pages = [
        f"In {year} the harbour master counted {year} boats near the pier." for year in range(9)
    ]
    assert [p.text for p in paragraphs_of(pages)] == pages


def test_two_short_pages_lose_no_line_that_they_share() -> None:
    assert [p.text for p in paragraphs_of(["It rained.\nAgain.", "It rained.\nStill."])] == [
        "It rained.", "Again.", "It rained.", "Still.",
    ]  # fmt: skip


def test_an_encrypted_pdf_is_told(tmp_path: Path) -> None:
    with pytest.raises(ArticleUnreadable, match="encrypted; save a copy without a password"):
        found_in(tmp_path, "a.pdf", samples.encrypted_pdf())


def test_a_pdf_of_pictures_is_told(tmp_path: Path) -> None:
    with pytest.raises(ArticleUnreadable, match="text recognition"):
        found_in(tmp_path, "a.pdf", samples.pdf([[], []]))


# --- office documents and books -------------------------------------------------------------


def test_a_word_documents_tables_lists_and_changes_read_as_they_were_left(tmp_path: Path) -> None:
    body = (
        '<w:p><w:pPr><w:pStyle w:val="Title"/></w:pPr><w:r><w:t>The ford</w:t></w:r></w:p>'
        "<w:p><w:r><w:t>It was </w:t></w:r><w:del><w:r><w:delText>never</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>always </w:t></w:r></w:ins><w:hyperlink><w:r><w:t>wet</w:t></w:r>"
        "</w:hyperlink><w:r><w:t>.</w:t></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Year</w:t></w:r></w:p></w:tc>"
        "<w:tc><w:p><w:r><w:t>2017</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    (draft,) = drafts_in(tmp_path, "a.docx", samples.docx(body))
    assert (draft.title, draft.text) == ("The ford", "It was always wet.\n\nYear | 2017")


def test_an_opendocument_keeps_words_around_marks_and_leaves_comments_out(tmp_path: Path) -> None:
    body = (
        "<text:p>It<text:s text:c='2'/>was <text:span>always</text:span> wet"
        "<office:annotation><text:p>Says who?</text:p></office:annotation>, she said.</text:p>"
        "<table:table><table:table-row><table:table-cell><text:p>Year</text:p></table:table-cell>"
        "<table:table-cell><text:p>2017</text:p></table:table-cell></table:table-row></table:table>"
    )
    (draft,) = drafts_in(tmp_path, "a.odt", samples.odt(body))
    assert draft.text == "It was always wet, she said.\n\nYear | 2017"


def test_each_chapter_of_a_book_is_an_article(tmp_path: Path) -> None:
    drafts = drafts_in(tmp_path, "a.epub", samples.epub([("One", STORY[:2]), ("Two", STORY[2:])]))
    assert [(d.title, d.source, d.author) for d in drafts] == [
        ("One", "The Ford", "Jane Doe"),
        ("Two", "The Ford", "Jane Doe"),
    ]
    assert [d.text for d in drafts] == [story(*STORY[:2]), STORY[2]]
    assert drafts[0].key != drafts[1].key


@pytest.mark.parametrize("suffix", [".docx", ".odt", ".epub"])
def test_xml_with_entities_of_its_own_is_refused(tmp_path: Path, suffix: str) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    names = {".docx": "word/document.xml", ".odt": "content.xml", ".epub": "META-INF/container.xml"}
    with pytest.raises(ArticleUnreadable, match="entities"):
        found_in(tmp_path, f"a{suffix}", samples.zipped({names[suffix]: bomb}))


# --- mail and pages -------------------------------------------------------------------------


def test_a_mailbox_gives_a_draft_a_letter(tmp_path: Path) -> None:
    drafts = drafts_in(tmp_path, "a.mbox", samples.mbox())
    assert [d.key for d in drafts] == ["<1@tamford.example>", "<2@tamford.example>"]
    assert drafts[1].text.endswith("From here on the ford is closed.")


def test_a_letter_in_html_with_a_file_is_read_whole(tmp_path: Path) -> None:
    from email.message import EmailMessage

    letter = EmailMessage()
    letter["Subject"], letter["From"] = "Weekly", "jane@tamford.example"
    letter.set_content(f"<html><p>{STORY[0]}</p><style>p {{}}</style></html>", subtype="html")
    letter.add_attachment(samples.docx(), maintype="a", subtype="b", filename="report.docx")
    letter.add_attachment(b"MZ", maintype="a", subtype="b", filename="tool.exe")
    drafts = drafts_in(tmp_path, "a.eml", letter.as_bytes())
    assert [d.text for d in drafts] == [STORY[0], story(*STORY)]
    assert (drafts[0].title, drafts[1].title) == ("Weekly", TITLE)


def test_a_saved_page_keeps_its_address(tmp_path: Path) -> None:
    (draft,) = drafts_in(tmp_path, "a.mhtml", samples.mhtml())
    assert (draft.url, draft.published) == ("https://tamford.example/bridge", "2018-11-12")


def test_a_web_archive_gives_its_pages_alone(tmp_path: Path) -> None:
    for name, content in (("a.warc", samples.warc()), ("a.warc.gz", gzip.compress(samples.warc()))):
        (draft,) = drafts_in(tmp_path, name, content)
        assert draft.key == draft.url == "https://tamford.example/bridge"
        assert draft.text == story(*STORY)


# --- records and feeds ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["articles", "data", "response"])
def test_records_are_found_wherever_an_export_has_them(tmp_path: Path, name: str) -> None:
    records = [{"headline": "A", "body": STORY[0]}, {"body": ""}, 3]
    export = {"status": "ok", name: {"results": records} if name == "response" else records}
    found = found_in(tmp_path, "a.json", json.dumps(export).encode())
    assert [f.text for f in found if isinstance(f, Draft)] == [STORY[0]]
    assert [f.where for f in found if isinstance(f, BadRecord)] == ["record 2", "record 3"]


def test_a_json_feed_has_its_html_read(tmp_path: Path) -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Tamford Press",
        "items": [{"id": "1", "content_html": f"<p>{STORY[0]}</p>", "url": "https://x.example/1"}],
    }
    (draft,) = drafts_in(tmp_path, "a.json", json.dumps(feed).encode())
    assert (draft.text, draft.source, draft.url) == (
        STORY[0], "Tamford Press", "https://x.example/1",
    )  # fmt: skip


def test_settings_and_other_json_are_no_articles(tmp_path: Path) -> None:
    with pytest.raises(ArticleUnreadable, match="holds no articles"):
        found_in(tmp_path, "package.json", b'{"name": "x", "version": "1"}')


def test_a_tables_columns_are_guessed_and_told(tmp_path: Path) -> None:
    found = found_in(tmp_path, "a.csv", samples.csv())
    assert isinstance(found[0], Note)
    assert "text from column “Story”" in found[0].text
    first = found[1]
    assert isinstance(first, Draft)
    assert (first.title, first.published, first.url) == (
        f"{TITLE} 0", "2018-11-10", "https://tamford.example/0",
    )  # fmt: skip


def test_a_table_in_another_language_has_its_columns_known(tmp_path: Path) -> None:
    table = "Datum;Überschrift;Artikeltext;Quelle\n2021-05-03;Fähre;Es regnete.;Bote\n"
    (draft,) = drafts_in(tmp_path, "a.csv", table.encode("cp1252"))
    said = (draft.title, draft.text, draft.published, draft.source)
    assert said == ("Fähre", "Es regnete.", "2021-05-03", "Bote")


def test_when_it_was_changed_counts_only_where_nothing_says_when_it_was_published(
    tmp_path: Path,
) -> None:
    table = "updated,text,published\n2021-06-01,It rained.,2021-05-03\n"
    assert drafts_in(tmp_path, "a.csv", table.encode())[0].published == "2021-05-03"
    for fields, day in (
        ({"dateModified": "2021-06-01"}, "2021-06-01"),
        ({"updated_at": "2021-06-01", "pubDate": "2021-05-03"}, "2021-05-03"),
    ):
        content = json.dumps({"text": "It rained.", **fields}).encode()
        assert drafts_in(tmp_path, "a.jsonl", content)[0].published == day


@pytest.mark.parametrize(
    "record",
    [
        {"_index": "news", "_id": "7", "_source": {"body": "It rained.", "headline": "Rain"}},
        {"id": "7", "webTitle": "Rain", "fields": {"bodyText": "It rained."}},
        {"id": "7", "attributes": {"content": "It rained.", "title": "Rain", "id": "8"}},
        {"id": "7", "headline": {"main": "Rain"}, "text": "It rained."},
    ],
)
def test_a_record_in_its_wrapping_is_found(tmp_path: Path, record: dict[str, object]) -> None:
    for name, content in (("a.jsonl", record), ("a.json", {"response": {"docs": [record]}})):
        (draft,) = drafts_in(tmp_path, name, json.dumps(content).encode())
        assert (draft.key, draft.title, draft.text) == ("7", "Rain", "It rained.")


def test_a_tables_columns_can_be_told(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text("k\twords\tfrom\nx\tIt rained.\tThe Post\n", "utf-16")
    with pytest.raises(ArticleUnreadable, match="--columns text=NAME"):
        list(read_file(path))
    columns = {"text": "Words", "source": "from"}
    draft = list(read_file(path, columns))[1]
    assert isinstance(draft, Draft)
    assert (draft.text, draft.source) == ("It rained.", "The Post")
    with pytest.raises(ArticleUnreadable, match="no column 'nope'; it has k, words, from"):
        list(read_file(path, {"text": "nope"}))


def test_a_feed_gives_its_entries(tmp_path: Path) -> None:
    drafts = drafts_in(tmp_path, "a.rss", samples.rss())
    assert [d.text for d in drafts] == list(STORY[:2])
    assert {(d.source, d.published, d.published_from) for d in drafts} == {
        ("Tamford Press", "2018-11-12", "feed")
    }


def test_of_a_wordpress_export_what_was_not_published_is_passed_over(tmp_path: Path) -> None:
    kinds = (("publish", "post"), ("draft", "post"), ("inherit", "attachment"), ("publish", "page"))
    items = "".join(
        f"<item><title>{status} {kind}</title><link>https://x.example/{status}-{kind}</link>"
        f"<content:encoded><![CDATA[<p>{STORY[at % 3]}</p>]]></content:encoded>"
        f"<wp:status>{status}</wp:status><wp:post_type>{kind}</wp:post_type></item>"
        for at, (status, kind) in enumerate(kinds)
    )
    export = (
        '<?xml version="1.0"?><rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>T</title>'
        f"{items}</channel></rss>"
    )
    *drafts, note = found_in(tmp_path, "export.xml", export.encode())
    assert [d.title for d in drafts if isinstance(d, Draft)] == ["publish post", "publish page"]
    assert note == Note("2 drafts, pictures and menus of the export passed over")


def test_the_shortest_page_keeps_its_paragraphs(tmp_path: Path) -> None:
    posts = "".join(
        f"<div class='post'><time>1{at}:42</time><p>{said}</p></div>"
        for at, said in enumerate(STORY)
    )
    page = f"<html><body><article><h1>Live</h1>{posts}</article></body></html>"
    (draft,) = drafts_in(tmp_path, "a.html", page.encode())
    paragraphs = draft.text.split("\n\n")
    assert [said for said in STORY if said in paragraphs] == list(STORY)


def test_a_table_of_a_page_is_its_rows_alone(tmp_path: Path) -> None:
    rows = "<tr><th>Team</th><th>Goals</th></tr><tr><td>Kelby Rovers</td><td>3</td></tr>"
    page = f"<html><body><article><p>{STORY[0]}</p><table>{rows}</table><p>{STORY[1]}</p>"
    (draft,) = drafts_in(tmp_path, "a.html", f"{page}</article></body></html>".encode())
    assert draft.text.split("\n\n") == [
        STORY[0], "| Team | Goals |", "| Kelby Rovers | 3 |", STORY[1],
    ]  # fmt: skip


def test_a_sitemap_and_other_xml_are_told(tmp_path: Path) -> None:
    sitemap = b'<?xml version="1.0"?><urlset><url><loc>https://x.example/</loc></url></urlset>'
    with pytest.raises(ArticleUnreadable, match="sitemap"):
        found_in(tmp_path, "a.xml", sitemap)
    with pytest.raises(ArticleUnreadable, match="not read"):
        found_in(tmp_path, "b.xml", b"<project><name>x</name></project>")
    with pytest.raises(ArticleUnreadable, match="entities"):
        found_in(tmp_path, "c.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><rss>&a;</rss>')


# --- archives -------------------------------------------------------------------------------


def test_an_archives_members_are_each_read_or_told(tmp_path: Path) -> None:
    inner = samples.zipped({"deep.md": STORY[2]})
    content = samples.zipped(
        {
            "a.txt": STORY[0],
            "b/letter.eml": samples.eml(STORY[1]),
            "c.zip": inner,
            "bad.pdf": b"%PDF-1.4 nothing",
            "picture.png": b"\x89PNG",
            ".hidden.txt": "No.",
            "__MACOSX/a.txt": "No.",
            "../../escape.txt": "No.",
            "/root.txt": "No.",
        }
    )
    found = found_in(tmp_path, "a.zip", content)
    drafts = [f for f in found if isinstance(f, Draft)]
    assert [d.text for d in drafts] == [STORY[0], STORY[1], STORY[2]]
    assert [d.key for d in drafts] == [
        "a.txt", "b/letter.eml\n<1@tamford.example>", "c.zip\ndeep.md",
    ]  # fmt: skip
    bad = {f.where: f.reason for f in found if isinstance(f, BadRecord)}
    assert bad.keys() == {"bad.pdf", "../../escape.txt", "/root.txt"}
    assert "leads out of the archive" in bad["/root.txt"]


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_links_in_a_tar_are_told_and_not_followed(tmp_path: Path, mode: str) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        link = tarfile.TarInfo("passwd.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        told = tarfile.TarInfo("a.txt")
        told.size = len(STORY[0])
        archive.addfile(told, io.BytesIO(STORY[0].encode()))
    found = found_in(tmp_path, "a.tar" if mode == "w" else "a.tgz", out.getvalue())
    assert [f.text for f in found if isinstance(f, Draft)] == [STORY[0]]
    assert [f.where for f in found if isinstance(f, BadRecord)] == ["passwd.txt"]


def test_a_damaged_member_costs_itself_alone(tmp_path: Path) -> None:
    content = bytearray(samples.zipped({"a.txt": STORY[0], "b.txt": STORY[1] * 9}))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        at = archive.getinfo("b.txt").header_offset + 40
    content[at : at + 8] = b"\xff" * 8
    found = found_in(tmp_path, "a.zip", bytes(content))
    assert [f.text for f in found if isinstance(f, Draft)] == [STORY[0]]
    assert [f.where for f in found if isinstance(f, BadRecord)] == ["b.txt"]


@pytest.mark.parametrize("name", ["a.zip", "a.docx", "a.txt.gz", "a.tar.gz"])
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, name: str) -> None:
    zeros = b" " * (40 * 1024 * 1024)
    content = {
        "a.zip": samples.zipped({"a.txt": zeros}),
        "a.docx": samples.zipped({"word/document.xml": zeros}),
        "a.txt.gz": gzip.compress(zeros),
        "a.tar.gz": samples.tarred({"a.bin": zeros, "a.txt": b"It rained."}),
    }[name]
    with pytest.raises(ArticleUnreadable, match="zip bomb"):
        found_in(tmp_path, name, content)


@pytest.mark.parametrize(
    "name", ["a.txt.gz.gz.gz.gz", "b.tar.gz.gz.gz.gz", "c.gz.tar.gz.zip/d.txt.gz.gz.gz"]
)
def test_what_is_packed_over_and_over_is_refused(tmp_path: Path, name: str) -> None:
    assert archives._depth(Path(name)) > archives.MAX_DEPTH
    assert archives._depth(Path("a.zip/b.tar.gz/c.txt.gz")) == archives.MAX_DEPTH
    content = samples.STORY[0].encode()
    for _ in range(4):
        content = gzip.compress(content)
    path = tmp_path / "a.txt.gz.gz.gz.gz"
    path.write_bytes(content)
    with pytest.raises(ArticleUnreadable, match="packed more than 3 times"):
        list(read_file(path))


def test_archives_in_an_archive_share_what_it_may_unpack_to(tmp_path: Path) -> None:
    inner = samples.zipped({"a.txt": b" " * 12_000_000})
    path = tmp_path / "a.zip"
    path.write_bytes(samples.zipped({"1.zip": inner, "2.zip": inner, "3.zip": inner}))
    with pytest.raises(ArticleUnreadable, match="as a zip bomb does"):
        list(read_file(path))
    path.write_bytes(samples.zipped({"1.zip": inner}))
    assert [bad.where for bad in read_file(path)] == ["1.zip a.txt"]


def test_a_link_in_a_zip_is_told_and_is_no_article(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("passwd.txt")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("a.txt", samples.STORY[0])
    found = list(read_file(path))
    assert [type(one) for one in found] == [BadRecord, Draft]
    assert found[0] == BadRecord(
        "passwd.txt", "a link or a device, which are not followed; give the file itself"
    )


def test_endless_headers_take_no_time(tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(b"From: " + b"a@b.example, " * 300_000 + b"\nSubject: Frost\n\nIt froze.")
    begun = time.monotonic()
    draft = next(iter(read_file(path)))
    assert isinstance(draft, Draft) and draft.title == "Frost"
    assert time.monotonic() - begun < 10


def test_archives_in_archives_end_somewhere(tmp_path: Path) -> None:
    content = samples.zipped({"a.txt": STORY[0]})
    for _ in range(6):
        content = samples.zipped({"a.zip": content, "b.txt": STORY[1]})
    found = found_in(tmp_path, "a.zip", content)
    assert [f.reason.partition(";")[0] for f in found if isinstance(f, BadRecord)] == [
        "an archive more than 3 deep"
    ]
    assert [f.text for f in found if isinstance(f, Draft)] == [STORY[1]] * 3


def test_what_is_packed_is_read_only_where_its_name_is_known() -> None:
    assert is_supported(Path("a.txt.gz")) and is_supported(Path("a.b.tar.gz"))
    assert not is_supported(Path("dump.sql.gz")) and not is_supported(Path("a.gz"))


@pytest.mark.parametrize("suffix", sorted(samples.whole()))
def test_a_file_cut_off_anywhere_gives_articles_or_one_line(tmp_path: Path, suffix: str) -> None:
    content = samples.whole()[suffix]
    for share in (0.1, 0.5, 0.9, 0.99):
        try:
            found = found_in(tmp_path, f"a{suffix}", content[: int(len(content) * share)])
        except ArticleUnreadable as error:
            assert str(error).isprintable()
        else:
            assert all(f.reason.isprintable() for f in found if isinstance(f, BadRecord))
