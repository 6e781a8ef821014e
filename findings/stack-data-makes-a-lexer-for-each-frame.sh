#!/usr/bin/env bash
# Expected: IPython prepares the colours of Python code once, so the second error is as fast as plain text.
# Seen:     for each frame that it shows in colour, stack_data defines a new class of Python's lexer, and pygments
#           compiles all of its regular expressions anew for each class.
# Costs:    a twentieth of a second of processor time a frame, in every notebook with errors; a page of twelve failed
#           tests spent more on colours than on the tests.
# Versions: stack_data 0.6.3, pygments 2.21.0, IPython 9.18.1, Python 3.11.7.
# Source:   `class MyLexer(type(get_lexer_by_name("python3")))` inside the function `_pygmented_with_ranges` in
#           stack_data/utils.py; `'_tokens' not in cls.__dict__` in RegexLexerMeta.__call__ in pygments/lexer.py.
#
# Output seen:
#   a lexer, again and again: rules compiled 1 time
#   an error in 3 frames: rules compiled 3 times more
#   the same error again: 3 times more
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check stack_data==0.6.3 pygments==2.21.0 ipython==9.18.1
cd "$folder"
export IPYTHONDIR="$folder/ipython"
cat > fails.py <<'PYTHON'
def one():
    return two()


def two():
    return three()


def three():
    raise ValueError("no")
PYTHON
seen=$("$folder/venv/bin/python" -W ignore - <<'PYTHON'
import fails
from IPython.core.ultratb import VerboseTB
from pygments.lexer import RegexLexerMeta
from pygments.lexers import get_lexer_by_name

compiled = []
original = RegexLexerMeta.process_tokendef
RegexLexerMeta.process_tokendef = lambda cls, *a, **k: [compiled.append(cls), original(cls, *a, **k)][1]


def show():
    try:
        fails.one()
    except ValueError as error:
        # without the frame of this function, whose source is not in a file
        VerboseTB(theme_name="linux").structured_traceback(ValueError, error, error.__traceback__.tb_next)


for _ in range(3):
    get_lexer_by_name("python3")
before = len(compiled)
print("a lexer, again and again: rules compiled", before, "time")
show()
first = len(compiled) - before
print("an error in 3 frames: rules compiled", first, "times more")
show()
print("the same error again:", len(compiled) - before - first, "times more")
PYTHON
)
echo "$seen"
[ "$seen" = "a lexer, again and again: rules compiled 1 time
an error in 3 frames: rules compiled 3 times more
the same error again: 3 times more" ] ||
  { echo "changed: the rules are compiled another number of times" >&2; exit 1; }
