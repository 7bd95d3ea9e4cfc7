"""The reader's network: the base cross-encoder with heads over its tokens and its first mark.

One pass over a question and a passage gives, for each token, how well an answer starts there,
ends there, and how much it speaks for its sentence; for the pair, its relevance (the base's
own head) and whether the passage answers.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

START, END, EVIDENCE = range(3)
RELEVANCE, ANSWERS = range(2)


class ReaderNetwork(nn.Module):
    """`base` is a ``BertForSequenceClassification``; its classifier gives the relevance."""

    def __init__(self, base: Any) -> None:
        super().__init__()
        self.bert = base.bert
        self.relevance = base.classifier
        width = base.config.hidden_size
        self.tokens = nn.Linear(width, 3)
        self.answers = nn.Linear(width, 1)
        nn.init.normal_(self.tokens.weight, std=0.02)
        nn.init.normal_(self.answers.weight, std=0.02)
        with torch.no_grad():
            # Of some three hundred tokens one is right, and no answer counts as nought.
            self.tokens.bias.copy_(torch.tensor([-5.0, -5.0, -1.0]))
            self.answers.bias.fill_(-1.0)

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Token scores (batch, tokens, 3) and pair scores (batch, 2)."""
        hidden = self.bert(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        )
        relevance = self.relevance(hidden.pooler_output)
        answers = self.answers(hidden.last_hidden_state[:, 0])
        return self.tokens(hidden.last_hidden_state), torch.cat([relevance, answers], dim=-1)
