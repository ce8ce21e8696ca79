"""How Sphinx makes the handbook's site (`make docs`): the Markdown pages as they are, in the theme of Python's own."""

import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent

project = 'Rust modules for CPython'
copyright = 'the contributors'
version = release = re.search(
    r'^version = "(.*)"', (HERE.parent / 'Cargo.toml').read_text(encoding='utf-8'), re.MULTILINE
)[1]

extensions = ['myst_parser']
source_suffix = {'.md': 'markdown'}
# Links such as differences.md#zlib lead to headings.
myst_heading_anchors = 3
nitpicky = True

html_theme = 'python_docs_theme'
html_title = html_short_title = project
html_static_path = ['static']
html_css_files = ['handbook.css']
html_show_sourcelink = False
html_copy_source = False
html_sidebars = {'**': ['globaltoc.html']}
templates_path = ['templates']
exclude_patterns = ['templates']


def contents(app, document, source):
    """Add the pages to the contents in the order in which the index lists them.

    A toctree in the index itself would be a block of code to those who read it without Sphinx.
    """
    if document == 'index':
        pages = re.findall(r'\]\(([\w-]+)\.md\)', source[0])
        source[0] += '\n```{toctree}\n:hidden:\n\n' + '\n'.join(pages) + '\n```\n'


def setup(app):
    app.connect('source-read', contents)
