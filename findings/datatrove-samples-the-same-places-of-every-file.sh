#!/usr/bin/env bash
# Expected: datatrove's `SamplerFilter(rate=0.3, seed=0)` in a run of four tasks draws anew for each document, so that four files give other lines each.
# Seen:     each task begins with the same seed, so each file gives the same twelve lines of its fifty. With one task the four files give other lines each.
# Costs:    what stands in the same places of all files, such as a first document that is a header, or languages in turn, is in the sample always or never. And the size of the
#           sample does not average out: 48 of 200 where 60 were expected, as four times the same draw of 12 from 50.
# Versions: datatrove 0.10.1 with its extra `io`, regex 2026.11.19 (which every filter imports, and which is in the extra `processing`), numpy 2.4.6, Python 3.11.7.
# Source:   `self.uniform = default_rng(seed).uniform` in datatrove/pipeline/filters/sampler_filter.py; each task has its own copy of the pipeline.
#
# Output seen:
#   4 tasks: 12 12 12 12 lines of 50, of the files' choices different: 1
#   1 task: different: 4
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "datatrove[io]==0.10.1" regex==2026.11.19 numpy==2.4.6
cd "$folder"
cat > seen.py <<'EOF'
import json
from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.filters import SamplerFilter
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter

FILES, LINES = 4, 50


def chosen(tasks):
    """Return the numbers of the lines that are chosen from each file."""
    out = Path(f"out-{tasks}")
    steps = [JsonlReader("in"), SamplerFilter(rate=0.3, seed=0), JsonlWriter(str(out), compression=None)]
    LocalPipelineExecutor(pipeline=steps, tasks=tasks, logging_dir=f"log-{tasks}").run()
    kept = [json.loads(line)["id"].split("-") for file in sorted(out.iterdir()) for line in file.open()]
    return [tuple(int(line) for number, line in kept if int(number) == file) for file in range(FILES)]


if __name__ == "__main__":
    Path("in").mkdir()
    for file in range(FILES):
        lines = (json.dumps({"text": f"document {line} of file {file}", "id": f"{file}-{line}"}) for line in range(LINES))
        Path(f"in/{file}.jsonl").write_text("\n".join(lines) + "\n")
    of_tasks = chosen(tasks=4)
    print("4 tasks:", *map(len, of_tasks), f"lines of {LINES}, of the files' choices different:", len(set(of_tasks)))
    print("1 task: different:", len(set(chosen(tasks=1))))
EOF
seen=$("$folder/venv/bin/python" seen.py 2> /dev/null)
echo "$seen"
[ "$seen" = "4 tasks: 12 12 12 12 lines of 50, of the files' choices different: 1
1 task: different: 4" ] || { echo "changed: datatrove's tasks draw from other random numbers" >&2; exit 1; }
