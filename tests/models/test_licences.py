"""The environment for models is under the licences that its table tells."""

from __future__ import annotations

from scripts.licences import LISTS, ROOT, installed_packages, read_lists

LISTED = read_lists(ROOT / LISTS)


def test_the_packages_for_models_say_of_themselves_what_the_table_says() -> None:
    constraints = (ROOT / "constraints-models.txt").read_text("utf-8")

    packages = installed_packages(constraints, {**LISTED.names, "Apache": "Apache-2.0"})

    assert {package.name: package.licence for package in packages} == LISTED.models
