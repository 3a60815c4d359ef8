"""PyTorch as a peer, as fast as it goes on this machine: see README.md.

    python pytorch.py

Fused AdamW, subnormal numbers flushed to zero, the threads asked for, and each
case both as it is and by torch.compile; the faster of the two is what is timed.
BitLinear is the official mathematics of "The Era of 1-bit LLMs: Training Tips,
Code and FAQ": fake quantisation in float32 and straight-through by detach.
"""

import os
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

EPS = 1e-5


def activation_quant(x):
    s = 127 / x.abs().amax(dim=-1, keepdim=True).clamp(min=EPS)
    return (x * s).round().clamp(-128, 127) / s


def weight_quant(w):
    u = 1 / w.abs().mean().clamp(min=EPS)
    return (w * u).round().clamp(-1, 1) / u


def rms_norm(x):
    return F.rms_norm(x, x.shape[-1:], eps=EPS)


class BitLinear(nn.Linear):
    def __init__(self, n_in, n_out):
        super().__init__(n_in, n_out, bias=False)

    def forward(self, x):
        z = rms_norm(x)
        z = z + (activation_quant(z) - z).detach()
        w = self.weight
        w = w + (weight_quant(w) - w).detach()
        return F.linear(z, w)


class Normed(nn.Linear):
    """The float32 twin of BitLinear."""

    def __init__(self, n_in, n_out):
        super().__init__(n_in, n_out, bias=False)

    def forward(self, x):
        return F.linear(rms_norm(x), self.weight)


def mlp(kind):
    linear = BitLinear if kind == "bitlinear" else nn.Linear
    return nn.Sequential(linear(784, 512), nn.ReLU(), linear(512, 512), nn.ReLU(), linear(512, 10))


class Conv(nn.Module):
    """A convolution of normalised images; for bitlinear an image is what a token
    is to BitLinear."""

    def __init__(self, kind, n_in, n_out):
        super().__init__()
        self.bit = kind == "bitlinear"
        bound = (25 * n_in) ** -0.5
        self.weight = nn.Parameter(torch.empty(n_out, n_in, 5, 5).uniform_(-bound, bound))

    def forward(self, x):
        z = rms_norm(x.flatten(1))
        w = self.weight
        if self.bit:
            z = z + (activation_quant(z) - z).detach()
            w = w + (weight_quant(w) - w).detach()
        return F.conv2d(z.view_as(x), w)


def lenet(kind):
    linear = BitLinear if kind == "bitlinear" else Normed
    return nn.Sequential(
        nn.Unflatten(1, (1, 28, 28)),
        Conv(kind, 1, 32), nn.MaxPool2d(2), nn.ReLU(),
        Conv(kind, 32, 64), nn.MaxPool2d(2), nn.ReLU(),
        nn.Flatten(), linear(1024, 512), nn.ReLU(), linear(512, 10),
    )  # fmt: skip


class Joint(nn.Module):
    """Projections of one input: normalised and quantised once for all of them."""

    def __init__(self, kind, n_in, *n_outs):
        super().__init__()
        self.bit = kind == "bitlinear"
        self.weights = nn.ParameterList(nn.Parameter(torch.empty(n, n_in).uniform_(-(n_in**-0.5), n_in**-0.5)) for n in n_outs)

    def forward(self, x):
        z = rms_norm(x)
        if not self.bit:
            return [F.linear(z, w) for w in self.weights]
        z = z + (activation_quant(z) - z).detach()
        return [F.linear(z, w + (weight_quant(w) - w).detach()) for w in self.weights]


class Block(nn.Module):
    """A layer of microsoft/bitnet-b1.58-2B-4T: SubLN before the last projections."""

    def __init__(self, kind, width, heads, hidden):
        super().__init__()
        last = BitLinear if kind == "bitlinear" else Normed
        self.heads = heads
        self.qkv = Joint(kind, width, width, width, width)
        self.o = last(width, width)
        self.up = Joint(kind, width, hidden, hidden)
        self.down = last(hidden, width)

    def forward(self, x, cos, sin):
        b, t, d = x.shape
        q, k, v = (y.view(b, t, self.heads, d // self.heads).transpose(1, 2) for y in self.qkv(x))
        a = F.scaled_dot_product_attention(rotate(q, cos, sin), rotate(k, cos, sin), v, is_causal=True)
        x = x + self.o(a.transpose(1, 2).reshape(b, t, d))
        gate, up = self.up(x)
        return x + self.down(F.relu(gate).square() * up)


def rotate(x, cos, sin):
    a, b = x.chunk(2, dim=-1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), dim=-1)


class LM(nn.Module):
    def __init__(self, kind, vocab, context, width, layers, heads):
        super().__init__()
        self.table = nn.Parameter(torch.randn(vocab, width) * 0.02)
        self.blocks = nn.ModuleList(Block(kind, width, heads, 4 * width) for _ in range(layers))
        pairs = width // heads // 2
        angles = torch.outer(torch.arange(context), 500000.0 ** (-torch.arange(pairs) / pairs))
        self.register_buffer("cos", angles.cos())
        self.register_buffer("sin", angles.sin())

    def forward(self, x):
        h = F.embedding(x, self.table)
        for b in self.blocks:
            h = b(h, self.cos, self.sin)
        return F.linear(rms_norm(h), self.table).flatten(0, 1)


def training(model, x, y):
    """A step of AdamW at a rate of 0, which computes all that one at another does."""
    opt = torch.optim.AdamW(model.parameters(), lr=0.0, fused=True)

    def forward(x, y):
        return F.cross_entropy(model(x), y)

    def step_of(loss):
        def step():
            opt.zero_grad(set_to_none=True)
            loss(x, y).backward()
            opt.step()

        return step

    return faster(step_of, forward)


def inference(f, *args):
    def run_of(g):
        def run():
            with torch.no_grad():
                g(*args)

        return run

    return faster(run_of, f)


def faster(run_of, f):
    """Returns run_of(f) or run_of(compiled f), whichever is faster."""
    candidates = [run_of(f)]
    if os.environ.get("SETUN_PEER_COMPILE", "1") != "0":
        torch._dynamo.reset()
        compiled = run_of(torch.compile(f, dynamic=False))
        try:
            compiled()
            candidates.append(compiled)
        except Exception as e:  # no compiler on this machine
            print(f"pytorch: torch.compile: {type(e).__name__}: {str(e)[:200]}", file=sys.stderr)
    if len(candidates) == 1:
        return candidates[0]
    taken = [[] for _ in candidates]
    for _ in range(15):
        for run, times in zip(candidates, taken):
            run()
            began = time.perf_counter()
            run()
            times.append(time.perf_counter() - began)
    medians = [sorted(t)[len(t) // 2] for t in taken]
    return candidates[medians.index(min(medians))]


def attention(kind, heads, t, dim):
    q, k, v = (torch.randn(1, heads, t, dim, requires_grad=kind == "both") for _ in range(3))
    d = torch.randn(1, heads, t, dim)

    def run():
        o = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        if kind == "both":
            q.grad = k.grad = v.grad = None
            o.backward(d)

    return run


def prepare(case):
    torch.manual_seed(1)
    match case.split():
        case ["mlp", kind]:
            return training(mlp(kind), torch.randn(64, 784), torch.arange(64) % 10)
        case ["lenet", kind]:
            return training(lenet(kind), torch.randn(128, 784), torch.arange(128) % 10)
        case ["lm", kind]:
            x = torch.randint(256, (8, 128))
            return training(LM(kind, 256, 128, 256, 4, 4), x, x.roll(-1, 1).flatten())
        case ["attention", kind, *shape]:
            return attention(kind, *map(int, shape))
        case ["quantise", m, k]:
            return inference(activation_quant, torch.randn(int(m), int(k)))
        case ["rmsnorm+quantise", m, k]:
            return inference(lambda x: activation_quant(rms_norm(x)), torch.randn(int(m), int(k)))
        case ["ternarise", n, k]:
            return inference(weight_quant, torch.randn(int(n), int(k)))
        case ["gemm", form, m, n, k]:
            m, n, k = int(m), int(n), int(k)
            a = torch.randn(k, m).t() if form[0] == "T" else torch.randn(m, k)
            b = torch.randn(n, k).t() if form[1] == "T" else torch.randn(k, n)
            c = torch.empty(m, n)
            return lambda: torch.mm(a, b, out=c)
    return None


def main():
    torch.set_flush_denormal(True)
    torch.set_num_interop_threads(1)
    answer(f"PyTorch {torch.__version__.split('+')[0]}")
    last, run = None, None
    for line in sys.stdin:
        threads, repeats, case = line.strip().split(" ", 2)
        if (threads, case) != last:
            torch.set_num_threads(int(threads))
            last, run = (threads, case), prepare(case)
        if run is None:
            answer("no PyTorch peer for this")
            continue
        run()
        began = time.perf_counter()
        for _ in range(int(repeats)):
            run()
        answer(f"seconds {time.perf_counter() - began:.9g}")


def answer(text):
    print(text, flush=True)


if __name__ == "__main__":
    main()
