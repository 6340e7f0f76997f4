"""JupyterLab in headless Chromium: a notebook is opened, all of it is run, what it shows is read."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

PATIENCE = 120.0  # seconds for a server to start, a notebook to run

#: No news, no asking; every cell is in the page, also those that are out of sight.
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"windowingMode": "none"},
}


@contextmanager
def server(folder: Path, home: Path):
    """Start JupyterLab in ``folder``, with its own files in ``home``; give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for name, settings in SETTINGS.items():
        path = home / "lab" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings))
    places = {
        "JUPYTERLAB_SETTINGS_DIR": "lab",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    places |= {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_RUNTIME_DIR": "runtime", "HOME": "."}
    environment = {name: str(home / place) for name, place in places.items()}
    environment["PATH"] = str(Path(sys.executable).parent)  # without Node.js, which it would start
    options = [
        "--no-browser", "--allow-root", f"--port={port}", "--ServerApp.ip=127.0.0.1",
        "--IdentityProvider.token=", f"--ServerApp.root_dir={folder}",
    ]  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options],
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield _answering(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(timeout=20)


def _answering(address: str) -> str:
    """Wait until a server answers."""
    _wait_for(lambda: _asked(f"{address}/api/status"))
    return address


def _wait_for(condition) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with suppress(OSError):
            if condition():
                return
        time.sleep(0.2)
    raise TimeoutError(f"nothing came within {PATIENCE:g} seconds")


def _asked(address: str):
    with urllib.request.urlopen(address, timeout=5) as answer:
        return json.load(answer)


def _has_kernel(address: str, name: str) -> bool:
    """Tell whether a notebook's kernel waits for something to do: before, JupyterLab asks which to take."""
    sessions = [one for one in _asked(f"{address}/api/sessions") if one["path"] == name]
    return any(one["kernel"]["execution_state"] == "idle" for one in sessions)


def run_all(page, address: str, name: str):
    """Open a notebook from the list, run all of its cells, and wait until the last has ended: its cell."""
    page.locator(".jp-DirListing-item", has_text=name).dblclick()
    page.locator(".lm-DockPanel .lm-TabBar-tab.lm-mod-current", has_text=name).wait_for()
    notebook = page.locator(".jp-NotebookPanel:visible")
    notebook.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()
    _wait_for(lambda: _has_kernel(address, name))
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    last = notebook.locator(".jp-Notebook .jp-CodeCell").last
    last.locator(".jp-InputPrompt", has_text=re.compile(r"\[\d+\]")).wait_for()
    return last
