"""The site of `tito bundle 05 --lite` in a real browser, up to its kernel, which comes from the network."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from tests.browser.accessible import assert_accessible
from tests.browser.test_site import PHONE, Quiet, width_beyond
from tests.helpers.repository import ROOT
from tinytorch.course.authoring.lite import make_lite_site
from tinytorch.course.layout import Course

pytest.importorskip("jupyterlite_pyodide_kernel", reason="the site needs JupyterLite: pip install -e '.[lite]'")


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """Where the site of module 05 is served."""
    course = Course(ROOT)
    page = make_lite_site(course, course.module("05"), tmp_path_factory.mktemp("lite") / "05")
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=page.parent))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_first_page_can_be_read_by_everybody_and_opens_the_notebook(page, address, other_hosts):
    page.goto(address)
    assert_accessible(page)
    page.set_viewport_size(PHONE)
    assert width_beyond(page) <= 0
    assert other_hosts == []
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("link", name="Open module 05").click()
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    page.locator(".jp-Notebook h1", has_text="05 · DataLoader").wait_for()
    page.locator(".jp-Notebook-cell", has_text="This notebook runs in your browser").first.wait_for()
    page.locator(".jp-NotebookPanel-toolbar .jp-Toolbar-kernelName", has_text="Python (Pyodide)").wait_for()
    assert all("/pyodide/" in urlsplit(url).path for url in other_hosts), other_hosts
