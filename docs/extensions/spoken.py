"""Texts that are also spoken: ``:::{spoken} 05`` is a player for `docs/audio/05.md`.

A recording beside the text (`docs/audio/05.ogg`, or .mp3 or .m4a) is played. If there is none, espeak-ng speaks the
text when the site is built; without espeak-ng, the page says so, and shows only the text.
"""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri
from sphinx.util.typing import ExtensionMetadata

WORDS_PER_MINUTE = 150
KILOBITS_PER_SECOND = 48
RECORDINGS = (".ogg", ".mp3", ".m4a")


class spoken(nodes.General, nodes.Element):
    """A player."""


class Spoken(SphinxDirective):
    """``:::{spoken} 05`` where a page plays a text."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the player, or the sentence that says why there is none."""
        name = self.arguments[0]
        text = Path(self.env.srcdir, "audio", f"{name}.md")
        self.env.note_dependency(str(text))
        sounds = sorted(path.name for path in _folder(self.env.app).glob(f"{name}.*"))
        if not sounds:
            why = "There is no recording, and espeak-ng was not there to speak the text when this page was built."
            return [nodes.paragraph(why, why)]
        return [spoken("", sound=sounds[0], words=len(text.read_text(encoding="utf-8").split()))]


def visit_spoken(translator: nodes.NodeVisitor, node: spoken) -> None:
    """Write the player; the address of its sound is relative to the page."""
    page = translator.builder.get_target_uri(translator.builder.current_docname)
    source = html.escape(relative_uri(page, f"_static/audio/{node['sound']}"))
    translator.body.append(
        f'<audio controls preload="metadata" src="{source}" aria-label="Audio overview of this module"></audio>\n'
    )


def depart_spoken(translator: nodes.NodeVisitor, node: spoken) -> None:
    """Do nothing: everything was written at the start."""


def speak_all(app: Sphinx) -> None:
    """Put a sound for each text into the site: its recording, or else one that espeak-ng makes."""
    folder = _folder(app)
    folder.mkdir(parents=True, exist_ok=True)
    for text in sorted(Path(app.srcdir, "audio").glob("*.md")):
        recordings = [text.with_suffix(suffix) for suffix in RECORDINGS if text.with_suffix(suffix).is_file()]
        made = [path for path in folder.glob(f"{text.stem}.*") if path.stat().st_mtime >= text.stat().st_mtime]
        if recordings or not made:
            for old in folder.glob(f"{text.stem}.*"):
                old.unlink()
        if recordings:
            shutil.copy(recordings[0], folder)
        elif not made and shutil.which("espeak-ng"):
            _speak(text, folder)


def _speak(text: Path, folder: Path) -> None:
    """Make <name>.mp3 of a text, or <name>.wav where there is no encoder."""
    plain = re.sub(r"[*`#]", "", text.read_text(encoding="utf-8"))
    wave = folder / f"{text.stem}.wav"
    command = ["espeak-ng", "-v", "en-gb", "-s", str(WORDS_PER_MINUTE), "-w", str(wave), "--stdin"]
    subprocess.run(command, input=plain, encoding="utf-8", check=True)
    if shutil.which("lame"):
        encode = ["lame", "--quiet", "-m", "m", "-b", str(KILOBITS_PER_SECOND), wave, wave.with_suffix(".mp3")]
        subprocess.run(encode, check=True)
        wave.unlink()


def _folder(app: Sphinx) -> Path:
    return Path(app.outdir, "_static", "audio")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive, and speak before the pages are read."""
    app.add_node(spoken, html=(visit_spoken, depart_spoken))
    app.add_directive("spoken", Spoken)
    app.connect("builder-inited", speak_all)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
