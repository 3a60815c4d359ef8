"""Writes layers.json: layers and their gradients as PyTorch computes them.

    pip install torch numpy
    python make_layer_goldens.py

Images are given with channels last, as the Go layers take them, and so are the
kernels: weights [F, KH*KW*C] in the order (row, column, channel). PyTorch wants
them first, so that they are turned here. activation_quant and weight_quant are
those of make_goldens.py; in BitConv2D a whole image is what a token is there.
"""

import json

import torch
import torch.nn.functional as F

from make_goldens import EPS, HERE, activation_quant, margin, activation_scale, numbers, weight_quant, weight_scale


def straight(x, q):
    return x + (q - x).detach()


def conv(x, w, b, size, stride, pad):
    filters = w.shape[0]
    kernel = w.reshape(filters, *size, x.shape[3]).permute(0, 3, 1, 2)
    y = F.conv2d(x.permute(0, 3, 1, 2), kernel, b, stride=stride, padding=pad)
    return y.permute(0, 2, 3, 1)


def bit_conv(x, w, size, stride, pad):
    flat = x.reshape(x.shape[0], -1)
    z = flat * torch.rsqrt(flat.pow(2).mean(dim=-1, keepdim=True) + EPS)
    close = min(margin(z * activation_scale(z)), margin(w * weight_scale(w)))
    assert close > 1e-4, f"a value lies {close} from a rounding boundary: choose another seed"
    z = straight(z, activation_quant(z)).reshape(x.shape)
    return conv(z, straight(w, weight_quant(w)), None, size, stride, pad)


def pool(kind, x, size):
    return kind(x.permute(0, 3, 1, 2), size).permute(0, 2, 3, 1)


def case(seed, shapes, f):
    torch.manual_seed(seed)
    inputs = [torch.randn(s, requires_grad=True) for s in shapes]
    y = f(*inputs)
    dy = torch.randn(y.shape)
    (y * dy).sum().backward()
    return {
        "Inputs": [numbers(t) for t in inputs],
        "Shapes": [list(s) for s in shapes],
        "Y": numbers(y),
        "YShape": list(y.shape),
        "DY": numbers(dy),
        "Gradients": [numbers(t.grad) for t in inputs],
    }


CASES = {
    "Conv2D": case(1, [(2, 6, 7, 3), (4, 3 * 2 * 3), (4,)], lambda x, w, b: conv(x, w, b, (3, 2), 1, 0)),
    "Conv2D with stride and padding": case(2, [(2, 7, 6, 2), (5, 9 * 2), (5,)], lambda x, w, b: conv(x, w, b, (3, 3), 2, 1)),
    "BitConv2D": case(3, [(2, 6, 5, 2), (3, 9 * 2)], lambda x, w: bit_conv(x, w, (3, 3), 1, 0)),
    "BitConv2D with stride and padding": case(5, [(2, 5, 6, 3), (4, 9 * 3)], lambda x, w: bit_conv(x, w, (3, 3), 2, 1)),
    "MaxPool2D": case(5, [(2, 6, 4, 3)], lambda x: pool(F.max_pool2d, x, 2)),
    "AvgPool2D": case(6, [(2, 6, 4, 3)], lambda x: pool(F.avg_pool2d, x, 2)),
    "LayerNorm": case(7, [(5, 12), (12,), (12,)], lambda x, g, b: F.layer_norm(x, (12,), g, b, EPS)),
    "RMSNorm": case(8, [(5, 12), (12,)], lambda x, g: F.rms_norm(x, (12,), g, EPS)),
}

(HERE / "layers.json").write_text(json.dumps(CASES, separators=(",", ":")) + "\n")
