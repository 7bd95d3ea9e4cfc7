"""Readers: what each format gives as an article, and that nothing in a file is an accident."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embeddings.errors import ArticleUnreadable
from embeddings.readers import SUFFIXES, BadRecord, Note, is_supported, read_file
from embeddings.records import Draft

ROOT = Path(__file__).parents[2]
CAPTION = (
    "Mayor Ada Quill (center) cuts the ribbon with engineer Bo Reed (left) at the Mill Lane "
    "bridge in Tamford on Friday. Photo: Tamford Press"
)
LEDE = "In a surprise move, Mayor Ada Quill opened the Mill Lane bridge two months early."
BODY = (
    "She told reporters that the work had gone “better than anybody hoped”, and that it cost "
    "$4 million.",
    "But she gave no date for the removal of the old ford, which floods each winter.",
    "“We’ll see,” she said.",
)


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read_one(path: Path) -> Draft:
    drafts = [found for found in read_file(path) if not isinstance(found, Note)]
    assert len(drafts) == 1
    draft = drafts[0]
    assert isinstance(draft, Draft)
    return draft


def story(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


# --- plain text -----------------------------------------------------------------------------


def test_a_pasted_article_becomes_its_fields_and_its_story(tmp_path: Path) -> None:
    pasted = (
        f"12 November 2018\n{CAPTION}\n{CAPTION}\n\nMayor says bridge to open early\n\n"
        + story(LEDE, *BODY)
        + "\n\n– Contact us at [email protected]\n\n\nTPW Weekly Newsletter\n\n"
        "Please click here to unsubscribe"
    )
    draft = read_one(write(tmp_path, "000_ab12cd34ef56ab78.txt", pasted))
    assert draft.title == "Mayor says bridge to open early"
    assert (draft.published, draft.published_from) == ("2018-11-12", "text")
    assert draft.text == story(CAPTION, LEDE, *BODY)


def test_a_caption_said_twice_without_a_credit_is_not_the_headline(tmp_path: Path) -> None:
    caption = "Crowds at the opening of the Mill Lane bridge in Tamford on Friday"
    pasted = story(caption, caption, "Bridge opens early", LEDE, *BODY)
    draft = read_one(write(tmp_path, "a.txt", pasted))
    assert draft.title == "Bridge opens early"
    assert draft.text == story(caption, LEDE, *BODY)


def test_a_headline_said_twice_is_still_the_headline(tmp_path: Path) -> None:
    pasted = story("Bridge opens early", "Bridge opens early", LEDE, *BODY)
    draft = read_one(write(tmp_path, "a.txt", pasted))
    assert draft.title == "Bridge opens early"
    assert LEDE in draft.text


@pytest.mark.parametrize(
    ("byline", "author", "source"),
    [
        ("By Jane Doe", "Jane Doe", None),
        ("By Jane Doe and Bo van Reed", "Jane Doe and Bo van Reed", None),
        ("By JANE DOE, Associated Press", "JANE DOE", "Associated Press"),
        ("By Jane Doe | Reuters", "Jane Doe", "Reuters"),
        ("Jane Doe\nAssociated Press", "Jane Doe", "Associated Press"),
        ("Author: Jane Doe\nSource: Tamford Press", "Jane Doe", "Tamford Press"),
    ],
)
def test_a_byline_gives_the_author(
    tmp_path: Path, byline: str, author: str, source: str | None
) -> None:
    pasted = story(f"Bridge opens early\n{byline}\n12 November 2018", LEDE, *BODY)
    draft = read_one(write(tmp_path, "a.txt", pasted))
    assert (draft.title, draft.author, draft.source) == ("Bridge opens early", author, source)
    assert draft.published == "2018-11-12"
    assert draft.text == story(LEDE, *BODY)


def test_a_dateline_gives_the_source_and_stays(tmp_path: Path) -> None:
    lede = f"TAMFORD (Reuters) - {LEDE}"
    draft = read_one(write(tmp_path, "a.txt", story("Bridge opens early", lede, *BODY)))
    assert draft.source == "Reuters"
    assert draft.text == story(lede, *BODY)


def test_a_first_paragraph_of_prose_is_not_a_headline(tmp_path: Path) -> None:
    draft = read_one(write(tmp_path, "mill_lane-bridge.txt", story(LEDE, *BODY)))
    assert draft.text == story(LEDE, *BODY)
    assert draft.title == "Mill lane bridge"


def test_wrapped_prose_is_not_a_headline(tmp_path: Path) -> None:
    text = "The bridge at Mill Lane in Tamford was opened by\nMayor Ada Quill on Friday.\n\nEnd."
    assert read_one(write(tmp_path, "a.txt", text)).text == text


def test_a_first_line_that_may_be_a_sentence_is_title_and_story(tmp_path: Path) -> None:
    draft = read_one(write(tmp_path, "a.txt", story("Is the bridge safe?", LEDE)))
    assert draft.title == "Is the bridge safe?"
    assert draft.text == story("Is the bridge safe?", LEDE)


def test_a_file_named_by_a_program_is_titled_by_its_opening(tmp_path: Path) -> None:
    lede = f"{LEDE} It had been closed since the flood of 2015."
    draft = read_one(write(tmp_path, "0017_9f3ac0de.txt", lede))
    assert draft.title.endswith("…")
    assert len(draft.title) <= 80
    assert lede.startswith(draft.title[:-1])


def test_a_file_of_one_line_keeps_it(tmp_path: Path) -> None:
    draft = read_one(write(tmp_path, "a.txt", "Bridge opens early"))
    assert (draft.title, draft.text) == ("Bridge opens early", "Bridge opens early")


def test_a_file_of_a_date_alone_keeps_it(tmp_path: Path) -> None:
    draft = read_one(write(tmp_path, "a.txt", "12 November 2018"))
    assert (draft.text, draft.published) == ("12 November 2018", "2018-11-12")


@pytest.mark.parametrize(
    ("opening", "published", "source"),
    [
        ("CAPE DORRAN, 17 January 2020 (AP) — ", "2020-01-17", "AP"),
        ("MADRID, Jan 5 2018 (Reuters) - ", "2018-01-05", "Reuters"),
        ("LONDON, March 3 (Reuters) - ", None, "Reuters"),
        ("WASHINGTON — Jan. 5, 2018 — ", "2018-01-05", None),
    ],
)
@pytest.mark.parametrize("headline", [[], ["Bridge opens early"]])
def test_a_dateline_gives_the_date_and_stays(
    tmp_path: Path, headline: list[str], opening: str, published: str | None, source: str | None
) -> None:
    lede = opening + LEDE
    draft = read_one(write(tmp_path, "a.txt", story(*headline, lede, *BODY)))
    assert (draft.published, draft.source) == (published, source)
    assert draft.published_from == ("text" if published else None)
    assert draft.text == story(lede, *BODY)


@pytest.mark.parametrize(
    ("lines", "published"),
    [
        ("Published: 03/04/2022", None),
        ("Published: 13/04/2022", "2022-04-13"),
        ("Posted on June 3rd, 2021", "2021-06-03"),
        ("Last updated: 2021-06-03 10:15", "2021-06-03"),
        ("Updated: 2021-06-04\nPublished: 2021-06-03", "2021-06-03"),
        ("Published: 2021-06-03\n\nUpdated: 2021-06-04", "2021-06-03"),
        ("Updated: 2021-06-04\n\n3 June 2021", "2021-06-03"),
        ("Published: 03/04/2022\nUpdated: 2022-05-01", None),
        ("Published: 03/04/2022\nDate: 3 April 2022", "2022-04-03"),
        ("Updated 3 hours ago", None),
        ("03/04/2022", None),
        ("12 février 2019", "2019-02-12"),
        ("Publicado el 3 de mayo de 2021", "2021-05-03"),
        ("Updated 12/11/2018\nBy Jane Doe", None),
        ("By Jane Doe | June 3rd, 2021", "2021-06-03"),
        ("Posted by Jane Doe on June 3rd, 2021", "2021-06-03"),
        ("By Jane Doe, Associated Press, June 3, 2021", "2021-06-03"),
    ],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_lines_that_say_when_leave_the_text(
    tmp_path: Path, lines: str, gap: str, published: str | None
) -> None:
    text = f"Bridge opens early{gap}{lines}\n\n" + story(LEDE, *BODY)
    draft = read_one(write(tmp_path, "a.txt", text))
    assert (draft.title, draft.published) == ("Bridge opens early", published)
    assert draft.author == ("Jane Doe" if "Jane Doe" in lines else None)
    assert draft.text == story(LEDE, *BODY)


def test_an_updates_day_yields_to_the_datelines(tmp_path: Path) -> None:
    lede = f"TAMFORD, 12 November 2018 (AP) — {LEDE}"
    draft = read_one(write(tmp_path, "a.txt", story("Updated: 14 November 2018", lede, *BODY)))
    assert (draft.published, draft.text) == ("2018-11-12", story(lede, *BODY))


def test_a_place_and_a_day_are_no_headline_and_stay(tmp_path: Path) -> None:
    text = story("CAPE DORRAN, 17 January 2020", LEDE, *BODY)
    draft = read_one(write(tmp_path, "a.txt", text))
    assert (draft.published, draft.text) == ("2020-01-17", text)


def test_under_a_headline_a_place_in_small_letters_and_a_day_are_a_dateline(tmp_path: Path) -> None:
    told = story("Port Ellery, 3 March 2024", LEDE, *BODY)
    for gap in ("\n", "\n\n"):
        draft = read_one(write(tmp_path, "a.txt", f"Fire in the harbour{gap}{told}"))
        assert (draft.title, draft.published) == ("Fire in the harbour", "2024-03-03")
        assert "Port Ellery, 3 March 2024" in draft.text


def test_a_headline_that_ends_in_a_day_stays_a_headline(tmp_path: Path) -> None:
    draft = read_one(write(tmp_path, "a.txt", story("Paris Floods, 3 March 2024", LEDE, *BODY)))
    assert draft.title == "Paris Floods, 3 March 2024"


def test_a_first_line_over_a_date_is_the_title_and_stays_when_it_may_be_prose(
    tmp_path: Path,
) -> None:
    cut = "Mayor opens the Mill Lane bridge early, and says the old ford is to ..."
    draft = read_one(write(tmp_path, "a.txt", story(cut, "12 November 2018", LEDE, *BODY)))
    assert (draft.title, draft.published) == (cut, "2018-11-12")
    assert draft.text == story(cut, LEDE, *BODY)


def test_a_date_inside_the_story_stays(tmp_path: Path) -> None:
    text = story(LEDE, "12 November 2018", *BODY, "Updated: 03/04/2022")
    draft = read_one(write(tmp_path, "a.txt", text))
    assert (draft.published, draft.text) == (None, text)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_text_is_decoded_whatever_it_was_saved_as(tmp_path: Path, encoding: str) -> None:
    text = story(LEDE, *BODY, "The café’s owner, José Núñez, was glad.")
    draft = read_one(write(tmp_path, "a.txt", text.encode(encoding)))
    assert draft.text == text


def test_a_damaged_byte_does_not_spoil_the_rest(tmp_path: Path) -> None:
    text = story(LEDE, *BODY, "The café’s owner, José Núñez, was glad.")
    draft = read_one(write(tmp_path, "a.txt", text.encode() + b" \xff End."))
    assert draft.text == f"{text} \ufffd End."


def test_terminal_escapes_never_reach_a_draft(tmp_path: Path) -> None:
    text = f"Bridge \x1b[31mopens\x1b[0m early\r\n\r\n{LEDE}\x00\x1b]52;c;aGk=\x07\r\n"
    draft = read_one(write(tmp_path, "a.txt", text))
    assert (draft.title, draft.text) == ("Bridge opens early", LEDE)


# --- markdown -------------------------------------------------------------------------------

MARKDOWN = """---
Title: Bridge: the opening
DATE: 2018-11-12 10:00:00
authors: [Jane Doe, Bo Reed]
source: "Tamford Press"
link: https://tamford.example/bridge
lang: en
---

# Bridge: the opening

The **old** bridge over the [River Tam](https://x.example "t") re&shy;opened on
*Friday*. It `cost` <b>$4 million</b>.

![The mayor on the bridge](a.png)

> “We’ll see,” she said.

## What next

- The ford goes.
- The mill
  stays.

1. First.
2. Second.

| Year | Floods |
|------|--------|
| 2017 | 3      |

```
tam --open
```

<!-- a note --><script>alert(1)</script>
<div>Boxed &amp; kept.</div>
"""


def test_markdown_reads_well_without_its_marks(tmp_path: Path) -> None:
    draft = read_one(write(tmp_path, "a.md", MARKDOWN))
    assert draft.title == "Bridge: the opening"
    assert (draft.published, draft.published_from) == ("2018-11-12", "front matter")
    assert (draft.author, draft.source) == ("Jane Doe, Bo Reed", "Tamford Press")
    assert (draft.url, draft.language) == ("https://tamford.example/bridge", "en")
    assert draft.text == story(
        "The old bridge over the River Tam re\xadopened on Friday. It cost $4 million.",
        "The mayor on the bridge",
        "“We’ll see,” she said.",
        "What next",
        "- The ford goes.\n- The mill stays.",
        "1. First.\n2. Second.",
        "Year | Floods\n2017 | 3",
        "tam --open",
        "Boxed & kept.",
    )


def test_the_first_heading_is_the_title_without_front_matter(tmp_path: Path) -> None:
    draft = read_one(write(tmp_path, "a.markdown", f"# Bridge *opens*\n\nBy Jane Doe\n\n{LEDE}"))
    assert (draft.title, draft.author, draft.text) == ("Bridge opens", "Jane Doe", LEDE)


def test_a_heading_that_front_matter_does_not_repeat_stays(tmp_path: Path) -> None:
    draft = read_one(write(tmp_path, "a.md", f"---\ntitle: One\n---\n# Another\n\n{LEDE}"))
    assert (draft.title, draft.text) == ("One", f"Another\n\n{LEDE}")


@pytest.mark.parametrize("broken", ["title: [One", "title: One\n\tdate: x", "title: One: two: {"])
def test_malformed_front_matter_is_read_line_by_line(tmp_path: Path, broken: str) -> None:
    draft = read_one(write(tmp_path, "a.md", f"---\n{broken}\n---\n\n{LEDE}"))
    assert draft.title.startswith("One")
    assert draft.text == LEDE


def test_rules_around_text_are_not_front_matter(tmp_path: Path) -> None:
    draft = read_one(write(tmp_path, "a.md", f"---\n{LEDE}\n\n---\n\n{BODY[0]}"))
    assert draft.text.endswith(story(LEDE, BODY[0]))


def test_a_blogs_file_name_gives_the_date(tmp_path: Path) -> None:
    draft = read_one(write(tmp_path, "2018-11-12-bridge.md", LEDE))
    assert (draft.published, draft.published_from) == ("2018-11-12", "file name")


@pytest.mark.parametrize("gap", ["\n", "\n\n", "  \n"])
def test_the_lines_under_a_heading_are_read_as_in_plain_text(tmp_path: Path, gap: str) -> None:
    source = f"# Bridge opens\n\n*By Ann Lee*{gap}June 3rd, 2021\n\n{LEDE}\n{BODY[0]}\n\n{BODY[1]}"
    draft = read_one(write(tmp_path, "a.md", source))
    assert (draft.title, draft.author) == ("Bridge opens", "Ann Lee")
    assert (draft.published, draft.published_from) == ("2021-06-03", "text")
    assert draft.text == story(f"{LEDE} {BODY[0]}", BODY[1])


def test_a_story_right_under_its_byline_is_kept_whole(tmp_path: Path) -> None:
    source = f"# Bridge opens\nBy Ann Lee\nJune 3rd, 2021\n{LEDE}\n{BODY[0]}\n"
    draft = read_one(write(tmp_path, "a.md", source))
    assert (draft.author, draft.published) == ("Ann Lee", "2021-06-03")
    assert draft.text == f"{LEDE} {BODY[0]}"


def test_a_title_that_lost_its_end_gives_way_to_the_heading(tmp_path: Path) -> None:
    source = f"---\ntitle: [unclosed\ndate: 2020-01-17\n---\n\n# Bridge opens\n\n{LEDE}"
    draft = read_one(write(tmp_path, "a.md", source))
    assert (draft.title, draft.published, draft.text) == ("Bridge opens", "2020-01-17", LEDE)


def test_front_matter_with_no_date_in_its_date_costs_only_the_date(tmp_path: Path) -> None:
    source = f"---\ntitle: Bridge opens\ndate: not a date\n---\n\n{LEDE}"
    draft = read_one(write(tmp_path, "a.md", source))
    assert (draft.title, draft.published, draft.text) == ("Bridge opens", None, LEDE)
    dated = source.replace(LEDE, f"12 November 2018\n\n{LEDE}")
    assert read_one(write(tmp_path, "b.md", dated)).published == "2018-11-12"


def test_broken_front_matter_without_a_known_field_stays_in_the_text(tmp_path: Path) -> None:
    draft = read_one(write(tmp_path, "a.md", f"---\nmood: [unclosed\n---\n\n{LEDE}"))
    assert "mood: [unclosed" in draft.text and LEDE in draft.text


def test_a_lone_heading_is_kept_as_text(tmp_path: Path) -> None:
    draft = read_one(write(tmp_path, "a.md", "# Bridge opens"))
    assert (draft.title, draft.text) == ("Bridge opens", "Bridge opens")


# --- html -----------------------------------------------------------------------------------

PAGE = f"""<!DOCTYPE html><html lang="en"><head><title>Bridge opens | Tamford Press</title>
<meta property="og:site_name" content="Tamford Press"><meta charset="utf-8">
<meta name="author" content="Jane Doe">
<meta property="article:published_time" content="2018-11-12T10:00:00Z">
<link rel="canonical" href="https://tamford.example/bridge"></head>
<body><nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>
<article><h1>Bridge opens</h1>
<figure><img src="a.png" alt="{CAPTION}"><figcaption>{CAPTION}</figcaption></figure>
<p>{CAPTION}</p>
<p>{LEDE} It had been <b>closed</b> &amp; fenced off since the flood of
2015, when the <a href="/tam">River Tam</a> rose.</p><p>{BODY[0]}</p><p>{BODY[1]}</p>
<script>alert("<p>no</p>")</script></article>
<footer>© 2018 Tamford Press. All rights reserved.</footer></body></html>"""


def test_a_page_gives_its_article_and_its_metadata(tmp_path: Path) -> None:
    draft = read_one(write(tmp_path, "a.html", PAGE))
    assert draft.title == "Bridge opens"
    assert (draft.published, draft.published_from) == ("2018-11-12", "html")
    assert (draft.author, draft.source) == ("Jane Doe", "Tamford Press")
    assert (draft.url, draft.language) == ("https://tamford.example/bridge", "en")
    lede = (
        f"{LEDE} It had been closed & fenced off since the flood of 2015, when the River Tam rose."
    )
    assert draft.text == story(CAPTION, lede, BODY[0], BODY[1])


def test_a_page_in_a_declared_old_encoding_is_read(tmp_path: Path) -> None:
    page = PAGE.replace("utf-8", "iso-8859-2").replace("Reed", "Rędziński")
    draft = read_one(write(tmp_path, "a.htm", page.encode("iso-8859-2", "xmlcharrefreplace")))
    assert "engineer Bo Rędziński (left)" in draft.text


def test_an_xhtml_page_with_its_declaration_is_read(tmp_path: Path) -> None:
    page = '<?xml version="1.0" encoding="utf-8"?>\n' + PAGE
    assert LEDE in read_one(write(tmp_path, "a.xhtml", page)).text


def test_a_fragment_is_read(tmp_path: Path) -> None:
    assert read_one(write(tmp_path, "a.html", f"<p>{LEDE}</p>")).text == LEDE


def test_embedded_images_do_not_make_a_page_too_large(tmp_path: Path) -> None:
    image = "A" * 21_000_000
    page = PAGE.replace("a.png", f"data:image/png;base64,{image}")
    assert LEDE in read_one(write(tmp_path, "a.html", page)).text


@pytest.mark.parametrize(
    ("top", "rest"),
    [
        ("<p>Published: 17 January 2020</p>", ""),
        ("<p>By Ann Lee</p><p>17. Januar 2020</p>", ""),
        ("", "CAPE DORRAN, 17 January 2020 (AP) — "),
    ],
)
def test_a_page_without_a_declared_date_is_dated_by_its_text(
    tmp_path: Path, top: str, rest: str
) -> None:
    page = (
        "<html><head><title>Bridge opens</title></head><body><article><h1>Bridge opens</h1>"
        f"{top}<p>{rest}{LEDE}</p><p>{BODY[0]}</p><p>{BODY[1]}</p></article></body></html>"
    )
    draft = read_one(write(tmp_path, "a.html", page))
    assert draft.published == "2020-01-17"
    assert draft.text == story(rest + LEDE, BODY[0], BODY[1])
    assert draft.published_from == "text"


@pytest.mark.parametrize(
    ("said", "published"),
    [
        ("Published: 03/04/2022", None),
        ("Published: 04.03.22", None),
        ("Published: 13/04/2022", "2022-04-13"),
        ("Published: 2022-04-03", "2022-04-03"),
        ("<time datetime='2022-04-03'>03/04/2022</time>", "2022-04-03"),
        ("Published: 03/04/2022</p><p>Sunday, 3 April 2022", "2022-04-03"),
        ("Published: 03/04/2022</p><p>April 3rd, 2022", "2022-04-03"),
    ],
)
def test_a_day_that_a_page_says_in_no_certain_way_is_not_guessed(
    tmp_path: Path, said: str, published: str | None
) -> None:
    page = (
        f"<html><body><article><h1>Bridge opens</h1><p>{said}</p><p>{LEDE}</p><p>{BODY[0]}</p>"
        f"<p>{BODY[1]}</p></article></body></html>"
    )
    draft = read_one(write(tmp_path, "a.html", page))
    assert draft.published == published
    assert draft.text.endswith(story(LEDE, BODY[0], BODY[1]))


@pytest.mark.parametrize("page", ["<html></html>", "<script>let a = 1;</script>", "<"])
def test_a_page_without_an_article_is_unreadable(tmp_path: Path, page: str) -> None:
    with pytest.raises(ArticleUnreadable, match="no article"):
        list(read_file(write(tmp_path, "a.html", page)))


@pytest.mark.parametrize("tag", ["div", "b", "ul", "table", "blockquote"])
def test_deep_markup_is_no_crash(tmp_path: Path, tag: str) -> None:
    path = write(tmp_path, "a.html", f"<{tag}>" * 50_000 + LEDE)
    with contextlib.suppress(ArticleUnreadable):
        assert read_one(path).text


def test_markup_without_end_is_refused_before_it_costs_minutes(tmp_path: Path) -> None:
    with pytest.raises(ArticleUnreadable, match="too much markup"):
        list(read_file(write(tmp_path, "a.html", "<p>word</p>" * 100_000)))


# --- json lines -----------------------------------------------------------------------------


def test_good_lines_are_kept_and_bad_ones_are_told(tmp_path: Path) -> None:
    lines = [
        b'\xef\xbb\xbf{"id": 7, "title": "One", "text": "A sentence.", "published": "2018-11-12"}',
        b"",
        b"{bad",
        b'{"title": "No text"}',
        b'["a list"]',
        b'{"text": "\xff"}',
        b"[" * 100_000,
        b'{"text": ' + b"9" * 5000 + b"}",
        b'{"body": "Two \\ud800 sentences.", "url": "https://x.example/2"}',
    ]
    found = list(read_file(write(tmp_path, "a.jsonl", b"\r\n".join(lines))))
    assert found[0] == Draft("One", "A sentence.", "7", "2018-11-12", "record")
    assert [f.where for f in found[1:-1] if isinstance(f, BadRecord)] == [
        f"line {n}" for n in range(3, 9)
    ]
    last = found[-1]
    assert isinstance(last, Draft)
    assert (last.text, last.key) == ("Two \ufffd sentences.", "https://x.example/2")


def test_the_names_that_other_tools_use_are_known(tmp_path: Path) -> None:
    record = {
        "Headline": "One",
        "content": [LEDE, BODY[0]],
        "publishedAt": "Mon, 12 Nov 2018 10:00:00 GMT",
        "source": {"id": None, "name": "Tamford Press"},
        "authors": ["Jane Doe", {"name": "Bo Reed"}],
        "link": "https://x.example/1",
        "lang": "en",
        "text": "",
    }
    draft = read_one(write(tmp_path, "a.ndjson", json.dumps(record)))
    assert draft == Draft(
        title="One",
        text=story(LEDE, BODY[0]),
        key="https://x.example/1",
        published="2018-11-12",
        published_from="record",
        source="Tamford Press",
        author="Jane Doe, Bo Reed",
        url="https://x.example/1",
        language="en",
    )


def test_a_record_without_id_or_url_is_keyed_by_its_text(tmp_path: Path) -> None:
    lines = "\n".join(json.dumps({"text": text}) for text in ("One.", "Two.", "One."))
    drafts = [d for d in read_file(write(tmp_path, "a.jsonl", lines)) if isinstance(d, Draft)]
    assert drafts[0].key == drafts[2].key != drafts[1].key
    assert all(d.key for d in drafts)


def test_a_record_keeps_what_its_text_says_otherwise(tmp_path: Path) -> None:
    text = f"By Somebody Else\n\n{LEDE}"
    record = {"title": "One", "text": text, "author": "Jane Doe", "date": "12/11/2018"}
    draft = read_one(write(tmp_path, "a.jsonl", json.dumps(record)))
    assert (draft.text, draft.author, draft.published) == (text, "Jane Doe", None)


def test_a_line_past_the_limit_is_one_bad_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.readers.records_jsonl.MAX_LINE_BYTES", 64)
    long = json.dumps({"text": "word " * 100})
    found = list(read_file(write(tmp_path, "a.jsonl", f'{long}\n{{"text": "Kept."}}\n{long}')))
    assert [type(f).__name__ for f in found] == ["BadRecord", "Draft", "BadRecord"]
    assert isinstance(found[2], BadRecord) and found[2].where == "line 3"


@pytest.mark.parametrize(
    "content",
    [
        "\n".join(f'{{"text": "Caf\u00e9 {n}"}}' for n in range(9)).encode("cp1252"),
        '{"text": "One."}\n{"text": "Two."}\n'.encode("utf-16"),
        '{"text": "One."}'.encode("utf-16-le"),
        bytes(range(256)) * 40,
        b"\x00" * 400,
        b"\x1f\x8b\x08\x00" + b"\xff\n" * 20,
        b"SQLite format 3\x00" + b"abc\n" * 20,
    ],
)
def test_a_file_that_is_not_text_is_told_once(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ArticleUnreadable, match=r"not .*text"):
        list(read_file(write(tmp_path, "a.jsonl", content)))


def test_bad_lines_at_the_start_cost_no_good_ones(tmp_path: Path) -> None:
    lines = [b'{"text": "\xff"}'] * 4 + [b'{"text": "Kept."}', b'{"text": "\x00"}'] + [b"\xff"] * 9
    found = list(read_file(write(tmp_path, "a.jsonl", b"\n".join(lines))))
    assert [type(f).__name__ for f in found] == ["BadRecord"] * 4 + ["Draft"] + ["BadRecord"] * 10
    assert [f.where for f in found if isinstance(f, BadRecord)][:5] == [
        f"line {n}" for n in (1, 2, 3, 4, 6)
    ]


def test_a_file_without_records_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(ArticleUnreadable, match="no records"):
        list(read_file(write(tmp_path, "a.jsonl", "\n \n")))


# --- any file -------------------------------------------------------------------------------


def test_the_suffix_decides_in_any_case(tmp_path: Path) -> None:
    assert read_one(write(tmp_path, "A.TXT", LEDE)).text == LEDE
    assert is_supported(Path("a.JSONL")) and not is_supported(Path("a.exe"))
    assert ".txt" in SUFFIXES


@pytest.mark.parametrize("name", ["a.exe", "a", "a.\x1b[31m"])
def test_an_unsupported_suffix_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(ArticleUnreadable, match=r"\.txt") as caught:
        list(read_file(tmp_path / name))
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
@pytest.mark.parametrize("content", [b"", b" \n\t\r\n ", b"\xef\xbb\xbf", b"\x00" * 64])
def test_an_empty_file_is_unreadable(tmp_path: Path, suffix: str, content: bytes) -> None:
    found: list[Draft | BadRecord] = []
    try:
        found.extend(read_file(write(tmp_path, f"a{suffix}", content)))
    except ArticleUnreadable as error:
        assert str(error).isprintable()
    assert not any(isinstance(f, Draft) for f in found)


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html"])
@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"PK\x03\x04....", b"\x7fELF\x02\x01\x01"])
def test_a_binary_under_a_text_name_is_unreadable(
    tmp_path: Path, suffix: str, content: bytes
) -> None:
    with pytest.raises(ArticleUnreadable, match="not text"):
        list(read_file(write(tmp_path, f"a{suffix}", content + bytes(range(256)) * 8)))


def test_a_document_past_the_limit_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as stream:
        stream.truncate(64 * 1024 * 1024 + 1)
    with pytest.raises(ArticleUnreadable, match="larger than 64 MiB"):
        list(read_file(path))


def test_what_is_no_file_is_refused_unopened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "folder.txt").mkdir()
    (tmp_path / "device.txt").symlink_to("/dev/zero")
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    with socket.socket(socket.AF_UNIX) as listener:
        monkeypatch.chdir(tmp_path)  # A socket's path may have 107 bytes only.
        listener.bind("socket.txt")
        for name in ("pipe", "folder", "device", "loop", "socket", "absent"):
            with pytest.raises(ArticleUnreadable):
                list(read_file(tmp_path / f"{name}.txt"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_unreadable(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", LEDE)
    path.chmod(0)
    with pytest.raises(ArticleUnreadable, match="permission denied; change"):
        list(read_file(path))


def test_a_file_name_that_is_not_utf_8_works(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/br\xfccke am langen fluss.txt"))
    path.write_text(f"{LEDE} {BODY[0]}", encoding="utf-8")
    draft = read_one(path)
    assert draft.title == "Br\ufffdcke am langen fluss"
    path.write_bytes(b"")
    with pytest.raises(ArticleUnreadable) as caught:
        list(read_file(path))
    str(caught.value).encode("utf-8")


def test_a_name_with_a_newline_stays_on_one_line_of_a_message(tmp_path: Path) -> None:
    with pytest.raises(ArticleUnreadable) as caught:
        list(read_file(write(tmp_path, "a\n\x1b[31mb.txt", b"")))
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("module", "name", "content", "kind"),
    [
        ("trafilatura", "a.html", PAGE, "HTML"),
        ("markdown_it", "a.md", LEDE, "Markdown"),
        ("yaml", "a.md", MARKDOWN, "Markdown"),
        ("dateutil", "a.txt", f"November 12, 2018\n\n{LEDE}", "text"),
        ("charset_normalizer", "a.txt", "Caf\u00e9".encode("cp1252"), "text"),
        ("dateutil", "a.jsonl", '{"text": "One.", "date": "November 12, 2018"}', "JSON Lines"),
    ],
)
def test_a_library_that_is_not_installed_whole_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    module: str,
    name: str,
    content: str | bytes,
    kind: str,
) -> None:
    for loaded in [m for m in sys.modules if m == module or m.startswith(f"{module}.")]:
        monkeypatch.delitem(sys.modules, loaded)
    monkeypatch.setitem(sys.modules, module, None)
    told = rf"cannot be read: the {kind} reader's parts .*{module}.*install Dateline again with pip"
    with pytest.raises(ArticleUnreadable, match=told) as caught:
        list(read_file(write(tmp_path, name, content)))
    assert str(caught.value).isprintable()


def test_a_part_that_fails_inside_the_extraction_is_told_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import trafilatura

    def fail(*_: object, **__: object) -> None:
        raise ImportError("lxml.html.clean module is now a separate project")

    monkeypatch.setattr(trafilatura, "bare_extraction", fail)
    with pytest.raises(ArticleUnreadable, match=r"not installed whole \(lxml\.html\.clean module"):
        list(read_file(write(tmp_path, "a.html", PAGE)))


def test_importing_the_readers_imports_no_heavy_library() -> None:
    code = (
        "import sys, embeddings.readers; "
        "print([m for m in ('trafilatura', 'lxml', 'yaml', 'markdown_it', 'dateutil', "
        "'charset_normalizer', 'torch', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


# --- anything at all ------------------------------------------------------------------------

_FRAGMENTS = st.sampled_from(
    [
        *(
            b"<html>",
            b"<body>",
            b"<p>",
            b"</p>",
            b"<a href=",
            b"<!--",
            b"]]>",
            b"&#27;",
            b"&#xD800;",
        ),
        *(b"---\n", b"# ", b"title: ", b"- ", b"> ", b"| a |\n|---|\n", b"```\n", b"[a](b)"),
        *(b'{"text": "', b'"}', b'"id": ', b"\n", b"\\ud800", b"null", b"\x1b[31m", b"\x1b]0;"),
        *(b"12 November 2018\n", b"By Jane Doe\n", b"\xff\xfe", b"\xef\xbb\xbf", b"\x00", b"\x9b"),
        *(LEDE.encode(), BODY[0].encode(), b"word ", "日本語。".encode(), "“é”".encode("cp1252")),
    ]
)
_ANYTHING = st.binary(max_size=300) | st.lists(_FRAGMENTS, max_size=30).map(b"".join)


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html", ".jsonl"])
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=_ANYTHING)
def test_any_bytes_give_drafts_or_unreadable_and_nothing_else(
    tmp_path: Path, suffix: str, content: bytes
) -> None:
    try:
        found = list(read_file(write(tmp_path, f"a{suffix}", content)))
    except ArticleUnreadable as error:
        assert str(error).isprintable()
        return
    assert found
    for item in found:
        if isinstance(item, BadRecord):
            assert f"{item.where}: {item.reason}".isprintable()
            continue
        assert item.text.strip() and item.title.strip()
        for value in (item.title, item.text, item.key, item.author, item.source, item.url):
            (value or "").encode("utf-8")
            assert not set(value or "") & {"\x1b", "\x00", "\x9b", "\r"}
        assert "\n" not in item.title


def test_where_a_story_was_written_is_not_its_title(tmp_path: Path) -> None:
    path = tmp_path / "n0031.txt"
    path.write_text("Washington CNN —\n\nThe bridge at Tamford closed.\n\nIt opens again in May.\n")
    (draft,) = [found for found in read_file(path) if isinstance(found, Draft)]
    assert draft.title == "The bridge at Tamford closed."
    assert draft.text.startswith("Washington CNN —")
