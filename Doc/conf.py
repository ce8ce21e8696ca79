"""How Sphinx makes the handbook's site (`make docs`): the Markdown pages as they are, in the theme of Python's own."""

import pathlib
import re

top = pathlib.Path(__file__).resolve().parents[1]

project = 'Rust modules for CPython'
copyright = 'the contributors'
version = release = re.search(r'^version = "(.*)"', (top / 'Cargo.toml').read_text(encoding='utf-8'), re.MULTILINE)[1]

extensions = ['myst_parser']
source_suffix = {'.md': 'markdown'}
exclude_patterns = ['records']
# Links such as differences.md#zlib are to headings.
myst_heading_anchors = 3
nitpicky = True

html_theme = 'python_docs_theme'
html_title = f'{project} {release}'
html_static_path = ['static']
html_css_files = ['handbook.css']
html_show_sourcelink = False
html_last_updated_fmt = None
html_theme_options = {'root_include_title': False, 'root_name': project, 'root_url': 'index.html', 'root_icon': '', 'issues_url': '', 'license_url': '' }
