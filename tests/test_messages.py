"""Messages: for faulty answers of the corpora, the first line in which `tito check` says what is wrong, and where.

A file of the corpus says with `says` and `at` what this line has to contain; see `tests/helpers/corpus.py`.
"""

import nbformat
import pytest

from tests.helpers.corpus import CORPUS, read_corpus
from tests.helpers.repository import ROOT
from tinytorch.course.layout import Course
from tinytorch.course.student.check import check

COURSE = Course(ROOT)
FAULTS = [
    pytest.param(module, path.stem, id=f"{module.assignment}-{path.stem}")
    for module in COURSE.modules
    for path in sorted((CORPUS / module.assignment).glob("*.py"))
    if "\n# says:" in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize(("module", "name"), FAULTS)
def test_the_first_message_says_what_is_wrong_and_where(module, name, tmp_path):
    (fault,) = read_corpus(module, [name])
    path = tmp_path / module.notebook_name
    nbformat.write(fault.notebook, path)
    message = next(iter(check(COURSE, module, path).explanations()), "")
    missing = [words for words in (*fault.says, fault.at) if words.lower() not in message.lower()]
    assert not missing, f"{fault.why}: expected {missing} in {message!r}"
