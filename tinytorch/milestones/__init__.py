"""Moments in the history of neural networks, run on what a student has exported: `tito milestone`.

A file each; `MILESTONES` lists them. Nothing here is imported by core or by the tools of the course but this list.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

NOT_REACHED = 3  # the exit code of `python -m tinytorch.milestones`; Python itself ends with 1 and 2


@dataclass(frozen=True)
class Milestone:
    """One of them: what is shown, and what has to be exported for it.

    Attributes:
        name: as in `tito milestone NAME`; with underscores, it is the file's name.
        years: when it was.
        title: what is shown, in a few words.
        modules: the numbers of the modules whose exports it uses, such as "01".
        source: who did it first.
    """

    name: str
    years: str
    title: str
    modules: tuple[str, ...]
    source: str

    @property
    def file(self) -> str:
        """The name of its module in this package."""
        return self.name.replace("-", "_")


class Outcome(NamedTuple):
    """What came of a milestone: whether it reached its threshold, in one sentence with the figures."""

    reached: bool
    sentence: str


MILESTONES = [
    Milestone(
        "perceptron",
        "1958, 1969",
        "a perceptron learns AND and fails at XOR",
        ("01", "03"),
        "F. Rosenblatt, The Perceptron, Psychological Review 65, 1958; M. Minsky and S. Papert, Perceptrons, 1969",
    ),
    Milestone(
        "xor",
        "1986",
        "a hidden layer learns XOR",
        ("01", "02", "03", "04", "06", "07"),
        "D. Rumelhart, G. Hinton and R. Williams, Learning representations by back-propagating errors, Nature 323, "
        "1986",
    ),
    Milestone(
        "mlp",
        "1989",
        "a network of layers reads handwritten digits",
        ("01", "02", "03", "04", "05", "06", "07", "08"),
        "Y. LeCun et al., Backpropagation applied to handwritten zip code recognition, Neural Computation 1, 1989",
    ),
    Milestone(
        "cnn",
        "1998",
        "convolutions read the same digits",
        ("01", "02", "03", "04", "05", "06", "07", "08", "09"),
        "Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, Gradient-based learning applied to document recognition, "
        "Proceedings of the IEEE 86, 1998",
    ),
    Milestone(
        "from-disk",
        "today",
        "the layers of `mlp` learn from 100,000 samples on disk",
        ("01", "02", "03", "04", "05", "06", "07", "08", "10"),
        "the loader of module 10",
    ),
]


def picture_path(milestone: Milestone, folder: Path) -> Path:
    """Return where the picture of a milestone is drawn to."""
    return folder / f"{milestone.name}.png"
