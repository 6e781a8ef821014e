"""JupyterLab's settings for this course: nothing asks about news or updates, and locked cells look locked.

They apply where JUPYTER_CONFIG_PATH names this folder; `tito lab` sets that. The file that JupyterLab's documentation
calls overrides.json is labconfig/default_setting_overrides.json here.
"""

from pathlib import Path

c = get_config()  # type: ignore[name-defined] # noqa: F821

c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.custom_css = True
# Looking for language servers starts npm and asks for twenty programs, while the browser waits; no notebook uses one.
c.LanguageServerManager.autodetect = False
c.ServerApp.tornado_settings = {"static_custom_path": [str(Path(__file__).parent / "custom")]}
