#!/usr/bin/env bash
# Expected: `BCELoss` counts no logarithm below -100, so that its gradients are finite, too, as its description says.
# Seen:     the gradient toward the targets is inf where a probability is 0 or 1, while the loss and the gradient toward the probabilities are finite.
# Costs:    targets that are learnt (a teacher that is trained, too, a smoothing parameter) become nan at the first saturated sigmoid; the loss shows nothing.
# Versions: torch 2.13.0, Python 3.11.7.
# Source:   `binary_cross_entropy_target_backward` in torch/csrc/autograd/FunctionsManual.cpp takes the logarithms without a clamp.
#
# Output seen:
#   loss 0.231
#   gradient toward the probabilities [0.0, 0.0, 0.0]
#   gradient toward the targets [inf, -inf, -0.0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import torch

probabilities = torch.tensor([0.0, 1.0, 0.5], requires_grad=True)
targets = torch.tensor([0.0, 1.0, 0.5], requires_grad=True)
probabilities.retain_grad()
loss = torch.nn.BCELoss()(probabilities, targets)
loss.backward()
print("loss", round(loss.item(), 4))
print("gradient toward the probabilities", probabilities.grad.tolist())
print("gradient toward the targets", targets.grad.tolist())
EOF
)
echo "$seen"
[ "$seen" = "loss 0.231
gradient toward the probabilities [0.0, 0.0, 0.0]
gradient toward the targets [inf, -inf, -0.0]" ] ||
  { echo "changed: the gradient toward the targets is finite" >&2; exit 1; }
