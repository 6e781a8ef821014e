"""JupyterLab's settings, in folders for JUPYTER_CONFIG_PATH. nbdev needs this file in each folder with Python files."""
