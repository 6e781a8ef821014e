#!/usr/bin/env bash
# Expected: `convert('RGBA')` makes the transparent colour of a grey PNG transparent, whatever its bits.
# Seen:     of 1, 8 and 16 bits it does; of 2 and 4 bits nothing is transparent: the pixels are spread over 0 to 255, and the transparent colour is not.
# Costs:    masks and icons that an optimiser stored with fewer bits lose their background: it is data now, and the same picture in 8 bits has none.
# Versions: pillow 13.0.0, numpy 2.4.6, Python 3.11.7.
# Source:   PngImagePlugin's chunk_tRNS keeps the grey level as it is in the file, and only mode 1 is scaled (PIL/PngImagePlugin.py).
#
# Output seen:
#   1 bits: 4 of 4 pixels are transparent
#   2 bits: 0 of 4 pixels are transparent
#   4 bits: 0 of 4 pixels are transparent
#   8 bits: 4 of 4 pixels are transparent
#   16 bits: 4 of 4 pixels are transparent
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pillow==13.0.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import io
import struct
import zlib

import numpy as np
from PIL import Image


def grey_png(bits, levels, transparent):
    rows = int("0" * 8 + "".join(format(level, f"0{bits}b") for level in levels), 2)
    row = rows.to_bytes(1 + len(levels) * bits // 8, "big")
    chunks = {
        b"IHDR": struct.pack(">IIBBBBB", len(levels), 1, bits, 0, 0, 0, 0),
        b"tRNS": struct.pack(">H", transparent),
        b"IDAT": zlib.compress(row),
        b"IEND": b"",
    }
    packed = (struct.pack(">I", len(c)) + n + c + struct.pack(">I", zlib.crc32(n + c)) for n, c in chunks.items())
    return io.BytesIO(bytes([137]) + b"PNG" + bytes([13, 10, 26, 10]) + b"".join(packed))


for bits in (1, 2, 4, 8, 16):
    image = Image.open(grey_png(bits, [0, 1, 0, 1, 0, 1, 0, 1], transparent=1))
    print(bits, "bits:", int((np.asarray(image.convert("RGBA"))[..., 3] == 0).sum()), "of 4 pixels are transparent")
EOF
)
echo "$seen"
[ "$seen" = "1 bits: 4 of 4 pixels are transparent
2 bits: 0 of 4 pixels are transparent
4 bits: 0 of 4 pixels are transparent
8 bits: 4 of 4 pixels are transparent
16 bits: 4 of 4 pixels are transparent" ] ||
  { echo "changed: the transparent colour is transparent" >&2; exit 1; }
