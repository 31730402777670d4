"""The command that gives the data away."""

from pathlib import Path

import click

from bufgraph.settings import load_settings

_FORMATS = ("nquads", "turtle", "jsonld", "csv", "parquet")


@click.command()
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write; an earlier export there is replaced. Default: where the page /data offers it.",
)
@click.option(
    "--format", "formats", multiple=True, type=click.Choice(_FORMATS), help="Repeatable; default: all."
)
@click.option(
    "--url", help="Address at which the files will be published; default: data/ beside id/ of the base IRI."
)
def export(output: Path | None, formats: tuple[str, ...], url: str | None) -> None:
    """Write the graph and its tables with checksums, licence, citation and descriptions (DCAT-AP, VoID, DataCite); the
    checksums are printed. The same data give the same bytes."""
    from bufgraph.services.composition import open_build
    from bufgraph.services.exported import SUMS
    from bufgraph.services.exporting import export_build
    from bufgraph.services.publishing import export_folder, prune_exports

    build = open_build(load_settings())
    target = output or export_folder(build)
    made = export_build(
        build, target, formats or _FORMATS, data_url=url, progress=lambda step: click.echo(step, err=True)
    )
    if output is None:
        prune_exports(build)
    click.echo((made.folder / SUMS).read_text(encoding="utf-8"), nl=False)
    size = sum(file.bytes for file in made.files)
    click.echo(
        f"wrote version {made.version}: {len(made.files)} files, {size:,} bytes in {made.folder}", err=True
    )
