"""JupyterLab in a headless browser, for the tests and for the README's pictures.

    python lab.py NOTEBOOK [--dark] [--run] [--shot FILE] [--height PX]

opens NOTEBOOK in a real JupyterLab with the kernel of $SETUN, runs its cells if
asked to, and takes a screenshot of the whole notebook.
"""

import argparse
import contextlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

from playwright.sync_api import sync_playwright

CHROMIUM = next(
    (p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None
)
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@contextlib.contextmanager
def server(notebook, dark=False):
    """A JupyterLab of its own: temporary settings, kernels and root folder.

    Yields the URL that opens a copy of notebook.
    """
    setun = os.environ.get("SETUN", "bin/setun")
    with tempfile.TemporaryDirectory(prefix="setun-lab-") as tmp:
        tmp = pathlib.Path(tmp)
        root = tmp / "root"
        root.mkdir()
        shutil.copy(notebook, root)
        env = dict(
            os.environ,
            JUPYTER_DATA_DIR=str(tmp / "data"),
            JUPYTER_CONFIG_DIR=str(tmp / "config"),
            JUPYTER_RUNTIME_DIR=str(tmp / "runtime"),
            JUPYTERLAB_SETTINGS_DIR=str(tmp / "settings"),
            JUPYTERLAB_WORKSPACES_DIR=str(tmp / "workspaces"),
        )
        settings = {
            "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
            "apputils-extension/themes": {"theme": "JupyterLab Dark" if dark else "JupyterLab Light"},
            # Every cell in the page, so that a screenshot shows the whole notebook.
            "notebook-extension/tracker": {"windowingMode": "none"},
        }
        for name, value in settings.items():
            file = tmp / f"settings/@jupyterlab/{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(value))
        subprocess.run([setun, "install"], env=env, check=True, stdout=subprocess.DEVNULL)
        port = free_port()
        with open(tmp / "log", "w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root",
                 f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token=",
                 "--ServerApp.password=", f"--ServerApp.root_dir={root}",
                 "--LabApp.expose_app_in_browser=True"],
                env=env, stdout=log, stderr=log,
            )  # fmt: skip
        base = f"http://127.0.0.1:{port}"
        try:
            deadline = time.time() + 60
            while True:
                try:
                    urllib.request.urlopen(base + "/api/status", timeout=2).read()
                    break
                except OSError:
                    if process.poll() is not None or time.time() > deadline:
                        raise RuntimeError("JupyterLab did not start:\n" + (tmp / "log").read_text())
                    time.sleep(0.2)
            yield f"{base}/lab/tree/{pathlib.Path(notebook).name}?reset"
        finally:
            process.terminate()
            process.wait(20)


@contextlib.contextmanager
def page(url, width=1200, height=900, scale=1):
    """A browser page that shows the notebook at url, kernel ready."""
    if CHROMIUM is None:
        raise RuntimeError("no Chromium found: install the package chromium")
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        try:
            tab = browser.new_page(
                viewport={"width": width, "height": height}, device_scale_factor=scale
            )
            tab.goto(url)
            tab.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
            tab.evaluate(
                """async () => { const panel = window.jupyterapp.shell.currentWidget;
                                 await panel.context.ready; await panel.revealed;
                                 await panel.sessionContext.ready;
                                 await panel.sessionContext.session.kernel.info }"""
            )
            yield tab
        finally:
            browser.close()


def run_all(tab, timeout=600):
    """Runs every cell and waits until the last one is done."""
    tab.evaluate(
        """() => { window.ran = undefined;
                   window.jupyterapp.commands.execute("notebook:run-all-cells")
                     .then(() => window.ran = "ok", e => window.ran = String(e)) }"""
    )
    tab.wait_for_function("window.ran !== undefined", timeout=timeout * 1000)
    return cells(tab)


def cells(tab):
    """The cells of the notebook as JupyterLab's model has them, outputs included."""
    return tab.evaluate(
        "() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells"
    )


def shot(tab, path, height=None):
    """Photographs the notebook at its full height, so that every cell is in the page."""
    tab.evaluate(
        """() => { const app = window.jupyterapp;
                   if (!app.shell.leftCollapsed) app.commands.execute("application:toggle-left-area");
                   app.commands.execute("notebook:enter-command-mode");
                   app.shell.currentWidget.content.activeCellIndex = 0 }"""
    )
    full = height or 140 + tab.evaluate(
        """() => { let h = 0; for (const c of document.querySelectorAll(".jp-Notebook .jp-Cell"))
                                h += c.getBoundingClientRect().height; return h }"""
    )
    tab.set_viewport_size({"width": tab.viewport_size["width"], "height": min(int(full), 12_000)})
    time.sleep(1)
    tab.evaluate("() => document.querySelector('.jp-WindowedPanel-outer').scrollTo(0, 0)")
    time.sleep(1)
    tab.screenshot(path=str(path))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("notebook")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--run", action="store_true")
    parser.add_argument("--shot", default="lab.png")
    parser.add_argument("--height", type=int)
    parser.add_argument("--width", type=int, default=1200)
    args = parser.parse_args()
    with server(args.notebook, args.dark) as url, page(url, width=args.width) as tab:
        if args.run:
            run_all(tab)
        shot(tab, args.shot, args.height)


if __name__ == "__main__":
    main()
