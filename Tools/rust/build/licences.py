"""Gather the licences of the crates that are linked into the interpreter, in one file that is installed.

licences.py --output FILE [--target TARGET] MODULE...
"""

import pathlib
import sys

from build.crates import foreign, reachable, write_for_installation

HEAD = """The Rust modules of this Python contain code of the crates below, of which each is distributed under
the licence that is printed after its name. They also contain code of Rust's own standard library,
which is distributed under the MIT licence or the Apache licence 2.0 and is the work of the Rust Project
Developers (https://www.rust-lang.org).
"""


def licence_files(package):
    """Return the files of a crate that hold its licence, or one of those that can be chosen."""
    folder = pathlib.Path(package['manifest_path']).parent
    files = sorted(file for file in folder.iterdir() if file.name.upper().startswith(('LICEN', 'COPYING', 'NOTICE')))
    # The Apache licence is long, and is not needed where the MIT licence may be chosen.
    short = [file for file in files if not file.name.upper().endswith(('APACHE', 'APACHE-2.0'))]
    if ' OR ' in (package['license'] or '') and short:
        return short
    return files


def text_of(packages):
    """Return the text of the file; fail when a crate comes without its licence."""
    parts = [HEAD]
    for package in packages:
        files = licence_files(package)
        if not files:
            sys.exit(f'licences: {package["name"]} {package["version"]} has no file with its licence')
        title = f'{package["name"]} {package["version"]} ({package["license"]})'
        parts.append('\n'.join([title, '', *(file.read_text(encoding='utf-8').strip('\n') + '\n' for file in files)]))
    return f'\n{"-" * 80}\n'.join(parts)


def write(path, data):
    """Write the licences of the linked crates from elsewhere, from what cargo says of the library."""
    path.write_text(text_of(foreign(reachable(data, (None,)))), encoding='utf-8')


if __name__ == '__main__':
    write_for_installation(__doc__.splitlines()[0], write)
