"""The page that a student gets back: nbgrader's own, opened by a table of what passed, what failed and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbgrader
from nbconvert.exporters import HTMLExporter
from traitlets.config import Config

TEMPLATE = Path(__file__).parent / "templates" / "tinytorch_feedback"
NBGRADER_TEMPLATES = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"


class FeedbackExporter(HTMLExporter):  # type: ignore[misc]
    """Writes feedback pages by the template tinytorch_feedback; they load nothing from outside."""

    def __init__(self, config: Config | None = None, **settings: Any) -> None:
        config = Config(config or {})
        # nbgrader names its own template for HTMLExporter; what is said for this class goes before that
        config.FeedbackExporter.template_name = TEMPLATE.name
        config.FeedbackExporter.extra_template_basedirs = [str(TEMPLATE.parent), str(NBGRADER_TEMPLATES)]
        # where the template finds nbgrader's by name, beside the style sheet that nbgrader adds
        config.FeedbackExporter.extra_template_paths = [
            *config.HTMLExporter.get("extra_template_paths", []),
            str(NBGRADER_TEMPLATES),
        ]
        super().__init__(config=config, **settings)
