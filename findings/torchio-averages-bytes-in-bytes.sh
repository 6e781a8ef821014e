#!/usr/bin/env bash
# Expected: `GridAggregator(overlap_mode="average")` gives the mean of the patches that overlap: 200 everywhere for patches that are all 200.
# Seen:     patches of uint8 are added in uint8, which wraps, before the sum is divided: where two of 200 overlap, the mean is 72.
# Costs:    a volume put together from quantised predictions, or from an 8-bit image, is wrong just where patches overlap, and right elsewhere. The result is float32,
#           which looks as if it had been computed in it.
# Versions: torchio 1.2.1, torch 2.13.0, numpy 2.4.6, Python 3.11.7.
# Source:   `_initialize_output_tensor` and `add_batch` in torchio/data/inference/aggregator.py: the sum has the type of the first batch; `get_output_tensor` divides it.
#
# Output seen:
#   float32: torch.float32 [200.0]
#   uint8: torch.float32 [8.0, 72.0, 200.0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check torchio==1.2.1 torch==2.13.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import torch
import torchio as tio


def put_together(kind):
    volume = tio.ScalarImage(tensor=torch.full((1, 6, 6, 6), 200, dtype=kind))
    sampler = tio.GridSampler(tio.Subject(volume=volume), patch_size=4, patch_overlap=2)
    aggregator = tio.inference.GridAggregator(sampler, overlap_mode="average")
    for batch in tio.SubjectsLoader(sampler, batch_size=8):
        aggregator.add_batch(batch["volume"][tio.DATA], batch[tio.LOCATION])
    return aggregator.get_output_tensor()


for kind in (torch.float32, torch.uint8):
    print(f"{str(kind).removeprefix('torch.')}:", put_together(kind).dtype, put_together(kind).unique().tolist())
EOF
)
echo "$seen"
[ "$seen" = "float32: torch.float32 [200.0]
uint8: torch.float32 [8.0, 72.0, 200.0]" ] ||
  { echo "changed: patches of bytes are averaged as numbers" >&2; exit 1; }
