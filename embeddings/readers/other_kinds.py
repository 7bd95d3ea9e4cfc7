"""Kinds of documents that are not read, and what to make of them."""

from __future__ import annotations

_TEXT = "save it as .docx, .odt or .txt"
_TABLE = "save it as .csv"
_PICTURE = "run it through text recognition (OCR) first"
_BOOK = "convert it to .epub"

ADVICE: dict[str, str] = {
    **dict.fromkeys((".doc", ".docm", ".dot", ".pages", ".wpd", ".wps", ".sxw", ".hwp"), _TEXT),
    **dict.fromkeys((".tex", ".rst", ".adoc", ".org"), "save it as .txt or .html"),
    **dict.fromkeys((".ppt", ".pptx", ".odp", ".key"), "save it as .pdf"),
    **dict.fromkeys((".xls", ".xlsx", ".ods", ".numbers"), _TABLE),
    **dict.fromkeys((".mobi", ".azw", ".azw3", ".fb2", ".lit"), _BOOK),
    **dict.fromkeys((".djvu", ".tif", ".tiff"), _PICTURE),
    **dict.fromkeys((".webarchive", ".maff"), "save the page as .html or .mhtml"),
    **dict.fromkeys((".msg", ".pst", ".emlx"), "export it as .eml or .mbox"),
    **dict.fromkeys((".7z", ".rar", ".bz2", ".xz", ".zst"), "unpack it and give the folder"),
    ".opml": "give it with --feeds",
    ".parquet": "export it as .jsonl",
}
