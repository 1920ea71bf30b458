"""``oncology-ai doctor``: is everything there, and how to mend what is not."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["doctor"]

_MARKS = {"ok": "ok  ", "absent": "-   ", "fault": "FAIL"}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False,
) -> None:
    """Check the installation: versions, OpenGL, codecs, engines, GPU, write access."""
    import json
    from dataclasses import asdict

    from oncologyai.installation import examine_installation

    findings = examine_installation()
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            typer.echo(f"{_MARKS[finding.state]} {finding.subject:<18} {finding.found}")
            if finding.remedy:
                typer.echo(f"     {'':<18} mend: {finding.remedy}")
    if any(finding.state == "fault" for finding in findings):
        raise typer.Exit(3)
