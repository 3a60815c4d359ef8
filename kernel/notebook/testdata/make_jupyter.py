"""Writes jupyter.ipynb with Jupyter's own nbformat, for TestRoundTrip.

    python testdata/make_jupyter.py testdata/jupyter.ipynb
"""

import sys

import nbformat
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
    new_raw_cell,
)

code = new_code_cell(
    'x := 1\nfmt.Println("a\\\\u2028b", x)\n',
    id="c1",
    execution_count=3,
    metadata={"tags": ["parameters"], "jupyter": {"source_hidden": False}},
)
code.outputs = [
    new_output("stream", name="stdout", text="10%\r20%\r\nend\u0085x\n\x1b[31mred\x1b[0m"),
    new_output(
        "display_data",
        data={
            "text/plain": "a\nb",
            "image/png": "iVBORw0KGgo=\n",
            "application/vnd.vegalite.v5+json": {"mark": ["a", "b"]},
            "image/svg+xml": "<svg>\n</svg>",
        },
        metadata={"image/png": {"width": 64}},
    ),
    new_output("execute_result", data={"text/plain": "7", "text/html": "<b>7</b>"}, execution_count=3),
    new_output("error", ename="Panic", evalue="x", traceback=["\x1b[31ma", "b"]),
]
nb = new_notebook(
    cells=[
        new_markdown_cell(
            "# Ternäre <b>weights</b> & \u2028 more\n\n![x](attachment:a.png)\n",
            id="intro",
            attachments={"a.png": {"image/png": "iVBORw0KGgo="}},
        ),
        code,
        new_code_cell("", id="empty"),
        new_raw_cell("raw <x>\n", id="raw"),
    ],
    metadata={
        "kernelspec": {"name": "setun", "language": "go", "display_name": "Go (Setun)"},
        "unknown": {"z": 1.50, "a": [1, 2, {"b": None}], "e": 1e-7},
    },
)
nbformat.validate(nb)
with open(sys.argv[1], "w", newline="\n", encoding="utf-8") as f:
    nbformat.write(nb, f)
