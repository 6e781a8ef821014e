#!/usr/bin/env bash
# Expected: `convert("RGB")` of a picture that is in RGB already gives it back, or costs a copy: a tenth of decoding it.
# Seen:     it is a copy into memory that the system has to map anew for each picture, and takes as long as decoding.
# Costs:    a third of the time of a loader that decodes, converts "to be safe" (as torchvision's does) and resizes.
#           Comparing `image.mode` first avoids it; so does keeping blocks, with PILLOW_BLOCKS_MAX=4 in the environment.
# Versions: pillow 13.0.0, Python 3.11.7, glibc 2.36.
# Source:   `Image.convert` in PIL/Image.py; https://pillow.readthedocs.io/en/stable/reference/block_allocator.html
#
# Output seen (pages that the system maps anew for a picture of 500x400, a page being 4 KiB):
#   decoded, a few: True
#   decoded and converted, more than a hundred: True
#   the same with PILLOW_BLOCKS_MAX=4, a few: True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pillow==13.0.0
cd "$folder"
cat > count.py <<'EOF'
import io
import resource
import sys

from PIL import Image

file = io.BytesIO()
Image.radial_gradient("L").resize((500, 400)).convert("RGB").save(file, "JPEG")


def pages(convert):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(100):
        with Image.open(file) as image:
            image.load()
            if convert:
                image = image.convert("RGB")
            image.resize((224, 224))
    return (resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before) / 100


pages(True), pages(False)  # what happens only once
print(pages(False), pages(True), file=sys.stderr)
print(pages(False) < 50, pages(True) > 100)
EOF
plain=$("$folder/venv/bin/python" count.py)
kept=$(PILLOW_BLOCKS_MAX=4 "$folder/venv/bin/python" count.py)
seen="decoded, a few: ${plain% *}
decoded and converted, more than a hundred: ${plain#* }
the same with PILLOW_BLOCKS_MAX=4, a few: $([ "${kept#* }" = False ] && echo True || echo False)"
echo "$seen"
[ "$seen" = "decoded, a few: True
decoded and converted, more than a hundred: True
the same with PILLOW_BLOCKS_MAX=4, a few: True" ] ||
  { echo "changed: converting to the same mode maps no memory anew" >&2; exit 1; }
