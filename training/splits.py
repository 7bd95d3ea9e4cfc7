"""Which squad articles the reader learned from and was calibrated on; all others are reported.

By article, in the order of their ids' digests. Two more than were first drawn are calibrated on:
of the first three, one has no unanswerable questions, and two told too little.
"""

from __future__ import annotations

_CALIBRATED = (
    "Harvard_University",
    "Imperialism",
    "Intergovernmental_Panel_on_Climate_Change",
    "Normans",
    "Teacher",
)
_TRAINED = (
    "Amazon_rainforest",
    "Chloroplast",
    "Civil_disobedience",
    "Computational_complexity_theory",
    "Fresno,_California",
    "Huguenot",
    "Kenya",
    "Oxygen",
    "Packet_switching",
    "Private_school",
    "Rhine",
    "Sky_(United_Kingdom)",
    "Steam_engine",
    "University_of_Chicago",
    "Victoria_and_Albert_Museum",
)


def split_of(article_id: str) -> str:
    """``train``, ``calibrate`` or ``report`` for an article's id in the set."""
    name = article_id.removeprefix("squad:")
    return "train" if name in _TRAINED else "calibrate" if name in _CALIBRATED else "report"
