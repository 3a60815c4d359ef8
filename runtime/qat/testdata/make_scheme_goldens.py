"""Writes schemes.json: linear layers of many schemes, forward and backward, as
PyTorch's autograd computes them from the papers' formulas.

    pip install torch numpy
    python make_scheme_goldens.py

Straight-through estimators are written by detach, LSQ as in Esser et al.
(1902.08153), uniform levels by torch.fake_quantize_*. Where a value lies so close
to a rounding boundary that another order of summation could push it over, another
seed is taken.
"""

import json
import math
import pathlib

import torch
import torch.nn.functional as F

from make_goldens import margin, numbers

HERE = pathlib.Path(__file__).parent
FLOOR = 1e-5
torch.set_num_threads(1)
closest = 1.0  # margin of the case at hand


def rounded(v):
    global closest
    closest = min(closest, margin(v.detach()))
    return v.round()


def through(value, gradient):
    """value forward, the gradient of gradient backward."""
    return gradient + (value - gradient).detach()


def activations(x, bits=8, shared=False, blend=0.0):
    if bits == 32:
        return x
    most = 2 ** (bits - 1) - 1
    peak = x.abs().max() if shared else x.abs().max(dim=-1, keepdim=True).values
    s = most / peak.clamp(min=FLOOR)
    q = rounded(x.detach() * s).clamp(-most - 1, most) / s
    return through(q + blend * (x - q), x)


def groups(w, per):
    """w with groups of weights that share a scale as rows, and the way back."""
    n, k = w.shape
    if per == "tensor":
        return w.reshape(1, -1), lambda g: g.reshape(n, k)
    if per == "channel":
        return w, lambda g: g
    assert k % per == 0
    return w.reshape(-1, per), lambda g: g.reshape(n, k)


def scale(g, rule):
    m = g.detach().abs()
    if rule == "mean":
        return m.mean(dim=1, keepdim=True).clamp(min=FLOOR)
    if rule == "median":
        return m.median(dim=1, keepdim=True).values.clamp(min=FLOOR)
    raise ValueError(rule)


def staircase(v, t):
    """S of soft.go for ternary levels, and straight through beyond them."""
    k = torch.where(v.detach() >= 1, torch.zeros_like(v), v.detach().floor())
    f = v - k - 0.5
    s = k + 0.5 + 0.5 * torch.tanh(f / t) / math.tanh(0.5 / t)
    return torch.where(v.detach().abs() <= 1, s, through(v.detach().clamp(-1, 1), v))


def ternary(g, rule="mean", estimator=None):
    gamma = scale(g, rule)
    v = g / gamma
    code = rounded(v.detach()).clamp(-1, 1)
    if estimator is None:
        return gamma * through(code, v)
    return gamma * estimator(v, code)


def clipped(bound):
    return lambda v, code: through(code, torch.where(v.detach().abs() <= bound, v, v.detach()))


def magnitude(bound):
    return lambda v, code: through(code, v * (bound / v.detach().abs()).clamp(max=1))


def adaptive(v, code):
    bound = v.detach().abs().flatten().sort().values[int((v.numel() - 1) * (1 - 0.1))]
    return clipped(bound)(v, code)


def sawtooth(v, code):
    return through(code, v * (1 - 0.5 * v.detach() ** 2))


def binary(g):
    return through((g - g.mean(dim=1, keepdim=True)).sign() * scale(g, "mean"), g)


def uniform(w, bits, per, asymmetric=False):
    half = 2 ** (bits - 1)
    lo, hi = (0, 2 * half - 1) if asymmetric else (-half, half - 1)
    d = w.detach()
    dims = dict(dim=1) if per == "channel" else {}
    if asymmetric:
        low, high = d.amin(**dims).clamp(max=0), d.amax(**dims).clamp(min=0)
        s = (high - low) / hi
        zero = rounded(-low / s)
    else:
        s = d.abs().amax(**dims) / hi
        zero = torch.zeros_like(s)
    rounded(d / (s.unsqueeze(1) if per == "channel" else s))
    if per == "channel":
        return torch.fake_quantize_per_channel_affine(w, s, zero.to(torch.int32), 0, lo, hi)
    return torch.fake_quantize_per_tensor_affine(w, s, zero.to(torch.int32), lo, hi)


def grad_scale(v, factor):
    return through(v, v * factor)


def lsq(g, s, lo, hi):
    """Section 2.1 and appendix B: the gradient for s comes by autograd."""
    s = grad_scale(s, 1 / math.sqrt(g.shape[1] * hi))
    v = (g / s).clamp(lo, hi)
    return through(rounded(v.detach()), v) * s


def lsq_plus(g, alpha, beta, lo, hi):
    """LSQ+ over the absmean, but straight through for the weights."""
    gamma = scale(g, "mean")
    factor = 1 / math.sqrt(g.shape[1] * hi)
    alpha, beta = grad_scale(alpha, factor), grad_scale(beta, factor)
    v = ((g.detach() / gamma - beta) / alpha).clamp(lo, hi)
    learned = gamma * (alpha * through(rounded(v.detach()), v) + beta)
    return through(learned, learned + g - g.detach())


def cases():
    yield "ternary", {}, lambda w, p: ternary(*groups(w, "tensor")[:1]), {}
    yield "median", {"Scale": 2}, lambda w, p: ternary(groups(w, "tensor")[0], "median"), {}
    yield "per channel", {"Per": -1}, lambda w, p: ternary(w), {}
    yield "per 5", {"Per": 5}, lambda w, p: ternary(groups(w, 5)[0]), {}
    yield "binary", {"Bits": 1}, lambda w, p: binary(groups(w, "tensor")[0]), {}
    yield "binary per channel", {"Bits": 1, "Per": -1}, lambda w, p: binary(w), {}
    for bits in (2, 3, 4, 8):
        yield f"{bits} bits", {"Bits": bits}, lambda w, p, b=bits: uniform(w, b, "tensor"), {}
        yield f"{bits} bits asymmetric per channel", {"Bits": bits, "Asymmetric": True, "Per": -1}, \
            lambda w, p, b=bits: uniform(w, b, "channel", True), {}
    yield "8 bits per channel", {"Bits": 8, "Per": -1}, lambda w, p: uniform(w, 8, "channel"), {}
    yield "4 bits asymmetric", {"Bits": 4, "Asymmetric": True}, lambda w, p: uniform(w, 4, "tensor", True), {}
    for name, bits, lo, hi in [("ternary", 0, -1, 1), ("2 bits", 2, -2, 1), ("4 bits", 4, -8, 7)]:
        yield f"LSQ, {name}", {"Bits": bits, "Scale": 4}, \
            lambda w, p, lo=lo, hi=hi: lsq(groups(w, "tensor")[0], p[0], lo, hi), {"learns": ("lsq", "tensor", hi)}
        yield f"LSQ, {name} per channel", {"Bits": bits, "Scale": 4, "Per": -1}, \
            lambda w, p, lo=lo, hi=hi: lsq(w, p[0], lo, hi), {"learns": ("lsq", "channel", hi)}
    yield "Learnable", {}, lambda w, p: lsq_plus(groups(w, "tensor")[0], p[0], p[1], -1, 1), \
        {"estimator": "Learnable", "learns": ("plus", "tensor", 1)}
    yield "Learnable per 5", {"Per": 5}, lambda w, p: lsq_plus(groups(w, 5)[0], p[0], p[1], -1, 1), \
        {"estimator": "Learnable", "learns": ("plus", 5, 1)}
    for name, estimator in [("Clipped", clipped(1.5)), ("Magnitude", magnitude(1.0)), ("Adaptive", adaptive), ("Own", sawtooth),
                            ("Tanh", lambda v, code: through(code, staircase(v, 0.5))), ("Soft", lambda v, code: staircase(v, 0.5))]:
        yield name, {}, lambda w, p, e=estimator: ternary(groups(w, "tensor")[0], estimator=e), {"estimator": name}
    yield "int4 activations", {}, lambda w, p: ternary(groups(w, "tensor")[0]), {"bits": 4}
    yield "per batch", {}, lambda w, p: ternary(groups(w, "tensor")[0]), {"shared": True}
    yield "float activations", {}, lambda w, p: ternary(groups(w, "tensor")[0]), {"bits": 32}
    yield "float weights", {"Bits": 32}, lambda w, p: w, {"bits": 8}

    def blended(w, p):
        q = ternary(groups(w, "tensor")[0], estimator=clipped(1.5)).reshape(w.shape)
        return 0.25 * w + 0.75 * q
    yield "blended", {}, blended, {"estimator": "Clipped", "blend": 0.25}

    def blended_lsq(w, p):
        return 0.25 * w + 0.75 * lsq(groups(w, "tensor")[0], p[0], -1, 1).reshape(w.shape)
    yield "blended LSQ", {"Scale": 4}, blended_lsq, {"blend": 0.25, "learns": ("lsq", "tensor", 1)}


def case(name, quantizer, quantize, options, seed):
    g = torch.Generator().manual_seed(seed)
    m, k, n = 4, 15, 5
    x = (torch.randn(m, k, generator=g) * 2).requires_grad_()
    w = (torch.randn(n, k, generator=g) * 0.05 + 0.01).requires_grad_()
    dy = torch.randn(m, n, generator=g)
    params = []
    if "learns" in options:
        kind, per, hi = options["learns"]
        rows = groups(w.detach(), per)[0]
        if kind == "lsq":
            params = [(2 * rows.abs().mean(dim=1, keepdim=True) / math.sqrt(hi)).requires_grad_()]
        else:  # away from 1 and 0, where they start
            params = [(0.8 + 0.4 * torch.rand(rows.shape[0], 1, generator=g)).requires_grad_(),
                      (0.4 * torch.rand(rows.shape[0], 1, generator=g) - 0.2).requires_grad_()]
    xhat = activations(x, options.get("bits", 8), options.get("shared", False), options.get("blend", 0.0))
    what = quantize(w, params).reshape(w.shape)
    y = F.linear(xhat, what)
    y.backward(dy)
    return {
        "name": name, "m": m, "k": k, "n": n, "quantizer": quantizer,
        "estimator": options.get("estimator", ""), "bits": options.get("bits", 8),
        "shared": options.get("shared", False), "blend": options.get("blend", 0.0),
        "x": numbers(x), "w": numbers(w), "dy": numbers(dy), "params": [numbers(p) for p in params],
        "what": numbers(what), "y": numbers(y), "dx": numbers(x.grad), "dw": numbers(w.grad),
        "dparams": [numbers(p.grad) for p in params],
    }


if __name__ == "__main__":
    written = []
    for name, quantizer, quantize, options in cases():
        for seed in range(1000):
            closest = 1.0
            c = case(name, quantizer, quantize, options, seed)
            if closest > 1e-4:
                written.append(c)
                break
        else:
            raise SystemExit(name + ": no seed keeps away from the boundaries")
    text = json.dumps(written, separators=(",", ":")).replace("},{\"name\"", "},\n{\"name\"")
    (HERE / "schemes.json").write_text(text + "\n")
    print(len(written), "cases", len(text))
