"""The contract's screenplay formats and the reader's forms."""

from __future__ import annotations

from filmstudio.screenplay.v1 import screenplay_pb2
from studio_jobs.screenplay.reader import Form

FORMS: dict[int, Form] = {
    screenplay_pb2.SCREENPLAY_FORMAT_UNSPECIFIED: Form.AUTO,
    screenplay_pb2.SCREENPLAY_FORMAT_FOUNTAIN: Form.FOUNTAIN,
    screenplay_pb2.SCREENPLAY_FORMAT_PLAIN_TEXT: Form.PLAIN,
    screenplay_pb2.SCREENPLAY_FORMAT_FDX: Form.FDX,
    screenplay_pb2.SCREENPLAY_FORMAT_JSON: Form.JSON,
    screenplay_pb2.SCREENPLAY_FORMAT_MARKDOWN: Form.MARKDOWN,
}
NUMBERS: dict[Form, screenplay_pb2.ScreenplayFormat.ValueType] = {
    form: screenplay_pb2.ScreenplayFormat.ValueType(number) for number, form in FORMS.items()
}
