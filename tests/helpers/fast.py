"""Which tests `make check` runs: those that need neither a graded course nor a server, a browser or a build."""

from __future__ import annotations

import pytest

FOLDERS = (
    "tests/core/",
    "tests/course/",
    "tests/datasets/",
    "tests/profiling/",
    "tests/test_panel",
    "tests/test_contr",
)
# Fixtures that take seconds to make
SLOW_FIXTURES = {"built_course", "course", "graded", "image", "site", "class_", "npm_root"}
# Files whose tests take seconds: they train, start processes, or make environments
SLOW_FILES = (
    "tests/core/test_autograd.py",
    "tests/core/test_broken_export.py",
    "tests/core/test_convolutions.py",
    "tests/core/test_scaling.py",
    "tests/core/test_training.py",
    "tests/course/authoring/test_bundle.py",
    "tests/course/authoring/test_lite.py",
    "tests/course/gradebook/test_open_for_writing.py",
    "tests/course/grading/test_cluster.py",
    "tests/course/grading/test_worker_pool.py",
    "tests/course/reports/test_similar_answers.py",
    "tests/course/sandbox/",
    "tests/course/test_patches.py",
    "tests/course/verdict/test_decider.py",
    "tests/datasets/test_cifar10.py",
)


def is_fast(test: pytest.Item) -> bool:
    """Whether `make check` runs a test."""
    fixtures = set(getattr(test, "fixturenames", ()))
    return test.nodeid.startswith(FOLDERS) and not test.nodeid.startswith(SLOW_FILES) and not fixtures & SLOW_FIXTURES
