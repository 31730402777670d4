"""The frame of a report as a page of HTML: one file that asks for nothing else."""

from typing import Final

from jinja2 import Environment, StrictUndefined, Template

_FRAME: Final = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>TITLE</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color-scheme: light dark }
table { border-collapse: collapse; margin: 1rem 0 }
caption { text-align: left; font-weight: bold }
th, td { border-bottom: 1px solid #8886; padding: .3rem .6rem; text-align: left; vertical-align: top; overflow-wrap: anywhere }
td.number { text-align: right }
.wide { overflow-x: auto }
</style>
</head>
<body>
<main>
<h1>TITLE</h1>
CONTENT
</main>
</body>
</html>
"""


def page_template(title: str, content: str) -> Template:
    """Return the template of a page; both texts are templates themselves, whose values are escaped."""
    source = _FRAME.replace("TITLE", title).replace("CONTENT", content)
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string(source)
