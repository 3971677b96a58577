"""The supervisor's configuration file."""

import os
import shlex
from collections.abc import Iterable
from pathlib import Path

from poker_site.processes.programs import Program

HEAD = """\
[supervisord]
nodaemon=true
silent=true
logfile={logs}/supervisord.log
logfile_maxbytes=5MB
logfile_backups=2
pidfile={run}/supervisord.pid
childlogdir={logs}
{user}
[inet_http_server]
port=127.0.0.1:{port}
username=supervisor
password={password}

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""


def render(
    programs: Iterable[Program], *, run_dir: Path, log_dir: Path, port: int, password: str
) -> str:
    head = HEAD.format(
        logs=_escaped(str(log_dir)),
        run=_escaped(str(run_dir)),
        user="user=root\n" if os.geteuid() == 0 else "",
        port=port,
        password=password,
    )
    return "\n".join([head, *(_section(program, log_dir) for program in programs)])


def _section(program: Program, log_dir: Path) -> str:
    process = program.process_name("%(process_num)d")
    options: dict[str, object] = {
        "command": _escaped(shlex.join(program.command)),
        "directory": _escaped(str(program.directory)),
        "priority": program.rank,
        "numprocs": program.copies,
        "process_name": process,
        "autostart": str(program.at_once).lower(),
        "autorestart": "true",
        "startsecs": 1,
        "startretries": 100,
        "stopsignal": program.stop_signal,
        "stopwaitsecs": program.stop_seconds,
        # Its own children must not outlive a program that had to be killed.
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": f"{_escaped(str(log_dir))}/{process}.log",
        "stdout_logfile_maxbytes": "5MB",
        "stdout_logfile_backups": 3,
    }
    if program.environment:
        options["environment"] = ",".join(
            f'{name}="{_escaped(value)}"' for name, value in program.environment.items()
        )
    if program.user is not None:
        options["user"] = program.user
    if program.shared_port is not None:
        options["socket"] = f"tcp://127.0.0.1:{program.shared_port}"
        options["socket_backlog"] = 1024
    kind = "program" if program.shared_port is None else "fcgi-program"
    lines = [f"[{kind}:{program.name}]", *(f"{name}={value}" for name, value in options.items())]
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    """Supervisor replaces %(name)s in every value."""
    return text.replace("%", "%%")
