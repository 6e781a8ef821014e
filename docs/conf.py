"""The site's configuration: `make docs` builds it into build/site, with every asset that it needs."""

import inspect
import sys
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

import tinytorch

sys.path.insert(0, str(Path(__file__).parent / "extensions"))

project = "TinyTorch"
author = "The TinyTorch authors"
copyright = f"2026 onwards, {author}"
release = tinytorch.__version__

extensions = [
    "myst_nb",
    "sphinx_design",
    "sphinx_copybutton",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "launch",
    "outline",
    "slides",
    "spoken",
]
exclude_patterns = ["_static", "audio", "**/.ipynb_checkpoints", "**/*.backup-*"]
templates_path = ["_templates"]

# Figures, tables and listings are numbered throughout the site, and the text refers to them.
numfig = True
numfig_format = {"figure": "Figure %s", "table": "Table %s", "code-block": "Listing %s"}
numfig_secnum_depth = 0

myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 60
nb_code_prompt_show = "Show the code of this figure"
nb_code_prompt_hide = "Hide the code of this figure"

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
default_role = "code"  # docstrings write names in single backticks
# Types of other packages have no page here (linking to their sites would need a network); nor have private ones.
nitpick_ignore_regex = [("py:.*", r"(?!tinytorch\.).*"), ("py:.*", r".*\._[^.]*")]

html_theme = "pydata_sphinx_theme"
html_title = "TinyTorch"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_favicon = "_static/favicon.svg"
html_extra_path = ["../modules"]  # the student notebooks, to download
html_show_sourcelink = False
html_copy_source = False
html_domain_indices = False
html_theme_options = {
    "logo": {"text": "TinyTorch", "image_light": "_static/favicon.svg", "image_dark": "_static/favicon.svg"},
    "navbar_end": ["theme-switcher"],
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "search_bar_text": "Search the course",
    "show_toc_level": 2,
    "navigation_depth": 2,
    "header_links_before_dropdown": 5,
    "primary_sidebar_end": [],
}
html_context = {"default_mode": "auto"}
html_sidebars = {"index": [], "modules/05_dataloader": []}


def leave_out_solutions(
    app: Sphinx, what: str, name: str, member: Any, skip: bool, options: dict[str, Any]
) -> bool | None:
    """Leave out what is inside a solution: its docstring would show a part of the answer."""
    function = inspect.unwrap(member.fget if isinstance(member, property) else member) if callable(member) else None
    if not str(getattr(function, "__module__", "")).startswith("tinytorch.core."):
        return None
    try:
        lines, start = inspect.findsource(function)
    except (OSError, TypeError):
        return None
    marks = [line for line in lines[:start] if "### BEGIN SOLUTION" in line or "### END SOLUTION" in line]
    return True if marks and "BEGIN" in marks[-1] else None


def setup(app: Sphinx) -> None:
    """Connect what this file defines."""
    app.connect("autodoc-skip-member", leave_out_solutions)
