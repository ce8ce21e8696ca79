"""Check the crates that are linked into the interpreter; write Doc/dependencies.md and the tables of `_rust`.

regen   write both
check   fail on a procedural macro, a second version of a crate, a licence that is not allowed, a crate without a
        reason in dependencies.txt, a reason without a crate, or a stale table
"""

import functools
import json
import re
import sys

from build import setup_rust
from build.crates import host_target, metadata, reachable
from build.setup_rust import TOP

TABLE = TOP / 'Doc/dependencies.md'
# Committed, so that a build asks cargo nothing that it may not know without a network.
SOURCE = TOP / 'Rust/_rust/src/crates.rs'
REASONS = TOP / 'Tools/rust/check/dependencies.txt'
# The policy that cargo-deny checks, too.
POLICY = TOP / 'deny.toml'
HEAD = """# Dependencies

Written by `make dependencies` from `Tools/rust/check/dependencies.txt`: do not edit. `make check` fails when what is
linked has a crate that is not listed, a procedural macro, two versions of a crate, or a licence outside the allowed
list.

| crate | version | licence | | why |
| --- | --- | --- | --- | --- |
"""


def reasons():
    """Return the reason for each crate."""
    lines = (line.partition('#')[0].split(None, 1) for line in REASONS.read_text(encoding='utf-8').splitlines())
    return {words[0]: words[1].strip() for words in lines if len(words) == 2}


@functools.cache
def allowed():
    """Return the licences under which a crate may be linked."""
    section = POLICY.read_text(encoding='utf-8').partition('\nallow = [')[2].partition(']')[0]
    return frozenset(re.findall(r'"(.+?)"', section))


def is_allowed(expression):
    """Tell whether a licence expression (SPDX, or the old form with slashes) can be met with allowed licences."""
    # An exception only widens a licence.
    text = re.sub(r'\s+WITH\s+\S+?(?=[\s)]|$)', '', (expression or 'none').replace('/', ' OR '))
    while '(' in text:
        text, count = re.subn(r'\(([^()]*)\)', lambda match: 'MIT' if is_allowed(match[1]) else 'none', text, count=1)
        if not count:
            return False
    return any(
        all(licence.strip() in allowed() for licence in alternative.split(' AND '))
        for alternative in text.split(' OR ')
    )


def problems(linked, built, known):
    """Return what is wrong with the crates."""
    found = []
    names = [package['name'] for package in linked]
    for package in linked:
        label = f'{package["name"]} {package["version"]}'
        if any('proc-macro' in target['kind'] for target in package['targets']):
            found.append(f'{label} is a procedural macro')
        if not is_allowed(package['license']):
            found.append(f'{label}: the licence {package["license"]} is not allowed')
        if package['source'] and package['name'] not in known:
            found.append(f'{label} is linked, and {REASONS.name} has no reason for it')
    found += [f'{name} is linked in more than one version' for name in sorted(set(names)) if names.count(name) > 1]
    there = {package['name'] for package in built}
    found += [f'{name} has a reason in {REASONS.name} and is not used' for name in sorted(set(known) - there)]
    return found


def table(linked, built, known):
    """Return the text of the handbook's page."""
    ids = {package['id'] for package in linked}
    rows = []
    for package in sorted(built, key=lambda package: (package['id'] not in ids, package['name'])):
        if package['source'] and package['name'] in known:
            kind = 'linked' if package['id'] in ids else 'build'
            cells = (package['name'], package['version'], package['license'], kind, known[package['name']])
            rows.append('| ' + ' | '.join(cells) + ' |\n')
    others = [package for package in built if package['source'] and package['name'] not in known]
    names = ', '.join(f'{package["name"]} {package["version"]}' for package in others)
    return HEAD + ''.join(rows) + f'\nDependencies of the build crates, not linked: {names}.\n'


def source(data, linked):
    """Return the text of the Rust source with the crates that each module uses."""

    def text(value):
        # The strings of Rust are quoted as those of JSON, for names, versions and licences.
        return json.dumps(value)

    lines = ['/// The crates of each module.', '#[rustfmt::skip]', 'pub const MODULES: &[ModuleCrates] = &[']
    versions = {package['name']: package['version'] for package in linked if package['source'] is None}
    for module in setup_rust.modules():
        on = sorted(package['name'] for package in reachable(data, (None,), module.name) if package['source'])
        names = ', '.join(map(text, on))
        lines.append(
            f'    ModuleCrates {{ module: {text(module.name)}, version: {text(versions[module.name])}, '
            f'dependencies: &[{names}] }},'
        )
    lines += ['];', '', '/// All crates from elsewhere.', '#[rustfmt::skip]', 'pub const CRATES: &[Crate] = &[']
    for package in sorted(linked, key=lambda package: package['name']):
        if package['source']:
            name, version, licence = (text(package[key]) for key in ('name', 'version', 'license'))
            lines.append(f'    Crate {{ name: {name}, version: {version}, licence: {licence} }},')
    lines.append('];')
    pattern = re.compile(r'(?<=^// regen: crates\n).*?(?=^// end$)', re.DOTALL | re.MULTILINE)
    return pattern.sub(lambda match: '\n'.join(lines) + '\n', SOURCE.read_text(encoding='utf-8'))


def main():
    if sys.argv[1:] not in (['regen'], ['check']):
        sys.exit(__doc__)
    names = [module.name for module in setup_rust.modules()]
    data, known = metadata(names, host_target()), reasons()
    linked, built = reachable(data, (None,)), reachable(data, (None, 'build'))
    found = problems(linked, built, known)
    for path, text in ((TABLE, table(linked, built, known)), (SOURCE, source(data, linked))):
        if path.exists() and path.read_text(encoding='utf-8') == text:
            continue
        if sys.argv[1] == 'regen':
            path.write_text(text, encoding='utf-8')
        else:
            found.append(f'{path} is stale, run make dependencies')
    print('\n'.join(found) if found else f'{len(linked)} crates are linked, {len(built)} compiled')
    sys.exit(bool(found))


if __name__ == '__main__':
    main()
