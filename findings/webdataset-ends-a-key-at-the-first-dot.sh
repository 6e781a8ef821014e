#!/usr/bin/env bash
# Expected: what `TarWriter` writes under the keys `img.001` and `img.002`, `WebDataset` reads as two samples with these keys.
# Seen:     a key ends at the first dot of a file's name, so both are one sample, `img`, with the fields `001.txt` and `002.txt`. Neither says so.
# Costs:    names such as `frame0.25.jpg` or `v1.2_cat.jpg` lose samples: fewer come than were written, and `to_tuple` finds no field. Replace the dots when writing.
# Versions: webdataset 1.0.2, Python 3.11.7.
# Source:   `base_plus_ext` in webdataset/tariterators.py splits at the first dot after the last slash; `TarWriter.write` does not check the key.
#
# Output seen:
#   {'__key__': 'img', '001.txt': b'img.001', '002.txt': b'img.002'}
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check webdataset==1.0.2 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import webdataset

with webdataset.TarWriter("samples.tar") as writer:
    for key in ("img.001", "img.002"):
        writer.write({"__key__": key, "txt": key})
for sample in webdataset.WebDataset("samples.tar", shardshuffle=False):
    print({name: sample[name] for name in sample if name not in ("__url__", "__local_path__")})
EOF
)
echo "$seen"
[ "$seen" = "{'__key__': 'img', '001.txt': b'img.001', '002.txt': b'img.002'}" ] ||
  { echo "changed: a key may have a dot" >&2; exit 1; }
