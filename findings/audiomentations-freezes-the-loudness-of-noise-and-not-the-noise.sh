#!/usr/bin/env bash
# Expected: after `freeze_parameters()` a transform does the same again, as for two channels or for a sound and its clean target.
# Seen:     Gain, Shift and TimeMask do. AddGaussianNoise, AddGaussianSNR and AddColorNoise keep how loud the noise is, and draw other noise.
# Costs:    two microphones, or the two views of a sample, that should have one noise have two, and a run with frozen parameters does not repeat. Seed np.random before each call.
# Versions: audiomentations 0.43.1, numpy 2.4.6, Python 3.11.7.
# Source:   noise is drawn in `apply` and not in `randomize_parameters` (audiomentations/augmentations/add_gaussian_noise.py and its neighbours).
#
# Output seen:
#   Gain same again: True
#   Shift same again: True
#   TimeMask same again: True
#   AddGaussianNoise same again: False
#   AddGaussianSNR same again: False
#   AddColorNoise same again: False
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check audiomentations==0.43.1 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import audiomentations
import numpy as np

sound = np.sin(np.arange(1600, dtype="float32") / 10)
for name in ("Gain", "Shift", "TimeMask", "AddGaussianNoise", "AddGaussianSNR", "AddColorNoise"):
    transform = getattr(audiomentations, name)(p=1.0)
    transform(sound, 16000)
    transform.freeze_parameters()
    print(name, "same again:", np.array_equal(transform(sound, 16000), transform(sound, 16000)))
EOF
)
echo "$seen"
[ "$seen" = "Gain same again: True
Shift same again: True
TimeMask same again: True
AddGaussianNoise same again: False
AddGaussianSNR same again: False
AddColorNoise same again: False" ] ||
  { echo "changed: what is frozen does the same again" >&2; exit 1; }
