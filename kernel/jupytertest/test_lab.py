"""The first notebook in JupyterLab, in a browser, as a person runs it."""

import pathlib

import lab

NOTEBOOK = pathlib.Path(__file__).parents[2] / "notebooks/01-first-bitnet.ipynb"
VEGA = "application/vnd.vegalite.v5+json"


def test_first_notebook_runs_and_draws():
    with lab.server(NOTEBOOK) as url, lab.page(url, height=9000) as tab:
        cells = lab.run_all(tab)
        code = [c for c in cells if c["cell_type"] == "code"]
        outputs = {"".join(c["source"]): c["outputs"] for c in code}

        errors = [o for c in code for o in c["outputs"] if o["output_type"] == "error"]
        assert errors == []
        assert all(c["execution_count"] for c in code)

        (accuracy,) = outputs["run.Test.Accuracy"]
        assert float(accuracy["data"]["text/plain"]) >= 0.97

        fit = next(o for source, o in outputs.items() if "Fit(" in source)
        assert any(VEGA in o.get("data", {}) and "image/png" in o["data"] for o in fit)

        # JupyterLab really drew it: marks of the loss line are in the page.
        tab.wait_for_selector(".jp-RenderedVegaCommon5 svg .mark-line path", timeout=20_000)
