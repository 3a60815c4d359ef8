"""How fast the kernel starts and answers, beside ipykernel in the same run.

    python bench.py [--rounds N] [--requests N] [--json FILE]

Every round starts one kernel after the other, in turn, and measures it as a
front end would, with jupyter_client; the table shows the medians of all rounds.
The targets belong to a quiet machine, and nothing fails if one is missed: times
are not for tests.
"""

import argparse
import json
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

import psutil
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

SETUN = os.environ.setdefault("SETUN", str(pathlib.Path(__file__).parents[2] / "bin/setun"))

# What each kernel runs: a first cell, a small one, completions, many prints.
CELLS = {
    "setun": {
        "first": "6 * 7",
        "execute": "x := 6; x * 7",
        "complete": ["strings.To", "fmt.Pr", "math.", "os.Op"],
        "prints": "for i := range 10_000 { fmt.Println(i) }",
    },
    "python3": {
        "first": "6 * 7",
        "execute": "x = 6; x * 7",
        "complete": ["str.spl", "pri", "math.", "os.op"],
        "prints": "for i in range(10_000): print(i)",
        "prepare": "import math, os",
    },
}

# Key, name, unit, target of the issue, target of the design.
ROWS = [
    ("info", "spawn → kernel_info", "ms", None, None),
    ("result", "spawn → first result", "ms", 300, None),
    ("polled", "  the same, port polled", "ms", None, 100),
    ("execute_p50", "execute → idle, p50", "ms", 5, 2),
    ("execute_p95", "execute → idle, p95", "ms", None, None),
    ("complete_p50", "complete, p50", "ms", None, None),
    ("complete_p95", "complete, p95", "ms", None, 10),
    ("prints", "10,000 prints → idle", "ms", None, None),
    ("rss", "resident memory", "MB", None, None),
]


def reply(client, msg_id, timeout=10):
    while True:
        msg = client.get_shell_msg(timeout=timeout)
        if msg["parent_header"].get("msg_id") == msg_id:
            return msg["content"]


def until(client, msg_id, wanted, timeout=10):
    """Reads iopub until wanted(msg) of the request msg_id."""
    while True:
        msg = client.get_iopub_msg(timeout=timeout)
        if msg["parent_header"].get("msg_id") == msg_id and wanted(msg):
            return msg


def idle(msg):
    return msg["msg_type"] == "status" and msg["content"]["execution_state"] == "idle"


def execute(client, code):
    """Runs a cell until its reply and its idle are there."""
    msg_id = client.execute(code)
    until(client, msg_id, idle)
    content = reply(client, msg_id)
    if content["status"] != "ok":
        raise RuntimeError(f"{code!r} failed: {content['ename']}: {content['evalue']}")


def await_ports(client):
    """Waits until the kernel listens, more closely than libzmq does."""
    for port in (client.iopub_port, client.shell_port):
        while True:
            try:
                socket.create_connection((client.ip, port)).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.002)


def start(name, poll=False):
    """Starts a kernel; its manager, its client, and the time of both firsts.

    jupyter_client's wait_for_ready is of no use here: it sleeps. A request that
    is sent before the kernel listens waits in the client's socket until it
    does. libzmq tries to connect every 100 ms or so, which is most of both times
    if the kernel is quick; with poll, the client connects when it will succeed.
    """
    manager = KernelManager(kernel_name=name)
    begin = time.perf_counter()
    manager.start_kernel(stderr=subprocess.DEVNULL)  # ipykernel warns about TCP
    client = manager.client()
    if poll:
        await_ports(client)
    client.start_channels()
    reply(client, client.kernel_info())
    info = time.perf_counter() - begin
    client.get_iopub_msg(timeout=10)  # iopub_welcome: ipykernel loses what is published earlier
    msg_id = client.execute(CELLS[name]["first"])
    until(client, msg_id, lambda msg: msg["msg_type"] == "execute_result")
    result = time.perf_counter() - begin
    until(client, msg_id, idle)
    return manager, client, info, result


def quantile(times, q):
    return sorted(times)[min(int(len(times) * q), len(times) - 1)]


def measure(name, requests):
    """One round of one kernel: key → value in the units of ROWS."""
    cells = CELLS[name]
    manager, client, _, polled = start(name, poll=True)
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    manager, client, info, result = start(name)
    try:
        execute(client, cells.get("prepare", ""))
        executes, completes = [], []
        for _ in range(requests):
            begin = time.perf_counter()
            execute(client, cells["execute"])
            executes.append(time.perf_counter() - begin)
        for i in range(requests):
            begin = time.perf_counter()
            reply(client, client.complete(cells["complete"][i % len(cells["complete"])]))
            completes.append(time.perf_counter() - begin)
        begin = time.perf_counter()
        execute(client, cells["prints"])
        prints = time.perf_counter() - begin
        rss = psutil.Process(manager.provisioner.pid).memory_info().rss
        return {
            "info": info * 1e3,
            "result": result * 1e3,
            "polled": polled * 1e3,
            "execute_p50": quantile(executes, 0.5) * 1e3,
            "execute_p95": quantile(executes, 0.95) * 1e3,
            "complete_p50": quantile(completes, 0.5) * 1e3,
            "complete_p95": quantile(completes, 0.95) * 1e3,
            "prints": prints * 1e3,
            "rss": rss / 1e6,
        }
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def table(medians):
    lines = [
        f"{'':24} {'setun':>10} {'ipykernel':>10} {'ratio':>8}   target (design's own)",
        "-" * 80,
    ]
    for key, name, unit, target, design in ROWS:
        ours, theirs = medians["setun"][key], medians["python3"][key]
        goals = [f"< {t} {unit} {'ok' if ours < t else 'MISSED'}" for t in (target, design) if t]
        if target is None and design:
            goals = [f"({goals[0]})"]
        elif len(goals) == 2:
            goals[1] = f"({goals[1]})"
        lines.append(
            f"{name:24} {ours:7.1f} {unit} {theirs:7.1f} {unit} {theirs / ours:7.1f}×   {'  '.join(goals)}"
        )
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="kernels of each kind (default 5)")
    parser.add_argument("--requests", type=int, default=100, help="requests of each kind a round (default 100)")
    parser.add_argument("--json", metavar="FILE", help="write every round's figures there")
    args = parser.parse_args()

    home = pathlib.Path(tempfile.mkdtemp(prefix="setun-bench-"))
    try:
        for kind in ("DATA", "RUNTIME", "CONFIG"):
            os.environ[f"JUPYTER_{kind}_DIR"] = str(home / kind.lower())
        os.environ["IPYTHONDIR"] = str(home / "ipython")
        subprocess.run([SETUN, "install"], check=True, stdout=subprocess.DEVNULL)
        if "python3" not in KernelSpecManager().get_all_specs():
            sys.exit("bench: ipykernel is not installed in this environment")

        rounds = {name: [] for name in CELLS}
        for i in range(args.rounds):
            for name in CELLS:
                rounds[name].append(measure(name, args.requests))
                print(f"round {i + 1} of {args.rounds}: {name}   ", end="\r", file=sys.stderr)
        print(" " * 40, end="\r", file=sys.stderr)
    finally:
        shutil.rmtree(home, ignore_errors=True)

    medians = {
        name: {key: statistics.median(r[key] for r in rs) for key, *_ in ROWS} for name, rs in rounds.items()
    }
    print(table(medians))
    print(f"medians of {args.rounds} rounds, {args.requests} requests each, interleaved")
    if args.json:
        result = json.dumps({"medians": medians, "rounds": rounds}, indent=1)
        temporary = pathlib.Path(args.json + ".tmp")
        temporary.write_text(result + "\n")
        temporary.replace(args.json)


if __name__ == "__main__":
    main()
