"""The grader's end of the witness, which `inside_witness` is the other end of.

The witness is put into each new kernel before any of the student's code runs there, and takes with it all functions
that it and the tests use: what was built into Python, what the given cells import and define. So nothing that the
student's code replaces later has an effect on a test. Both ends share a key: the witness runs only what the grader
asks it to, and the grader reads only what the witness sends.
"""

from __future__ import annotations

import ast
import base64
import builtins
import marshal
import secrets
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from types import CodeType

from nbformat import NotebookNode

from tinytorch.course.verdict.read_cell import imported_names
from tinytorch.course.verdict.split_test import LOOK, Part

OUTSIDE = {name for name in dir(builtins) if not name.startswith("_")} | {LOOK}
SEAL_CHARACTERS = 64
OWN_FILES = ("<witness>", "<test>", "<given>")  # the names that tracebacks have for what the grader compiled
FILE = "witness.bin"  # in the staged folder; it is deleted before any of the student's code runs
INSTALL = """\
import builtins, marshal
with open({path!r}, "rb") as file:
    witness, arguments = marshal.loads(file.read())
own = {{"__name__": "witness", "__builtins__": dict(vars(builtins))}}
exec(witness, own)
own["install"](globals(), *arguments)
for name in ("builtins", "marshal", "file", "witness", "arguments", "own", "name"):
    del globals()[name]
"""
# A class is found by its name among those that are derived from complex numbers, which are few: an expression that uses
# no name which could be bound to something else
CALL = (
    "[each for each in 0j.__class__.__subclasses__() if each.__name__ == {name!r}][0]({request!r}, {kinds!r}, {seal!r})"
)


class Witness:
    """The witness of one kernel, which runs tests there and sends what it sees."""

    def __init__(self, given: Sequence[str]) -> None:
        """Choose a name and a key for it; `given` are the sources of the given cells."""
        self._key, self._name = secrets.token_bytes(32), f"T{secrets.token_hex(8)}"
        self._imports = imports_of(given)
        self._helpers = tuple(source for source in given if defines_functions_only(source))
        # What earlier modules export stays the notebook's, which may have imported it again
        tools = {name for name, module, _ in self._imports if not module.startswith("tinytorch.core")}
        self._protected = frozenset(tools | names_of(self._helpers) | OUTSIDE)

    @property
    def file_content(self) -> bytes:
        """What `installation` reads: the witness, its key and what the given cells import and define."""
        given = compile_given(self._helpers, self._protected)
        return marshal.dumps((witness_code(), (self._key, self._name, self._imports, given)))

    def installation(self, path: str) -> str:
        """Return the code that puts the witness into a kernel, where `path` has the file's content."""
        return INSTALL.format(path=path)

    def request(self, parts: Sequence[tuple[Part, str]]) -> str:
        """Return the code that has the witness run the student's halves of a test, and send what each saw by its kind.

        The evidence for a part is sent before the next part begins, which may never end.
        """
        protected = self._protected - set().union(*(part.bound for part, _ in parts))
        # A student's code can show what is asked for here, so it is the same in each run, but for names and the seal
        request = base64.b64encode(marshal.dumps([compile_part(part, protected) for part, _ in parts])).decode()
        kinds = " ".join(kind for _, kind in parts)
        return CALL.format(name=self._name, request=request, kinds=kinds, seal=self._seal(f"{kinds} {request}"))

    def open(self, kind: str, text: object) -> str | None:
        """Return the evidence in what came as this kind; None if the witness did not send it."""
        if not isinstance(text, str):
            return None
        seal, evidence = text[:SEAL_CHARACTERS], text[SEAL_CHARACTERS:]
        return evidence if seal == self._seal(kind + evidence) else None

    def without_own_frames(self, error: NotebookNode) -> NotebookNode:
        """Return an error without the parts of its traceback that are about the witness.

        They say nothing to anybody, hold the packed test, and differ from run to run.
        """
        own = (self._name, *OWN_FILES)
        frames = [frame for frame in error.traceback if not any(name in frame for name in own)]
        return NotebookNode({**error, "traceback": frames})

    def _seal(self, text: str) -> str:
        return blake2b(
            text.encode("utf-8", "surrogatepass"), key=self._key, digest_size=SEAL_CHARACTERS // 2
        ).hexdigest()


@lru_cache
def witness_code() -> CodeType:
    """Return the witness's own code."""
    source = Path(__file__).with_name("inside_witness.py").read_text(encoding="utf-8")
    return compile(source, "<witness>", "exec", dont_inherit=True)


@lru_cache(maxsize=2048)  # the same few tests grade a whole class
def compile_part(part: Part, protected: frozenset[str]) -> CodeType:
    """Return the student's half of a part as a function of the protected names that it reads.

    So they are its own, and no code that it calls can bind them to something else. All names that it binds itself are
    the notebook's, where later tests find them.
    """
    body = ast.parse(part.student_half).body
    own: list[ast.stmt] = [ast.Global(sorted(part.bound))] if part.bound else []
    own += [] if body else [ast.Pass()]
    return _function("test", sorted((_read(body) & protected) - part.bound), own, body)


@lru_cache
def compile_given(helpers: tuple[str, ...], protected: frozenset[str]) -> CodeType:
    """Return a function that defines the given functions anew and returns them by name."""
    body = [statement for source in helpers for statement in _statements(source)]
    names = sorted(names_of(helpers))
    found = ast.Dict([ast.Constant(name) for name in names], [ast.Name(name, ast.Load()) for name in names])
    return _function("given", sorted((_read(body) & protected) - set(names)), [], body, [ast.Return(found)])


def _function(
    name: str,
    arguments: Sequence[str],
    first: Sequence[ast.stmt],
    parsed: Sequence[ast.stmt],
    last: Sequence[ast.stmt] = (),
) -> CodeType:
    """Return the code of a function with these arguments; only what was parsed has its places in a source already."""
    positional = [ast.arg(argument) for argument in arguments]
    taken = ast.arguments([], positional, None, [], [], None, [])
    function = ast.fix_missing_locations(ast.FunctionDef(name, taken, [*first, *last], []))
    function.body = [*first, *parsed, *last]
    code = compile(ast.Module([function], []), f"<{name}>", "exec", dont_inherit=True)
    return next(constant for constant in code.co_consts if isinstance(constant, CodeType))


def _read(body: Sequence[ast.AST]) -> set[str]:
    """Return the names that statements read."""
    return {node.id for statement in body for node in ast.walk(statement) if isinstance(node, ast.Name)}


@lru_cache
def _statements(source: str) -> Sequence[ast.stmt]:
    """Return the statements of a given cell."""
    return ast.parse(source).body


def imports_of(given: Sequence[str]) -> tuple[tuple[str, str, str], ...]:
    """Return name, module and attribute of each import of the given cells; no attribute where it is the module."""
    found: dict[str, tuple[str, str, str]] = {}
    for source in given:
        for statement in _statements(source):
            if isinstance(statement, ast.Import):
                found |= {name: (name, path, "") for name, path in imported_names(statement).items()}
            elif isinstance(statement, ast.ImportFrom):
                for alias in statement.names:
                    name = alias.asname or alias.name
                    found[name] = (name, statement.module or "", alias.name)
    return tuple(row for row in found.values() if row[1] != "__future__")


def defines_functions_only(source: str) -> bool:
    """Whether a given cell defines functions and does nothing else, so that it can be run again for each test."""
    body = _statements(source)
    return bool(body) and all(isinstance(statement, ast.FunctionDef) for statement in body) and "@" not in source


def names_of(helpers: Sequence[str]) -> set[str]:
    """Return the names of the functions that given cells define."""
    statements = [statement for source in helpers for statement in _statements(source)]
    return {statement.name for statement in statements if isinstance(statement, ast.FunctionDef)}
