"""What a watch writes: texts for people, or one JSON object a line for programs."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from google.protobuf import json_format

from filmstudio.cli.checking import Checked, document, print_results
from filmstudio.cli.plain import plain
from filmstudio.cli.plan_view import print_plan
from filmstudio.jobs.v1 import jobs_pb2


class Teller(Protocol):
    """Is told what happens."""

    def begins(self, script: Path, film: Path, page: str) -> None:
        """The watch begins; the page is an address."""

    def saved(self) -> None:
        """Another text was saved."""

    def looked(self, checked: Checked) -> None:
        """The reader has read it."""

    def plans(self, title: str, plan: jobs_pb2.RenderPlan) -> None:
        """This will be made."""

    def made(self, job: jobs_pb2.Job, film: Path, seconds: float) -> None:
        """The film was written, so long after the save."""

    def same(self) -> None:
        """The film that is there is that of the text: nothing is planned."""

    def keeps(self, why: str) -> None:
        """There is no new film."""

    def cancelled(self, job: str) -> None:
        """A job was cancelled: of an older text, or at the end."""


class TextTeller:
    """For people; on standard output, a time of the day before what they may have waited for."""

    def begins(self, script: Path, film: Path, page: str) -> None:
        """Say what is watched and where the film is."""
        print(f"Watching {plain(str(script))}; Ctrl-C ends")
        print(f"  film   {plain(str(film))}")
        print(f"  page   {page}", flush=True)

    def saved(self) -> None:
        """Say when."""
        self._say("saved")

    def looked(self, checked: Checked) -> None:
        """Print what was remarked."""
        if checked.remarks:
            print_results([checked])

    def plans(self, title: str, plan: jobs_pb2.RenderPlan) -> None:
        """Print the plan as film plan does."""
        print_plan(title, plan)
        print(flush=True)

    def made(self, job: jobs_pb2.Job, film: Path, seconds: float) -> None:
        """Say what the film is and what it took."""
        done = sum(stage.done for stage in job.stages)
        cached = sum(stage.cached for stage in job.stages)
        # A storyboard has no length.
        length = f"{job.film_length_ms / 1000:.1f} s long, " if job.film_length_ms else ""
        made = f"{done - cached} parts made and {cached} taken from before"
        self._say(f"{plain(str(film))} is ready: {length}{made} in {seconds:.1f} s")

    def same(self) -> None:
        """Say so."""
        self._say("the film is that of this text already")

    def keeps(self, why: str) -> None:
        """Say why."""
        print(f"film: {why}" if not why.startswith("film: ") else why, file=sys.stderr)
        self._say("the last film stays; waiting for the next save")

    def cancelled(self, job: str) -> None:
        """Say which."""
        self._say(f"{job} is cancelled: nobody waits for it any more")

    @staticmethod
    def _say(text: str) -> None:
        print(f"{datetime.now().astimezone():%H:%M:%S}  {text}", flush=True)


class JsonTeller:
    """For programs."""

    def begins(self, script: Path, film: Path, page: str) -> None:
        """{"watching": {"script", "film", "page"}}."""
        self._say("watching", {"script": str(script), "film": str(film), "page": page})

    def saved(self) -> None:
        """Nothing: what was found in it follows."""

    def looked(self, checked: Checked) -> None:
        """{"checked": what film check --json says}."""
        self._say("checked", document(checked))

    def plans(self, title: str, plan: jobs_pb2.RenderPlan) -> None:
        """{"plan": what film plan --json says}."""
        del title
        self._say("plan", json_format.MessageToDict(plan))

    def made(self, job: jobs_pb2.Job, film: Path, seconds: float) -> None:
        """{"film": what film render --json says}."""
        from filmstudio.cli.rendering import film_fields

        self._say("film", {**film_fields(job, film), "seconds": round(seconds, 3)})

    def same(self) -> None:
        """{"same": true}."""
        self._say("same", True)

    def keeps(self, why: str) -> None:
        """{"kept": why}."""
        self._say("kept", why)

    def cancelled(self, job: str) -> None:
        """{"cancelled": job}."""
        self._say("cancelled", job)

    @staticmethod
    def _say(what: str, value: Any) -> None:
        print(json.dumps({what: value}), flush=True)
