"""Every function that Rust exports by name is declared in the generated header of its module.

The header generator reads the boundary of a module alone, so an export anywhere else would be declared nowhere.
"""

import re
import sys

from build.setup_rust import TOP, crates

EXPORT = re.compile(
    r'^\s*#\[(?:unsafe\()?(?:no_mangle|export_name\s*=\s*"(?P<name>[^"]*)")\)?\]'
    r'(?:\s*(?:#\[[^\]]*\]|///[^\n]*))*\s*pub\s[^;{(]*?\b(?:fn|static)\s+(?P<item>\w+)',
    re.MULTILINE,
)
ATTRIBUTE = re.compile(r'^\s*#\[(?:unsafe\()?(?:no_mangle|export_name)', re.MULTILINE)


def problems(top=TOP):
    """Return what is exported and not declared."""
    found = []
    for file in (file for crate in crates(top) for file in sorted(crate.glob('src/**/*.rs'))):
        text = file.read_text(encoding='utf-8')
        crate = next(folder.parent for folder in file.parents if folder.name == 'src')
        header = top / f'Include/rust/{crate.name}.h'
        declared = header.read_text(encoding='utf-8') if header.exists() else ''
        exports = list(EXPORT.finditer(text))
        where = file.relative_to(top)
        if len(exports) != len(ATTRIBUTE.findall(text)):
            found.append(f'{where}: an export that is not understood')
        for export in exports:
            name = export['name'] or export['item']
            if not re.search(rf'\b{name}\b[^;{{*]*[;(]', re.sub(r'/\*.*?\*/', '', declared, flags=re.DOTALL)):
                found.append(f'{where}: {name} is exported but no header declares it')
    return found


def main():
    found = problems()
    print('\n'.join(found))
    sys.exit(bool(found))


if __name__ == '__main__':
    main()
