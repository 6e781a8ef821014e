"""A student's way through the course: nothing is exported at first, and in the end a model trains on what was."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.helpers.corpus import CORPUS, answers_of, read_corpus
from tests.helpers.repository import ROOT
from tinytorch.course.layout import Course, Module
from tinytorch.milestones import MILESTONES

# The loop that module 05 prints, around a model that 09 builds: every module up to 09 has its part in it.
TRAIN_BOTH = """
import numpy as np
from tinytorch import (Adam, Conv2d, CrossEntropyLoss, DataLoader, Flatten, Linear, MaxPool2d, RandomCrop, ReLU, SGD,
                       Sequential, Tensor, TensorDataset, Trainer)
from tinytorch.datasets import split_digits

images, labels, test_images, test_labels = split_digits()

class Moved:
    crop = RandomCrop(8, padding=1, generator=np.random.default_rng(1))

    def __len__(self):
        return len(images)

    def __getitem__(self, index):
        return self.crop(images[index][None]), labels[index]

np.random.seed(0)
mlp = Sequential(Linear(64, 128), ReLU(), Linear(128, 10))
rows = TensorDataset(Tensor(images.reshape(-1, 64)), Tensor(labels))
unseen = TensorDataset(Tensor(test_images.reshape(-1, 64)), Tensor(test_labels))
trainer = Trainer(mlp, SGD(mlp.parameters(), lr=0.2, momentum=0.9), CrossEntropyLoss())
loader = DataLoader(rows, 32, shuffle=True, generator=np.random.default_rng(0))
print(trainer.fit(loader, DataLoader(unseen, 128), epochs=20, progress=False)["val_accuracy"][-1])

cnn = Sequential(Conv2d(1, 16, 3, padding=1), ReLU(), Conv2d(16, 32, 3, padding=1), ReLU(), MaxPool2d(2), Flatten(),
                 Linear(512, 10))
optimizer, loss_fn = Adam(cnn.parameters()), CrossEntropyLoss()
loader = DataLoader(Moved(), 32, shuffle=True, generator=np.random.default_rng(2))
for epochs, lr in [(12, 3e-3), (5, 1e-3), (3, 3e-4)]:
    optimizer.lr = lr
    for _ in range(epochs):
        for batch, targets in loader:
            optimizer.zero_grad()
            loss = loss_fn(cnn(batch), targets)
            loss.backward()
            optimizer.step()
print((cnn(Tensor(test_images[:, None])).data.argmax(axis=1) == test_labels).mean())
"""
MODULES = Course(ROOT).modules
# Runs one command after the other; to load nbgrader anew for each would take most of the time.
TITO = """
import sys
from tinytorch.course.cli import main

for command in sys.argv[1:]:
    try:
        main(command.split())
    except SystemExit as end:
        if end.code:
            raise
"""
VERBS = ("check", "export")


def in_folder(folder: Path, *arguments: str) -> str:
    """Run Python in a course folder, with the tinytorch that is there; give what it prints."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    command = [sys.executable, *arguments]
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, f"{' '.join(arguments)}:\n{ran.stdout}{ran.stderr}"
    return ran.stdout


def answered(module: Module, which: int) -> nbformat.NotebookNode:
    """Return the notebook of a module with right answers that are not the reference's."""
    own = sorted(
        path.stem for path in (CORPUS / module.assignment).glob("correct_*.py") if path.stem != "correct_reference"
    )
    return read_corpus(module, [own[which % len(own)]])[0].notebook


@pytest.fixture(scope="module")
def student(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a student has at first: notebooks and tools, no solution and nothing exported."""
    folder = tmp_path_factory.mktemp("student")
    for name in ("nbgrader_config.py", "settings.ini", "pyproject.toml"):
        shutil.copyfile(ROOT / name, folder / name)
    shutil.copytree(ROOT / "modules", folder / "modules")
    shutil.copytree(ROOT / "tinytorch", folder / "tinytorch", ignore=shutil.ignore_patterns("core", "__pycache__"))
    (folder / "tinytorch" / "_modidx.py").unlink()
    (folder / "tinytorch" / "core").mkdir()
    shutil.copyfile(ROOT / "tinytorch" / "core" / "__init__.py", folder / "tinytorch" / "core" / "__init__.py")
    return folder


def test_from_notebooks_alone_to_a_model_that_reads_digits(student: Path) -> None:
    assert [path.name for path in (student / "tinytorch" / "core").iterdir()] == ["__init__.py"]
    for module in MODULES:
        nbformat.write(answered(module, 0), student / module.released_path.relative_to(ROOT))
    said = in_folder(student, "-c", TITO, *(f"{verb} {module.number}" for module in MODULES for verb in VERBS))
    assert "fail" not in said, said
    assert len(re.findall(r"^Step \d+ +pass", said, re.MULTILINE)) > 4 * len(MODULES)
    for module in MODULES:
        exported = student / module.core_path.relative_to(ROOT)
        assert exported.read_bytes() != module.core_path.read_bytes()
    for milestone in MILESTONES:
        printed = in_folder(student, "-m", "tinytorch.course.cli", "milestone", milestone.name)
        assert re.search("^pass: ", printed, re.MULTILINE), printed
        assert (student / "milestones" / f"{milestone.name}.png").read_bytes().startswith(b"\x89PNG")
    mlp, cnn = map(float, in_folder(student, "-c", TRAIN_BOTH).split())
    assert mlp >= 0.97
    assert cnn >= 0.98


def test_an_optional_step_may_stay_as_it_was_released(student: Path) -> None:
    tensor, loader = Course(ROOT).module("01"), Course(ROOT).module("05")
    left_out = "correct_without_the_optional_step"
    for module, notebook in ((tensor, answered(tensor, 0)), (loader, read_corpus(loader, [left_out])[0].notebook)):
        nbformat.write(notebook, student / module.released_path.relative_to(ROOT))
        in_folder(student, "-m", "tinytorch.course.cli", "export", module.number)
    released = {cell.id: cell.source for cell in nbformat.read(loader.released_path, as_version=4).cells}
    assert "OPTIONAL" in released["get-batch"]
    assert released["get-batch"] == answers_of(notebook)["get-batch"].rstrip()
    code = (
        "from tinytorch import DataLoader, Tensor, TensorDataset\n"
        "assert not hasattr(TensorDataset, 'get_batch')\n"
        "print([batch.data.tolist() for (batch,) in DataLoader(TensorDataset(Tensor([1, 2, 3])), 2)])"
    )
    assert in_folder(student, "-c", code) == "[[1, 2], [3]]\n"
