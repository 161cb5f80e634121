"""The studio's verbs on one machine: up, down, status, logs, open, doctor.

Exit codes: 0 done, 1 a fault, 2 a wrong command line, 3 no studio runs, 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict, replace
from pathlib import Path

from studio_standalone import control
from studio_standalone.home import Home
from studio_standalone.log_lines import readable
from studio_standalone.settings import SettingError, StandaloneSettings, read_settings
from studio_standalone.starting import start_shown
from studio_standalone.status import status_text
from studio_standalone.web_studio import is_built

EXIT_FAULT = 1
EXIT_NOT_RUNNING = 3
EXIT_INTERRUPTED = 130
LOG_LINES_SHOWN = 3


def main(arguments: list[str] | None = None) -> int:
    """Carry out one verb; the exit code, as above."""
    try:
        settings = read_settings()
    except SettingError as fault:
        print(f"film studio: {fault}", file=sys.stderr)
        return EXIT_FAULT
    options = _parser(settings).parse_args(arguments)
    settings = replace(settings, home=options.home.expanduser().absolute())
    verbs = {
        "up": _up,
        "down": _down,
        "status": _status,
        "logs": _logs,
        "open": _open,
        "doctor": _doctor,
        "supervise": _supervise,
    }
    try:
        return verbs[options.verb](settings, options)
    except control.StudioFaultError as fault:
        _explain(fault)
        return EXIT_FAULT
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read has enough; the interpreter's own flush at exit must not complain either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAULT
    except OSError as fault:
        print(f"film studio: {fault}. Look for the cure with: film doctor", file=sys.stderr)
        return EXIT_FAULT


def _explain(fault: control.StudioFaultError) -> None:
    print(f"film studio: {fault}", file=sys.stderr)
    for line in fault.log.splitlines()[-LOG_LINES_SHOWN:]:
        print(f"  {fault.service}: {readable(line)}", file=sys.stderr)
    if fault.service:
        print(f"All of it: film logs {fault.service}", file=sys.stderr)


def _parser(settings: StandaloneSettings) -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--home", type=Path, default=settings.home, help="the studio's folder (%(default)s)")
    shared.add_argument("--json", action="store_true", help="answer in JSON")
    port = argparse.ArgumentParser(add_help=False)
    port.add_argument("--port", type=int, default=None, help="the gateway's port (8484 or the next free one)")
    parser = argparse.ArgumentParser(
        prog="film", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    up = verbs.add_parser("up", parents=[shared, port], help="start the studio, or join the one that runs")
    up.add_argument("--foreground", action="store_true", help="stay, and stop the studio at Ctrl-C")
    verbs.add_parser("down", parents=[shared], help="stop the studio")
    verbs.add_parser("status", parents=[shared], help="what runs")
    logs = verbs.add_parser("logs", parents=[shared], help="the services' logs")
    logs.add_argument("service", nargs="?", help="one service; all by default")
    logs.add_argument("-f", "--follow", action="store_true", help="go on until Ctrl-C")
    logs.add_argument("-n", "--lines", type=int, default=None, metavar="N", help="the last N of each log")
    verbs.add_parser("open", parents=[shared], help="open the API's page in the browser, or say where it is")
    verbs.add_parser("doctor", parents=[shared], help="check the machine and the studio, with cures")
    supervise = verbs.add_parser("supervise", parents=[shared, port])
    supervise.add_argument("--report-fd", type=int, required=True)
    return parser


def _up(settings: StandaloneSettings, options: argparse.Namespace) -> int:
    home = Home(settings.home)
    if options.foreground:
        home.make()
        return _run_supervisor(settings, options.port, sys.stdout.fileno(), in_words=True)
    with start_shown(home.path) as watch:
        started = control.up(home, options.port, watch, settings.start_timeout_seconds)
    if options.json:
        print(json.dumps(asdict(started) | {"home": str(home.path)}))
    elif started.joined:
        print(f"The studio runs at {started.address} already.")
    else:
        print(f"The studio runs at {started.address}, ready in {started.seconds:.1f} s.")
        if is_built():
            print(f"In a browser: http://{started.http_address}/")
        print(f"Its API over HTTP: http://{started.http_address}/docs")
        print("Make a film with: film render SCRIPT. Stop the studio with: film down.")
    return 0


def _down(settings: StandaloneSettings, options: argparse.Namespace) -> int:
    stopped = control.down(Home(settings.home))
    print(json.dumps({"stopped": stopped}) if options.json else "Stopped." if stopped else "No studio runs.")
    return 0


def _status(settings: StandaloneSettings, options: argparse.Namespace) -> int:
    status = control.running(Home(settings.home))
    if options.json:
        print(json.dumps({"phase": "stopped"} if status is None else asdict(status)))
    elif status is None:
        print("No studio runs.")
    else:
        print(status_text(status, settings.home))
    return EXIT_NOT_RUNNING if status is None else 0


def _logs(settings: StandaloneSettings, options: argparse.Namespace) -> int:
    home = Home(settings.home)
    for service, line in control.log_lines(home, options.service, options.follow, options.lines):
        text = line if options.json else readable(line)
        print(text if options.service else f"{service}: {text}", flush=options.follow)
    return 0


def _open(settings: StandaloneSettings, options: argparse.Namespace) -> int:
    status = control.running(Home(settings.home))
    if status is None:
        print("No studio runs; start it with: film up", file=sys.stderr)
        return EXIT_NOT_RUNNING
    if options.json:
        print(json.dumps({"address": status.address, "http_address": status.http_address}))
    else:
        from studio_standalone.way_in import open_studio

        print(open_studio(status.http_address))
    return 0


def _doctor(settings: StandaloneSettings, options: argparse.Namespace) -> int:
    # Only this verb needs the checks, and `supervise` starts with every import it makes.
    from studio_standalone.doctor import examine

    findings = examine(settings)
    if options.json:
        print(json.dumps([finding._asdict() for finding in findings]))
    else:
        for finding in findings:
            print(f"{'ok  ' if finding.well else 'FAIL'} {finding.subject}: {finding.state}")
            if not finding.well:
                print(f"     cure: {finding.cure}")
        faults = sum(not finding.well for finding in findings)
        print(f"\n{faults} of {len(findings)} need a cure." if faults else "\nAll is well.")
    return 0 if all(finding.well for finding in findings) else EXIT_FAULT


def _supervise(settings: StandaloneSettings, options: argparse.Namespace) -> int:
    return _run_supervisor(settings, options.port, options.report_fd, in_words=False)


def _run_supervisor(settings: StandaloneSettings, port: int | None, report_fd: int, in_words: bool) -> int:
    import asyncio

    from studio_standalone import run

    home = Home(settings.home)

    def report(message: dict[str, object]) -> None:
        text = f"The studio runs at {message.get('address')}; Ctrl-C stops it.\n".encode()
        os.write(report_fd, text if in_words else run.encode_report(message))
        if not in_words:
            os.close(report_fd)

    try:
        asyncio.run(run.supervise(home, settings, port, report))
    except run.AlreadyRunningError as error:
        return _say_fault({"error": str(error), "running": True}, report_fd, in_words)
    except Exception as error:  # noqa: BLE001 -- whatever went wrong is told to who started us, with its log
        return _say_fault(run.fault_report(error, home), report_fd, in_words)
    return 0


def _say_fault(message: dict[str, object], report_fd: int, in_words: bool) -> int:
    print(json.dumps(message), file=sys.stderr)
    if not in_words:
        os.write(report_fd, json.dumps(message).encode() + b"\n")
    return EXIT_FAULT


if __name__ == "__main__":
    sys.exit(main())
