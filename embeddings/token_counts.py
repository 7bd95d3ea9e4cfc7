"""How many tokens texts have: counted word by word where that is the same, each word once.

Passages are cut by the tokens of their sentences. Reading those takes a tokenizer longer than
SQLite takes to store them, and the words of news are few.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain

from tokenizers import Encoding, Tokenizer, models, normalizers, pre_tokenizers

# Words are kept until they and what keeping them takes are so many bytes, some 100,000 words.
_MOST_BYTES = 16_000_000
_BYTES_A_WORD = 150
_MARKS = ".,;:!?\"'()"


class TokenCounts:
    """Counts a tokenizer's tokens. Safe for threads."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._by_word = _ends_tokens_at_spaces(tokenizer)
        self._known: dict[str, int] = {}
        self._bytes = 0

    def of(self, texts: Sequence[str]) -> list[int]:
        """Each text's number of tokens, without the marks that a model sets at its ends."""
        if not self._by_word:
            encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
            return [sum(len(part.ids) for part in _parts(encoding)) for encoding in encodings]
        if self._bytes > _MOST_BYTES:
            self._known, self._bytes = {}, 0
        known = self._known  # Whoever counts at the same time may begin another.
        words = [text.split(" ") for text in texts]
        if new := set(chain.from_iterable(words)).difference(known):
            bare = {word: word.strip(_MARKS) for word in new}
            if fresh := list(set(bare.values()).difference(known)):
                known.update(zip(fresh, self._count_words(fresh), strict=True))
            # Each of the marks is a token, wherever it stands.
            known.update({word: known[own] + len(word) - len(own) for word, own in bare.items()})
            self._bytes += sum(map(len, new)) + _BYTES_A_WORD * len(new)
        return [sum(map(known.__getitem__, each)) for each in words]

    def _count_words(self, words: list[str]) -> list[int]:
        # In one call, and so by one thread: the tokenizer's own take a core from those who read.
        encoding = self._tokenizer.encode(words, is_pretokenized=True, add_special_tokens=False)
        tokens = Counter(chain.from_iterable(part.word_ids for part in _parts(encoding)))
        return [tokens[at] for at in range(len(words))]


def _parts(encoding: Encoding) -> list[Encoding]:
    """A text's tokens, those included that a model would not read."""
    return [encoding, *encoding.overflowing]


def _ends_tokens_at_spaces(tokenizer: Tokenizer) -> bool:
    """Whether a text's tokens are those of what stands between its spaces, as BERT's are."""
    added = tokenizer.get_added_tokens_decoder().values()
    return (
        isinstance(tokenizer.model, models.WordPiece)
        and isinstance(tokenizer.pre_tokenizer, pre_tokenizers.BertPreTokenizer)
        and isinstance(tokenizer.normalizer, normalizers.BertNormalizer | None)
        and not any(" " in token.content for token in added)
    )
