"""nbclient, which papermill and nbconvert stand on, runs a notebook."""

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook


def execute(*cells, **options):
    notebook = new_notebook(
        cells=[new_markdown_cell("# A notebook"), *map(new_code_cell, cells)],
        metadata={"kernelspec": {"name": "setun", "display_name": "Go (Setun)", "language": "go"}},
    )
    NotebookClient(notebook, kernel_name="setun", timeout=60, **options).execute()
    nbformat.validate(notebook)
    return [c for c in notebook.cells if c.cell_type == "code"]


def test_notebook():
    cells = execute(
        "x := 6",
        "x * 7",
        'for i := range 3 { fmt.Println("line", i) }\nfmt.Fprintln(os.Stderr, "note")',
        'Display("shown")',
        "MLP(784, 16, 10)",
    )
    assert [c.execution_count for c in cells] == [1, 2, 3, 4, 5]
    assert cells[0].outputs == []
    assert cells[1].outputs[0].data["text/plain"] == "42"
    streams = {o.name: o.text for o in cells[2].outputs}
    assert streams == {"stdout": "line 0\nline 1\nline 2\n", "stderr": "note\n"}
    assert cells[3].outputs[0].output_type == "display_data"
    model = cells[4].outputs[0].data
    assert "BitLinear" in model["text/plain"]
    assert "<table" in model["text/html"]
    assert cells[0].metadata.execution["iopub.status.idle"]


def test_error_names_the_line():
    with pytest.raises(CellExecutionError) as e:
        execute("x := 6", "y := x +\n\tnosuch", "x")
    assert "nosuch" in str(e.value)


def test_allow_errors_goes_on():
    cells = execute("x := 6", 'panic("no")', "x", allow_errors=True)
    assert cells[1].outputs[0].output_type == "error"
    assert cells[2].outputs[0].data["text/plain"] == "6"
