"""Pages of modules that are made from the modules themselves, so that they cannot say what is not so.

A page `modules/NN_name.md` that holds only its title is filled when it is read: with what the notebook's source says at
its beginning and end, its picture of what is built, its steps with the points that their tests give, and the signatures
of what it exports. On other pages, the line `% from the notebook: Title` is replaced by that section of the notebook.
"""

from __future__ import annotations

import html
import inspect
import re
from importlib import import_module
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.typing import ExtensionMetadata

import tinytorch
from tinytorch.course.authoring.build import read_source
from tinytorch.course.layout import Course, Module
from tinytorch.course.notebook import role_of, sections
from tinytorch.profiling import plots
from tinytorch.profiling.describe import describe

QUOTED = re.compile(r"^% from the notebook: (?P<title>.+)$", re.MULTILINE)
ENDINGS = ["Beside PyTorch", "What you take with you", "Further reading"]  # sections that a page repeats, if there


def fill(app: Sphinx, docname: str, content: list[str]) -> None:
    """Fill the page of a module that holds nothing but its title."""
    assignment = docname.removeprefix("modules/")
    course = Course.find(Path(app.srcdir))
    module = next((module for module in course.modules if module.assignment == assignment), None)
    if module and docname.startswith("modules/"):
        app.env.note_dependency(str(module.source_path))
        notebook = read_source(module.source_path.read_text(encoding="utf-8"))
        if len(content[0].strip().splitlines()) == 1:
            content[0] = page(course, module, notebook, _picture(app, module, notebook))
        else:
            content[0] = QUOTED.sub(lambda found: _quoted(notebook, found["title"]), content[0])


def page(course: Course, module: Module, notebook: NotebookNode, picture: str) -> str:
    """Return the page of a module, in MyST."""
    return "\n\n".join(
        [
            _beginning(notebook),
            picture,
            f":::{{launch}} modules/{module.assignment}/{module.notebook_name}\n:::",
            _steps(notebook, module),
            _interface(module),
            *(_ending(notebook, title) for title in ENDINGS),
            _where_next(course, module),
        ]
    )


def _beginning(notebook: NotebookNode) -> str:
    """Return the title, what the module is about, and what is built in it."""
    texts = [cell.source for cell in notebook.cells[:12] if cell.cell_type == "markdown"]
    title, tagline = texts[0].split("\n>", 1)
    tagline = " ".join(line.strip("> ") for line in tagline.split("\n\n")[0].splitlines())
    facts = next(re.sub(r"\*\*", "", part) for text in texts for part in text.split("\n\n") if "difficulty" in part)
    built = [part for text in texts for part in text.split("\n\n") if re.match(r"You (?:build|write)\b", part)]
    return "\n\n".join([title.strip(), f"{{.tagline}}\n{tagline}", f"{{.facts}}\n{facts}", *built])


def _picture(app: Sphinx, module: Module, notebook: NotebookNode) -> str:
    """Draw the notebook's picture of what is built, if it has one, and return the HTML that shows it."""
    code = next((cell.source for cell in notebook.cells if "plots.draw_chain(" in cell.source), None)
    if code is None:
        return ""
    drawing = Path(app.outdir, "_static", "modules", f"{module.assignment}.svg")
    drawing.parent.mkdir(parents=True, exist_ok=True)
    exec(code, {"plots": plots})  # the cell stands alone, but for the import
    plots.plt.savefig(drawing)
    words = describe(plots.plt.gcf())
    plots.plt.close()
    return f'<img class="chain" src="../_static/modules/{drawing.name}" alt="{html.escape(words)}">'


def _steps(notebook: NotebookNode, module: Module) -> str:
    """Return the table of what gives points, and how it is graded."""
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    titles = [title for text in texts for title in re.findall(r"^## (.+)$", text, re.MULTILINE)]
    by_step: dict[str, list[float]] = {}
    for section, cell in sections(notebook):
        if role_of(cell) in ("test", "written"):
            by_step.setdefault(section, []).append(float(cell.metadata.nbgrader.points))
    rows = []
    for title in titles:
        step, _, name = title.partition(" · ")
        points = by_step.get(step if name else title)
        if points is not None:
            rows.append(f"| {title} | {len(points)} | {sum(points) or 'optional':{'g' if sum(points) else ''}} |")
    total = sum(sum(points) for points in by_step.values())
    written = [cell for cell in notebook.cells if role_of(cell) == "written"]
    by_hand = " Written answers are graded by hand." if written else ""
    return (
        "## The steps, and how they are graded\n\n"
        "| step | tests | points |\n|---|---|---|\n" + "\n".join(rows) + "\n\n"
        f"That is {total:g} points. The tests that you see are examples: when graded, each also tries other values "
        f"that follow from the text.{by_hand} `tito check {module.number}` says which steps pass."
    )


def _interface(module: Module) -> str:
    """Return a table of the public names, with their signatures and the first lines of their docstrings."""
    exported = import_module(f"tinytorch.core.{module.name}")
    rows = []
    for name in tinytorch.__all__:
        found = getattr(exported, name, None)
        if getattr(found, "__module__", "") == exported.__name__:
            rows.append(f"| `{name}{_signature(found)}` | {_first_sentence(found)} |")
    return (
        f"## The interface\n\n`tito export {module.number}` makes `tinytorch.core.{module.name}` of your cells. "
        f"{{doc}}`The reference <../api/core>` has every method.\n\n| name | what it is |\n|---|---|\n"
        + "\n".join(rows)
    )


def _signature(found: Any) -> str:
    """Return how a function, or a class, is called."""
    try:
        text = str(inspect.signature(found))
    except (TypeError, ValueError):
        return ""
    return re.sub(r" -> .*$", "", re.sub(r"(?:[\w.]+\.)?Tensor\b", "Tensor", text)).replace("|", "or")


def _first_sentence(found: Any) -> str:
    return re.sub(r"\s+", " ", (inspect.getdoc(found) or "").split("\n\n")[0]).replace("|", "\\|")


def _quoted(notebook: NotebookNode, title: str) -> str:
    """Return the text of a section that the notebook has to have."""
    if not (text := _ending(notebook, title)):
        raise ExtensionError(f"The notebook has no section {title!r}, which its page quotes: change one of them.")
    return text


def _ending(notebook: NotebookNode, title: str) -> str:
    """Return the text of a section of the notebook, with its list of questions, if it has the section."""
    parts = []
    inside = False
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            inside = cell.source.startswith(f"## {title}") or (inside and not re.match(r"#{1,2} ", cell.source))
            if inside and not re.search(r"^\*\*(?:Next|On Binder|The end)", cell.source):
                parts.append(cell.source.replace("- [ ] ", "- "))
    return "\n\n".join(parts)


def _where_next(course: Course, module: Module) -> str:
    """Return the links to the modules before and after it, and to all of them."""
    place = course.modules.index(module)
    links = []
    for word, at in (("Before it", place - 1), ("After it", place + 1)):
        if 0 <= at < len(course.modules):
            links.append(f"{word}: {{doc}}`{course.modules[at].assignment}`.")
    return "## What's next\n\n" + " ".join([*links, "All are on {doc}`the page of modules <index>`."])


def setup(app: Sphinx) -> ExtensionMetadata:
    """Fill the pages as they are read."""
    app.connect("source-read", fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
