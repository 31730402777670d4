"""Run the notebooks against a server and keep their outputs, without what tells of the machine.

python notebooks/refresh.py http://127.0.0.1:8000
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

FOLDER = Path(__file__).resolve().parent
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def execute(path: Path, server: str) -> NotebookNode:
    """Return a notebook with the outputs that it gives on a server.

    Raises:
        nbclient.exceptions.CellExecutionError: A cell failed.
    """
    notebook = nbformat.read(path, as_version=4)
    told = next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", ()))
    kept, told.source = told.source, f'SERVER = "{server}"'
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}
    ).execute()
    told.source = kept
    return stripped(notebook)


def stripped(notebook: NotebookNode) -> NotebookNode:
    """Return a notebook without times, versions and warnings of the machine that ran it."""
    notebook.metadata = NotebookNode(
        kernelspec=NotebookNode(KERNEL), language_info=NotebookNode(name="python")
    )
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
    return notebook


def main() -> None:
    """Refresh every notebook of this folder."""
    if len(sys.argv) != 2:
        sys.exit("usage: python notebooks/refresh.py ADDRESS-OF-A-SERVER")
    for path in sorted(FOLDER.glob("*.ipynb")):
        nbformat.write(execute(path, sys.argv[1]), path)


if __name__ == "__main__":
    main()
