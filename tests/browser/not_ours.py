"""What axe-core finds in JupyterLab 4.6 and nbgrader 0.9.6 themselves, one rule in one kind of element each.

It is not the course's to change. Everything else on these pages is asserted on, and what the course itself shows (the
outputs of its cells, feedback pages, reports) has no exceptions.
"""

from tests.browser.accessible import Known

JUPYTERLAB = [
    Known("aria-allowed-attr", "jp-button", "JupyterLab's toolbar buttons say aria-pressed without being toggles"),
    Known("aria-input-field-name", ".cm-content", "JupyterLab gives a cell's editor no name"),
    Known("aria-required-children", ".jp-WindowedPanel-viewport", "JupyterLab calls its cells a feed of no articles"),
    Known("button-name", ".jp-collapseHeadingButton", "JupyterLab's button that folds a section has no name"),
    Known("scrollable-region-focusable", ".cm-scroller", "in command mode editors are no tab stops"),
]
FORMGRADER = [
    *JUPYTERLAB,
    Known("html-has-lang", ":root", "nbgrader's pages do not say their language"),
    Known("frame-title", "iframe", "nbgrader's frame in JupyterLab has no title"),
    Known("link-name", "td", "nbgrader's buttons in tables are icons without a name"),
    Known("color-contrast", ".label", "nbgrader writes a status white on pale colours"),
    Known("color-contrast", ".breadcrumb", "nbgrader writes where one is grey on grey"),
    Known("link-in-text-block", ".anchor-link", "nbconvert's mark behind a heading differs from it by colour alone"),
    Known("scrollable-region-focusable", "pre", "nbgrader's long lines of code scroll by mouse alone"),
    Known("label", "#notebook-container", "nbgrader's boxes for points and comments have no label"),
    Known("list", "ul.nav", "nbgrader gives the items of its sidebar another role"),
    Known("nested-interactive", ".panel-heading", "nbgrader's folded instructions are a link in a tab"),
]
GRADING = [
    *FORMGRADER,
    Known("color-contrast", "html", "nbgrader's page for grading has nbconvert's pale colours of code, and grey links"),
]
