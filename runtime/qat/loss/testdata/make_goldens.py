"""Writes losses.json, the values and gradients that PyTorch gives for the losses.

    pip install torch
    python make_goldens.py
"""

import json
import pathlib

import torch
import torch.nn.functional as F


def numbers(t):
    return [float("%.9g" % v) for v in t.detach().reshape(-1).tolist()]


def kl(x, target, temperature):
    return F.kl_div(F.log_softmax(x / temperature, dim=-1), F.log_softmax(target / temperature, dim=-1),
                    log_target=True, reduction="batchmean")


g = torch.Generator().manual_seed(11)
rows, cols = 5, 7
x = torch.randn(rows, cols, generator=g)
target = torch.randn(rows, cols, generator=g)
labels = torch.randint(cols, (rows,), generator=g)
losses = {
    "smoothing 0": lambda x: F.cross_entropy(x, labels),
    "smoothing 0.1": lambda x: F.cross_entropy(x, labels, label_smoothing=0.1),
    "one-hot MSE": lambda x: F.mse_loss(x, F.one_hot(labels, cols).float()),
    "MSE": lambda x: F.mse_loss(x, target),
    "L1": lambda x: F.l1_loss(x, target),
    "SmoothL1 1": lambda x: F.smooth_l1_loss(x, target, beta=1.0),
    "SmoothL1 0.5": lambda x: F.smooth_l1_loss(x, target, beta=0.5),
    "KL 1": lambda x: kl(x, target, 1.0),
    "KL 4": lambda x: kl(x, target, 4.0),
}
cases = {}
for name, f in losses.items():
    leaf = x.clone().requires_grad_()
    value = f(leaf)
    value.backward()
    cases[name] = {"loss": float("%.9g" % value.item()), "dx": numbers(leaf.grad)}
out = {"rows": rows, "cols": cols, "x": numbers(x), "target": numbers(target), "labels": labels.tolist(), "cases": cases}
(pathlib.Path(__file__).parent / "losses.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
