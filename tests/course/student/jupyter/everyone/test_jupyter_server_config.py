"""JupyterLab's settings for this course."""

from __future__ import annotations

from pathlib import Path

from jupyter_lsp import LanguageServerManager
from jupyter_server.serverapp import ServerApp
from jupyterlab.labapp import LabApp
from traitlets.config.loader import PyFileConfigLoader

from tinytorch.course.student.lab import FOR_EVERYONE


def test_every_setting_is_one_that_jupyterlab_has() -> None:
    """A name that JupyterLab does not know it passes over without a word."""
    config = PyFileConfigLoader("jupyter_server_config.py", path=str(FOR_EVERYONE)).load_config()
    known = {"LabApp": LabApp, "LanguageServerManager": LanguageServerManager, "ServerApp": ServerApp}
    assert set(config) == set(known)
    for name, section in config.items():
        assert set(section) <= set(known[name].class_traits(config=True)), name
    (styles,) = config.ServerApp.tornado_settings["static_custom_path"]
    assert (Path(styles) / "custom.css").is_file()
