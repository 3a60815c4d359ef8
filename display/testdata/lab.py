"""Shows the gallery in a real JupyterLab, for a person to look at.

    python lab.py OUT [NAME...]

Puts the goldens beside this file (Vega-Lite, PNG and text of each chart, and
HTML tables) into a notebook as outputs, opens it in JupyterLab in a light and a
dark theme, and writes OUT/THEME-NAME.png. Needs jupyterlab, nbformat and
playwright, and Chromium at CHROMIUM or /usr/bin/chromium.
"""

import base64
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import nbformat
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import sync_playwright

HERE = pathlib.Path(os.environ.get("GALLERY", pathlib.Path(__file__).parent))
VEGA = "application/vnd.vegalite.v5+json"


def bundle(name):
    data = {}
    for ext, mime in {".vl.json": VEGA, ".html": "text/html", ".txt": "text/plain"}.items():
        path = HERE / (name + ext)
        if path.exists():
            text = path.read_text()
            data[mime] = json.loads(text) if ext == ".vl.json" else text
    picture = HERE / (name + ".png")
    if picture.exists():
        data["image/png"] = base64.b64encode(picture.read_bytes()).decode()
    return data


def notebook(path, names):
    cells = []
    for name in names:
        data = bundle(name)
        metadata = {}
        if "image/png" in data:
            raw = base64.b64decode(data["image/png"])
            w, h = int.from_bytes(raw[16:20]), int.from_bytes(raw[20:24])
            metadata["image/png"] = {"width": w // 2, "height": h // 2, "needs_background": "light"}
        cells.append(
            new_code_cell(
                name,
                execution_count=1,
                outputs=[new_output("display_data", data=data, metadata=metadata)],
            )
        )
    # With a kernel named, JupyterLab does not ask for one.
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), path)


def main(out, names):
    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    if not names:
        names = sorted({p.name.split(".")[0] for p in HERE.glob("*.txt")})
    for theme in ("Light", "Dark"):
        with tempfile.TemporaryDirectory() as root:
            root = pathlib.Path(root)
            notebook(root / "gallery.ipynb", names)
            settings = root / ".settings/@jupyterlab/apputils-extension"
            settings.mkdir(parents=True)
            (settings / "themes.jupyterlab-settings").write_text(
                json.dumps({"theme": "JupyterLab " + theme})
            )
            (settings / "notification.jupyterlab-settings").write_text(json.dumps({"fetchNews": "false"}))
            with socket.socket() as s:
                s.bind(("127.0.0.1", 0))
                port = s.getsockname()[1]
            lab = subprocess.Popen(
                [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}",
                 "--IdentityProvider.token=", f"--ServerApp.root_dir={root}", "--LabApp.expose_app_in_browser=True"],
                env={**os.environ, "JUPYTERLAB_SETTINGS_DIR": str(root / ".settings")},
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
            try:
                shoot(port, out, theme.lower(), names)
            finally:
                lab.terminate()
                lab.wait()


def shoot(port, out, theme, names):
    base = f"http://127.0.0.1:{port}/lab"
    for _ in range(120):
        try:
            urllib.request.urlopen(base).close()
            break
        except OSError:
            time.sleep(0.5)
    with sync_playwright() as p:
        browser = p.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
        )
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.on("console", lambda m: m.type in ("error", "warning") and print(theme, m.type, m.text))
        page.goto(f"{base}/tree/gallery.ipynb")
        page.wait_for_selector(".jp-Notebook", timeout=60_000)
        page.keyboard.press("Control+B")  # folds the file browser away
        for i, name in enumerate(names):
            cell = page.locator(f'.jp-Notebook .jp-Cell[data-windowed-list-index="{i}"]')
            for _ in range(40):
                if cell.count() and cell.locator(".jp-OutputArea-output").count():
                    break
                page.mouse.move(600, 500)
                page.mouse.wheel(0, 300)
                page.wait_for_timeout(150)
            cell.scroll_into_view_if_needed()
            page.wait_for_timeout(700)
            area = cell.locator(".jp-OutputArea-output").first
            svg = area.locator("svg.marks")
            if svg.count():
                box = svg.first.bounding_box()
                page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + min(box["height"] * 0.4, 200))
                page.wait_for_timeout(300)
            area.screenshot(path=out / f"{theme}-{name}.png")
            if name == names[0]:
                page.screenshot(path=out / f"{theme}-page.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
