"""Read Modules/Setup.rust, the table of the modules that have a Rust implementation."""

import dataclasses
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[3]


def script(name, *arguments):
    """Return the command that runs one of the scripts of Tools/rust by its module name."""
    return [sys.executable, '-B', TOP / 'Tools/rust', name, *arguments]


def crates(top=TOP):
    """Return the folders of the workspace's crates: the modules, then the shared ones."""
    return [
        file.parent for pattern in ('Rust/*', 'Rust/shared/*') for file in sorted(top.glob(f'{pattern}/Cargo.toml'))
    ]


def module_tests(module):
    """Return the folder of our tests of a module, and their names."""
    folder = TOP / 'Rust' / module / 'tests'
    return folder, sorted(file.stem for file in folder.glob('test_*.py'))


@dataclasses.dataclass(frozen=True)
class Module:
    """One line of the table."""

    name: str
    stage: str
    twin: str
    # (name, the line of CPython releases that brought it) of the built-in modules that the same crate has.
    submodules: tuple = ()


def modules(table=TOP / 'Modules/Setup.rust'):
    """Return the modules in the order of the table."""
    found = []
    for line in table.read_text(encoding='utf-8').splitlines():
        words = line.partition('#')[0].split(None, 2)
        if not words:
            continue
        if words[0].startswith('+'):
            if not found or len(words) != 3 or not re.fullmatch(r'\d+\.\d+', words[1]):
                raise SystemExit(f'{table}: not a line of a submodule: {line}')
            submodules = (*found[-1].submodules, (words[0].removeprefix('+'), words[1]))
            found[-1] = dataclasses.replace(found[-1], submodules=submodules)
            continue
        if len(words) != 3 or words[1] not in ('default', 'incubating', 'testing'):
            raise SystemExit(f'{table}: not a module line: {line}')
        found.append(Module(*words))
    return found
