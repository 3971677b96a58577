"""The site under a user who is not root, also when the tests run as root.

Root's Python and root's clone may lie where nobody else may look, so that user gets what it
cannot reach as a copy of its own.
"""

import os
import pwd
import shutil
import sys
import sysconfig
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from poker_site.embedded.system_user import everyone_may_enter

ROOT = Path(__file__).resolve().parents[2]
NOT_OF_A_CLONE = (".git", ".venv", ".data", ".*_cache", ".hypothesis")
# Its compiled files come along: without them every process compiles the library again.
NOT_OF_PYTHON = ("site-packages", "test", "idlelib", "tkinter", "config-*")


@dataclass(frozen=True, slots=True)
class Starter:
    """How somebody starts `manage.py`: the command, what it needs, and as whom."""

    command: tuple[str, ...] = (sys.executable, str(ROOT / "manage.py"))
    environment: dict[str, str] = field(default_factory=dict)
    user: pwd.struct_passwd | None = None

    def popen_options(self) -> dict[str, Any]:
        if self.user is None:
            return {}
        return {
            "user": self.user.pw_uid,
            "group": self.user.pw_gid,
            "extra_groups": [],
            "cwd": Path(self.command[-1]).parent,
        }

    def give(self, directory: Path) -> None:
        """Make the directory, and all that is in it, this user's own."""
        if self.user is None:
            return
        shutil.chown(directory, self.user.pw_uid, self.user.pw_gid)
        for folder, folders, files in os.walk(directory):
            for name in (*folders, *files):
                os.chown(
                    Path(folder, name), self.user.pw_uid, self.user.pw_gid, follow_symlinks=False
                )


def ordinary_starter(home: Path) -> Starter:
    """Somebody with a clone in `home`; ourselves, with this clone, where we are not root."""
    if os.geteuid() != 0:
        return Starter()
    user = pwd.getpwnam("nobody")
    clone = home / "clone"
    shutil.copytree(ROOT, clone, ignore=shutil.ignore_patterns(*NOT_OF_A_CLONE))
    python, environment = _python(home)
    starter = Starter(
        command=(str(python), str(clone / "manage.py")),
        environment=environment | {"HOME": str(home), "USER": user.pw_name},
        user=user,
    )
    starter.give(clone)
    return starter


def _python(home: Path) -> tuple[Path, dict[str, str]]:
    """A Python with our packages that everyone may use."""
    packages = Path(sysconfig.get_path("purelib"))
    interpreter = Path(sys.executable)
    if all(map(everyone_may_enter, (Path(sys.base_prefix), interpreter.parent, packages))):
        return interpreter, {}
    copy = home / "python"
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    library = Path(sysconfig.get_path("stdlib"))
    shutil.copytree(
        library, copy / "lib" / name, ignore=shutil.ignore_patterns(*NOT_OF_PYTHON), symlinks=True
    )
    for shared in library.parent.glob("libpython*.so*"):
        shutil.copy2(shared, copy / "lib", follow_symlinks=False)
    (copy / "bin").mkdir()
    shutil.copy2(interpreter.resolve(), copy / "bin" / name)
    environment = {"LD_LIBRARY_PATH": str(copy / "lib")}
    if everyone_may_enter(packages):
        environment["PYTHONPATH"] = str(packages)
    else:
        shutil.copytree(packages, copy / "lib" / name / "site-packages", copy_function=_link)
    return copy / "bin" / name, environment


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)
