"""Where the course is on the web: addresses in Binder, Colab, Codespaces and GitHub.

Owner, repository and branch are those of settings.ini. If `user` is empty there, the course is not published yet, and
there are no links.
"""

from __future__ import annotations

from configparser import ConfigParser
from dataclasses import dataclass
from urllib.parse import quote

from tinytorch.course.layout import Course

UNPUBLISHED = (
    "settings.ini names no owner (`user` is empty), so nothing links to Binder, Colab, Codespaces or the sources: "
    "write the owner and the name of the repository that you publish into it, as `user` and `repo`."
)


@dataclass(frozen=True)
class Repository:
    """A repository on GitHub, and the branch that links lead to."""

    owner: str
    name: str
    branch: str

    @property
    def path(self) -> str:
        """Owner and name, as in every address."""
        return f"{quote(self.owner)}/{quote(self.name)}"


def published_repository(course: Course) -> Repository | None:
    """Return the repository that settings.ini names, or None if it names no owner."""
    settings = ConfigParser(interpolation=None)
    settings.read(course.root / "settings.ini", encoding="utf-8")
    owner, name, branch = (settings["DEFAULT"].get(key, "").strip() for key in ("user", "repo", "branch"))
    return Repository(owner, name, branch or "main") if owner and name else None


def binder_url(repository: Repository, notebook: str) -> str:
    """Return the address that opens a notebook ("modules/05_dataloader/dataloader.ipynb", say) in Binder's JupyterLab.

    Reference: the form at https://mybinder.org.
    """
    where = quote(f"lab/tree/{notebook}", safe="")
    return f"https://mybinder.org/v2/gh/{repository.path}/{quote(repository.branch, safe='')}?urlpath={where}"


def colab_url(repository: Repository, notebook: str) -> str:
    """Return the address that opens a notebook, alone, in Google Colab."""
    return (
        f"https://colab.research.google.com/github/{repository.path}/blob/{quote(repository.branch)}/{quote(notebook)}"
    )


def codespaces_url(repository: Repository) -> str:
    """Return the address that opens the repository in a codespace."""
    return f"https://codespaces.new/{repository.path}/tree/{quote(repository.branch)}?quickstart=1"


def source_url(repository: Repository, path: str) -> str:
    """Return the address of a file on GitHub."""
    return f"https://github.com/{repository.path}/blob/{quote(repository.branch)}/{quote(path)}"


def package_url(repository: Repository) -> str:
    """Return the argument with which `pip install` gets the package where there is only the notebook."""
    return f"git+https://github.com/{repository.path}@{quote(repository.branch)}"
