"""The contract's screenplay formats and the reader's forms."""

from __future__ import annotations

from filmstudio.screenplay.v1 import screenplay_pb2
from studio_jobs.screenplay.reader import Form

FORMS: dict[int, Form] = {
    screenplay_pb2.SCREENPLAY_FORMAT_UNSPECIFIED: Form.AUTO,
    screenplay_pb2.SCREENPLAY_FORMAT_FOUNTAIN: Form.FOUNTAIN,
    screenplay_pb2.SCREENPLAY_FORMAT_PLAIN_TEXT: Form.PLAIN,
}
