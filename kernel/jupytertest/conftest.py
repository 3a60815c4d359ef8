"""The kernel under test is $SETUN (bin/setun if unset), found by its kernelspec
as Jupyter finds any: `setun install` writes it into folders of this run only.
"""

import os
import pathlib
import subprocess
import tempfile

import pytest
from jupyter_client.manager import start_new_kernel

ROOT = pathlib.Path(__file__).parents[2]
SETUN = os.environ.setdefault("SETUN", str(ROOT / "bin/setun"))

# Set before anything of Jupyter looks at them.
_home = tempfile.TemporaryDirectory(prefix="setun-jupyter-")
for kind in ("DATA", "RUNTIME", "CONFIG"):
    os.environ[f"JUPYTER_{kind}_DIR"] = os.path.join(_home.name, kind.lower())


def pytest_sessionstart(session):
    subprocess.run([SETUN, "install"], check=True, stdout=subprocess.DEVNULL)


class Kernel:
    """A kernel and a client of it, with the requests that tests make."""

    def __init__(self):
        self.manager, self.client = start_new_kernel(kernel_name="setun")

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def until_idle(self, msg_id, timeout=20):
        """What the request msg_id published, without the states around it."""
        outputs = []
        while True:
            msg = self.client.get_iopub_msg(timeout=timeout)
            if msg["parent_header"].get("msg_id") != msg_id:
                continue
            if msg["msg_type"] != "status":
                outputs.append(msg)
            elif msg["content"]["execution_state"] == "idle":
                return outputs

    def run(self, code, **options):
        """Runs a cell: its reply's content, and its outputs."""
        msg_id = self.client.execute(code, **options)
        reply = self.client._recv_reply(msg_id, timeout=20)
        outputs = self.until_idle(msg_id)
        return reply["content"], [m for m in outputs if m["msg_type"] != "execute_input"]

    def value(self, code):
        """The text of the cell's value."""
        reply, outputs = self.run(code)
        assert reply["status"] == "ok", reply
        (text,) = [m["content"]["data"]["text/plain"] for m in outputs if m["msg_type"] == "execute_result"]
        return text

    def control(self, msg_type, content=None):
        """Sends a request on control; its reply."""
        msg = self.client.session.msg(msg_type, content or {})
        self.client.control_channel.send(msg)
        return self.client._recv_reply(msg["header"]["msg_id"], timeout=20, channel="control")

    def shell(self, msg_type, content=None):
        """Sends a message on shell; its id."""
        msg = self.client.session.msg(msg_type, content or {})
        self.client.shell_channel.send(msg)
        return msg["header"]["msg_id"]


@pytest.fixture
def kernel():
    k = Kernel()
    yield k
    k.close()
