"""What every reader does to text, whatever the file: make it safe to print and fit to quote.

Articles are quoted verbatim later, so this is the only place where text may change, and it
only removes: terminal escapes and control characters (an article must not drive a
terminal), a paragraph said twice (a caption and its alternative text), and the boilerplate
after the story. Unicode is otherwise left as the article has it: no normalisation, no
straightened quotes. When it is unsure whether a line is story, it keeps the line.
"""

from __future__ import annotations

import re

# Said twice in a row it is a caption and its alternative text; only shorter ones may be speech.
_ADJACENT_REPEAT_CHARS = 20
# Further apart a short repeat means something: the same question put to each candidate, the
# same match on another day. Only a paragraph of prose as long as this is a repeat by mistake.
_DISTANT_REPEAT_CHARS = 120

_BOILERPLATE_CHARS = 240
_BOILERPLATE_LINES = 12

# Whole sequences, so that no "[31m" is left behind. A string sequence (OSC, DCS...) must end
# on its line and before the next escape: an unended one costs its introducer, never a story.
_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"
    r"|\x9b[0-?]+[ -/]*[@-~]"
    r"|\x1b[\]PX^_][^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[()*+#%][0-9A-Z]"
    r"|\x1b[78=>]?"
)
_WORD = re.compile(r"[^\W_]")
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]")
_INSTEAD = {
    **dict.fromkeys("\v\f\u2028\u2029", "\n"),
    # Windows-1252 read as Latin-1 leaves its quotes, dashes and ellipsis as C1 controls.
    **{chr(b): bytes([b]).decode("cp1252") for b in (0x85, *range(0x91, 0x98))},
    **{chr(surrogate): "\N{REPLACEMENT CHARACTER}" for surrogate in range(0xD800, 0xE000)},
}

SITE = r"(?:facebook|twitter|instagram|linkedin|whatsapp|telegram|youtube|x|threads|bluesky)"
_POLICY = r"(?:privacy\ policy|cookie\ policy|terms\ (?:of\ (?:use|service)|and\ conditions))"
_ACTION = r"(?:share|tweet|e-?mail|print|pin|like|comment)"
_MAILING = r"(?:newsletters?|e-?mails?|alerts?|briefings?|updates|digest|bulletin|mailing\ list)"
# Each alternative is a whole line. They are imperatives to the reader of the page and notes
# of rights, and narrow: "Copyright law is changing." must not match.
_BOILERPLATE = re.compile(
    r"""
      (?:please\ )?(?:click|tap|click\ or\ tap)\ here\ (?:to|for)\b.*
    | unsubscribe(?:\ (?:from|here|at|now)\b.*)?
    | to\ unsubscribe\b.*
    | contact\ us(?:\ (?:at|on|by|via|here)\b.*|\ ?[:|].*)?
    | (?:please\ )?subscribe(?:\ (?:now|here|today|to\ (?:our|my|this|the))\b.*)?
    | (?:please\ )?sign\ up(?:\ (?:now|here|today))?(?:\ (?:for|to)\b.*\bMAILING\b.*)?
    | (?:like|follow|find|join|connect\ with)\ us\ on\ SITE\b.*
    | follow\ (?:@\w+|\w+(?:\ [\w.'’-]+){0,3})\ on\ SITE\b.*
    | share(?:\ (?:this(?:\ (?:article|story|post|page|video))?|on\ SITE|via\ (?:SITE|e-?mail)))?
    | ACTION(?:[\ ,|/•·]+(?:ACTION|SITE))+
    | (?:copyright\ ?)?(?:©|\(c\)\ ?(?=\d{4})).*
    | copyright\ (?:by\ )?\d{4}\b.*
    | (?:.{0,80}[.,|–—-]\ )?all\ rights\ reserved(?:[.,;].*)?
    | (?:this\ material\ )?may\ not\ be\ (?:published|reproduced|redistributed)\b.*
    | advertisement|advertising|sponsored\ content
    | (?:\d{1,5}\ )?comments?|(?:leave|post|add)\ a\ (?:comment|reply)|join\ the\ conversation
    | tell\ us\ what\ you\ think|thank(?:s|\ you)\ for\ (?:signing\ up|subscribing)
    | (?:related|recommended|more|popular|latest)\ (?:articles|stories|posts|news|topics)
    | (?:you\ (?:may|might)\ also\ like|read\ (?:more|next|also)|see\ also)
    | view\ (?:this\ email\ )?in\ (?:your\ )?browser
    | POLICY(?:[\ ,|/•·]+POLICY)*
    """.replace("SITE", SITE)
    .replace("POLICY", _POLICY)
    .replace("ACTION", _ACTION)
    .replace("MAILING", _MAILING),
    re.VERBOSE | re.IGNORECASE,
)
# A name, so without a full stop: "Tamford Weekly Newsletter", and not "He wrote newsletters."
_NEWSLETTER = re.compile(r"(?:[\w'’&]+ ){0,4}newsletter", re.IGNORECASE)
_SPACE = re.compile(r"\s")
_LONG_CHARS = 100_000
_CLOSERS = "\"'”’)»"
_QUOTED = re.compile('["“”«»„]')


def clean_text(text: str) -> str:
    """The text of an article: safe to print, its paragraphs one blank line apart.

    Repeated paragraphs and the boilerplate after the story are left out. Empty when the
    text holds nothing to read.
    """
    return drop_tail_boilerplate(drop_repeats(tidy(text)))


def clean_line(text: str) -> str:
    """A title, a name or an address: one line, safe to print, single-spaced."""
    return " ".join(strip_controls(text).split())


def single_spaced(text: str) -> str:
    """The text on one line, one space between its words; of a long one, not all held at once."""
    if len(text) <= _LONG_CHARS:
        return " ".join(text.split())
    pieces = []
    at = 0
    while at < len(text):
        space = _SPACE.search(text, at + _LONG_CHARS)
        end = space.start() if space else len(text)
        pieces.append(" ".join(text[at:end].split()))
        at = end
    return " ".join(filter(None, pieces)) if len(pieces) > 1 else "".join(pieces)


def strip_controls(text: str) -> str:
    """The text without terminal escapes and control characters, its newlines ``\\n``.

    A lone surrogate, which no file can store, becomes U+FFFD.
    """
    if text.isascii() and text.isprintable():
        return text
    if "\x1b" in text or "\x9b" in text:
        text = _ESCAPES.sub("", text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSAFE.sub(lambda found: _INSTEAD.get(found[0], ""), text)


def tidy(text: str) -> str:
    """Controls out, spaces at line ends out, one blank line at most between paragraphs."""
    lines: list[str] = []
    for line in strip_controls(text).split("\n"):
        line = line.rstrip()
        if line or (lines and lines[-1]):
            lines.append(line if lines else line.lstrip())
    while lines and not lines[-1]:
        lines.pop()
    tidied = "\n".join(lines)
    return tidied if has_words(tidied) else ""


def drop_repeats(text: str) -> str:
    """The tidy text with what was said twice by mistake said once, where it was said first."""
    seen: set[str] = set()
    kept: list[str] = []
    previous = ""
    for paragraph in text.split("\n\n"):
        whole = single_spaced(paragraph)
        if whole in seen:
            continue
        lines: list[str] = []
        for line in paragraph.split("\n"):
            words = single_spaced(line)
            if words in seen or (words == previous and len(words) >= _ADJACENT_REPEAT_CHARS):
                continue
            lines.append(line)
            previous = words
            if _is_long_prose(words):
                seen.add(words)
        if _is_long_prose(whole):
            seen.add(whole)
        if lines:
            kept.append("\n".join(lines))
    return "\n\n".join(kept)


def _is_long_prose(words: str) -> bool:
    return (
        len(words) >= _DISTANT_REPEAT_CHARS
        and words.rstrip(_CLOSERS).endswith((".", "!"))
        and "?" not in words
    )


def drop_tail_boilerplate(text: str) -> str:
    """The tidy text without the contact, newsletter, sharing and rights lines that end it.

    Only whole lines at the very end, each unmistakable on its own, and never one that
    quotes somebody. Where nothing else would be left, everything is kept.
    """
    lines = text.split("\n")
    end = len(lines)
    candidate = end
    for _ in range(_BOILERPLATE_LINES):
        while candidate and not has_words(lines[candidate - 1]):
            candidate -= 1
        if not candidate or not is_boilerplate(lines[candidate - 1]):
            break
        candidate -= 1
        end = candidate
    if end == len(lines):
        return text
    while end and not has_words(lines[end - 1]):  # The rule between story and footer.
        end -= 1
    return "\n".join(lines[:end]) or text


def is_boilerplate(line: str) -> bool:
    """Whether a line that ends a page is about the page and not of the story."""
    if len(line) > _LONG_CHARS:
        return False
    words = " ".join(line.split()).strip(" -–—|•·*>")
    if not words or len(words) > _BOILERPLATE_CHARS or _QUOTED.search(words):
        return False
    if _NEWSLETTER.fullmatch(words):
        return True
    return _BOILERPLATE.fullmatch(words.rstrip(".!: ")) is not None


def has_words(text: str) -> bool:
    """Whether there is anything to read: a letter or a digit in any script."""
    return _WORD.search(text) is not None
