"""The command ``bufgraph``.

Exit codes: 0 done · 1 unexpected · 2 wrong usage or input · 3 not found · 4 not available (no build, time limit, disk
full) · 5 wrong settings, missing rights or damaged files · 6 held by another process.
"""

import logging
import sys
from importlib import import_module
from importlib.metadata import entry_points
from typing import NoReturn

import click

from bufgraph import __version__
from bufgraph.errors import (
    BufgraphError,
    ConflictError,
    InvalidInputError,
    MisconfiguredError,
    NotAvailableError,
    NotFoundError,
)

EXIT_CODES: dict[type[BufgraphError], int] = {
    InvalidInputError: 2,
    NotFoundError: 3,
    NotAvailableError: 4,
    MisconfiguredError: 5,
    ConflictError: 6,
}

_CORE: dict[str, tuple[str, str]] = {
    "search": ("search", "Search practices, cities, challenges and experts."),
    "similar-cities": ("city_commands:similar_cities", "Show the cities most similar to a city, and why."),
    "profile": (
        "city_commands:profile",
        "Show the profile of a city: strengths, weaknesses, what it could teach.",
    ),
    "compare": ("city_commands:compare", "Show two to four cities side by side."),
    "fit": ("city_commands:fit", "Show whether a practice would work in a city, and what to find out."),
    "similar-practices": ("similar_practices", "Show more practices like one."),
    "problems": ("problems", "Show the cities that have a similar problem, and what they tried."),
    "solutions": ("solutions", "Show proven solutions for a need, with failures."),
    "experts": ("experts", "Show who knows a subject, by what they did."),
    "adopters": ("network_commands:adopters", "Show who is likely to take a practice over, and why."),
    "cases-for": (
        "network_commands:cases_for",
        "Show the needs and cases that an organisation could help with.",
    ),
    "know": ("network_commands:know", "Show who needs what you know, and who knows the same."),
    "pool": ("network_commands:pool", "Show cities that could act together, with a draft joint need."),
    "blind-spots": ("network_commands:blind_spots", "Show what is missing in the data."),
    "spread": ("network_commands:spread", "Show how practices spread from city to city."),
    "pioneers": ("network_commands:pioneers", "Show the cities that others learned from."),
    "bridges": ("network_commands:bridges", "Show the cities that link countries."),
    "brief": (
        "brief_command:brief",
        "Write a brief of two pages: a need, solutions for it, what to do next.",
    ),
    "evaluate": ("evaluate_command:evaluate", "Measure the quality of search, or of predicted transfers."),
    "export": ("export_command:export", "Write the data as files, with checksums, licence and descriptions."),
    "sparql": ("sparql", "Ask the graph in SPARQL 1.1."),
    "info": ("info", "Show what the current build holds."),
}
_HELP = {
    "build": "Load the datasets and build the index, where missing or stale.",
    "check-links": "Look whether the documents behind the statements can still be opened.",
    "due": "Show what should be looked at again.",
    "extract": "Propose a draft record from a page or document, for a person to confirm.",
    "import-indicators": "Import values of city indicators from a file of statistics.",
    "ingest": "Take records in from a spreadsheet, for the next build.",
    "reconcile": "Show records that may mean one thing, and decide.",
    "template": "Write an empty sheet to fill in, with help for every column.",
    "validate": "Check a folder of records without loading it.",
    "serve": "Serve the page, the API and the SPARQL endpoint.",
}


class LazyGroup(click.Group):
    """A group that imports a command only when it runs, so that --help answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of core commands and of those that installed packages add."""
        return sorted({*_CORE, *(entry.name for entry in entry_points(group="bufgraph.commands"))})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name in _CORE:
            module, _, name = _CORE[cmd_name][0].rpartition(":")
            command = getattr(import_module(f"bufgraph.cli.{module or 'commands'}"), name)
            return command if isinstance(command, click.Command) else None
        for entry in entry_points(group="bufgraph.commands", name=cmd_name):
            command = entry.load()
            return command if isinstance(command, click.Command) else None
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        about = {name: text for name, (_, text) in _CORE.items()} | _HELP
        with formatter.section("Commands"):
            formatter.write_dl([(name, about.get(name, "")) for name in self.list_commands(ctx)])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="bufgraph")
@click.option("-v", "--verbose", is_flag=True, help="Log what happens, to standard error.")
def cli(verbose: bool) -> None:
    """From a city's need to proven solutions, over an open graph in which every fact has a source."""
    level = logging.INFO if verbose else logging.WARNING
    logging.basicConfig(level=level, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")


def main() -> None:
    """Run the command line and leave with an exit code that says what kind of thing went wrong."""
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as err:
        err.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output went away, e.g. `| head`
        sys.exit(0)
    except BufgraphError as err:
        _fail(err)
    except Exception as err:
        told = _of_the_disk(err)
        if told is None:
            raise
        _fail(told)


def _fail(error: BufgraphError) -> NoReturn:
    click.echo(f"error: {error.message}", err=True)
    sys.exit(exit_code(error))


def _of_the_disk(err: Exception) -> BufgraphError | None:
    """Return what a full disk, a missing right or a limit of the system said, in our words; None for anything else."""
    from bufgraph.disk_errors import disk_error
    from bufgraph.settings import load_settings

    try:
        return disk_error(err, load_settings().home)
    except BufgraphError:
        return disk_error(err)


def exit_code(error: BufgraphError) -> int:
    """Return the exit code for an error, by its family."""
    return next((code for family, code in EXIT_CODES.items() if isinstance(error, family)), 1)


if __name__ == "__main__":
    main()
