"""Pictures of what a test saw, small enough to be committed.

They go to build/screenshots, or where the environment variable SCREENSHOTS says: `make browser SCREENSHOTS=docs/images`
makes those of the documentation anew.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

from tests.helpers.repository import ROOT

COLOURS = 128  # what a palette holds; a page of text and plots looks the same in it


def screenshot(page, name: str, **options) -> Path:
    """Write `name`.png of a page, or of one element (a locator); `options` are those of Playwright's screenshot."""
    from PIL import Image

    folder = ROOT / (os.environ.get("SCREENSHOTS") or "build/screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    taken = Image.open(io.BytesIO(page.screenshot(**options))).convert("RGB")
    path = folder / f"{name}.png"
    taken.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    return path
