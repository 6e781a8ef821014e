"""Feedback pages on their way back to Moodle or Canvas, in one zip, named as the platform named the hand-ins.

Moodle finds a student by the folder's name, `Full Name_participantid_assignsubmission_file`; Canvas by the user's and
the attachment's number in the file's name. So only what `tito collect` took from a platform's download can go back.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tinytorch.course.files import write_whole
from tinytorch.course.gradebook.student_files import StudentFiles
from tinytorch.course.handin.hand_in import origin_of
from tinytorch.course.handin.senders import CANVAS, MOODLE
from tinytorch.course.layout import CourseError, Module

EARLIEST = (1980, 1, 1, 0, 0, 0)  # a zip's times begin then; the same pages give the same zip


@dataclass
class FeedbackZip:
    """What went into a zip, and who is not in it."""

    platform: str = ""
    students: list[str] = field(default_factory=list)
    without_page: list[str] = field(default_factory=list)
    from_elsewhere: list[str] = field(default_factory=list)  # not collected from a download of the platform
    by_another: list[str] = field(default_factory=list)  # another member of the group handed it in, and gets the page


def write_feedback_zip(files: StudentFiles, module: Module, students: list[str], to: Path) -> FeedbackZip:
    """Write the zip that Moodle ("Upload multiple feedback files") or Canvas ("Upload submissions") takes.

    Args:
        files: where submitted/ and feedback/ are.
        module: whose pages.
        students: whose pages go back.
        to: the zip to write.

    Raises:
        CourseError: nobody's hand-in came from Moodle or Canvas, or some came from each; nothing was written.
    """
    made = FeedbackZip()
    pages: dict[str, Path] = {}
    platforms = set()
    for student in students:
        page = files.page(student)
        origin = origin_of(files.submitted_folder(student))
        name = _name(origin, module)
        if not name:
            made.from_elsewhere.append(student)
        elif not page.is_file():
            made.without_page.append(student)
        elif name in pages:
            made.by_another.append(student)
        else:
            platforms.add(origin["platform"])
            pages[name] = page
            made.students.append(student)
    if len(platforms) != 1:
        found = " and ".join(sorted(platforms)) or "neither"
        raise CourseError(
            f"Moodle and Canvas take feedback in bulk, for what was downloaded from there, and these hand-ins came "
            f"from {found}: collect the platform's download with `tito collect`, or send the pages in feedback/."
        )
    made.platform = platforms.pop()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(pages):
            archive.writestr(zipfile.ZipInfo(name, EARLIEST), pages[name].read_bytes(), zipfile.ZIP_DEFLATED)
    write_whole(to, content.getvalue())
    return made


def _name(origin: dict[str, str], module: Module) -> str:
    """Return a page's name in the zip, from the path under which the hand-in came; empty if there is none."""
    parts = PurePosixPath(origin.get("path", "")).parts
    if origin.get("platform") == "Canvas" and parts and CANVAS.fullmatch(parts[-1]):
        return f"{PurePosixPath(parts[-1]).stem}.html"
    if origin.get("platform") == "Moodle":
        for part in parts:
            if MOODLE.fullmatch(part):
                owner = part.partition("_assignsubmission_")[0]
                return f"{owner}_assignsubmission_file/{module.name}.html"
    return ""
