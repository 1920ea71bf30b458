"""``oncology-ai features``: ``features IMAGE MASKS`` extracts; ``selftest`` and ``conventions`` stand beside it."""

from __future__ import annotations

from typing import Annotated

import typer
from typer.core import TyperGroup

from oncologyai.cli.features import features

__all__ = ["ExtractByDefault", "app", "conventions", "selftest"]


class ExtractByDefault(TyperGroup):
    """Commands of which ``extract`` is meant where none is named, so that ``features IMAGE MASKS`` does as it did."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Put ``extract`` before arguments that do not begin with a command."""
        if not args or args[0] not in self.commands:
            args = ["extract", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=ExtractByDefault,
    help="Extract features of given masks; 'features selftest' checks them against reference values.",
    rich_markup_mode=None,
)
app.command("extract", epilog="Other commands: oncology-ai features selftest; oncology-ai features conventions")(
    features
)


@app.command()
def selftest(
    every: Annotated[bool, typer.Option("--all", help="List every value, not only those that fail.")] = False,
) -> None:
    """Compute the IBSI's digital phantom on this machine and compare every feature with its reference value."""
    from oncologyai.features.ibsi import selftest as checked_values

    values = checked_values()
    failed = [value for value in values if not value.passed]
    for value in values if every else failed:
        mark = "ok  " if value.passed else "FAIL"
        typer.echo(f"{mark} {value.tag:<34} {value.found:>12.6g}   reference {value.expected:g} +- {value.tolerance:g}")
    typer.echo(f"IBSI digital phantom: {len(values) - len(failed)} of {len(values)} features as the reference")
    if failed:
        raise typer.Exit(3)


@app.command()
def conventions(
    family: Annotated[str, typer.Option(help="Only this family of pyradiomics, such as glcm.")] = "",
) -> None:
    """List pyradiomics' features beside the IBSI's, with the reason of each difference."""
    from oncologyai._checks import check_choice
    from oncologyai.features.ibsi import CONVENTIONS

    families = {entry.pyradiomics.partition("_")[0] for entry in CONVENTIONS if entry.pyradiomics}
    if family:
        check_choice(family, families, "--family")
    for entry in CONVENTIONS:
        if not family or entry.pyradiomics.startswith(f"{family}_"):
            names = f"{entry.pyradiomics or '-':<42} {entry.tag or '-':<24} {entry.code or '-':<6}"
            typer.echo(f"{names} {entry.difference or 'the same'}")
