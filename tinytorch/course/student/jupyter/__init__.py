"""Settings of JupyterLab, in folders as JUPYTER_CONFIG_PATH takes them; nbdev asks for this file where Python lies."""
