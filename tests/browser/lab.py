"""What a person does in JupyterLab, in words that tests can use."""

from __future__ import annotations

STUB = "Write this step here, then delete this line."


def open_notebook(page, server, path: str) -> None:
    """Open a notebook and wait until its kernel is there."""
    page.goto(server.lab(path))
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    page.locator(".jp-NotebookPanel-toolbar .jp-Toolbar-kernelName", has_text="Python 3").wait_for()
    page.locator("#jp-main-statusbar", has_text="Idle").wait_for()


def menu(page, *labels: str) -> None:
    """Choose from a menu: `menu(page, "Run", "Run All Cells")`."""
    page.locator("#jp-MainMenu .lm-MenuBar-itemLabel", has_text=labels[0]).click()
    page.locator(".lm-Menu-itemLabel").get_by_text(labels[1], exact=True).click()


def run_all(page) -> None:
    """Run every cell, and wait until the last one has run or the panel says where it stopped."""
    menu(page, "Run", "Run All Cells")
    page.wait_for_function(  # JupyterLab attaches the cells of a long notebook bit by bit
        "(() => { const all = /Cell \\d+\\/(\\d+)/.exec(document.querySelector('#jp-main-statusbar').textContent);"
        " const attached = document.querySelectorAll('.jp-Notebook .jp-Notebook-cell').length;"
        " return all !== null && attached === Number(all[1]) })()"
    )
    page.wait_for_function(
        "(() => { const prompts = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')];"
        " return /\\d/.test(prompts.at(-1).textContent)"
        " || document.querySelector('.jp-Notebook').textContent.includes('Stopped at a cell') })()"
    )
    wait_until_done(page)


def wait_until_done(page) -> None:
    """Wait until no cell is running or waiting, and the kernel says so too."""
    page.wait_for_function(
        "![...document.querySelectorAll('.jp-InputPrompt')].some(each => each.textContent.includes('*'))"
        " && document.querySelector('#jp-main-statusbar').textContent.includes('Idle')"
    )


def cell(page, first_words: str):
    """Return the cell whose source holds these words."""
    return page.locator(".jp-Notebook-cell", has=page.locator(".jp-InputArea", has_text=first_words)).first


def panel(page):
    """Return the progress panel."""
    return page.locator(".jp-OutputArea-output", has=page.locator("caption", has_text="visible points")).first


def verdicts(page) -> dict[str, list[str]]:
    """Return what the panel's table says: from each step to verdict, tests and points."""
    rows = panel(page).locator("tbody tr")
    return {row[0]: row[1:] for row in rows.evaluate_all("rows => rows.map(r => [...r.cells].map(c => c.textContent))")}
