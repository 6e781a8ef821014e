"""JupyterLab's settings for a student: it starts without the instructor's tools, whose menus are hidden as well."""

c = get_config()  # type: ignore[name-defined] # noqa: F821

c.ServerApp.jpserver_extensions = {
    "nbgrader.server_extensions.formgrader": False,
    "nbgrader.server_extensions.course_list": False,
}
