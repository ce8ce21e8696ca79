"""Ask cargo which crates the library of the Rust modules is made from."""

import argparse
import json
import os
import pathlib
import re
import shlex
import subprocess

from build.setup_rust import TOP


def host_target():
    """Return rustc's name for the platform at hand."""
    version = subprocess.run([os.environ.get('RUSTC', 'rustc'), '-vV'], check=True, capture_output=True, text=True)
    return re.search(r'^host: (.*)$', version.stdout, re.MULTILINE)[1]


def metadata(modules, target, *options):
    """Return what `cargo metadata` says of the library with these modules, built for a platform."""
    command = [os.environ.get('CARGO', 'cargo'), 'metadata', '--format-version=1', '--locked', '--quiet', *options]
    command += ['--manifest-path', TOP / 'Cargo.toml', '--filter-platform', target]
    command += ['--features', ','.join(f'stdlib/{name}' for name in modules)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def reachable(data, kinds, root='stdlib'):
    """Return the packages that a crate reaches by dependencies of these kinds, None being the normal one."""
    packages = {package['id']: package for package in data['packages']}
    edges = dependencies(data, kinds)
    todo = [key for key, package in packages.items() if package['name'] == root and package['source'] is None]
    seen = set(todo)
    while todo:
        found = edges[todo.pop()] - seen
        seen |= found
        todo += found
    return [packages[key] for key in sorted(seen)]


def dependencies(data, kinds):
    """Return for each package's id the ids of the packages that it needs by dependencies of these kinds."""
    return {
        node['id']: {
            dependency['pkg']
            for dependency in node['deps']
            if any(kind['kind'] in kinds for kind in dependency['dep_kinds'])
        }
        for node in data['resolve']['nodes']
    }


def installed_metadata(modules, target):
    """Return the metadata during an installation, which never uses a network."""
    # Such as --config; --offline may be given only once.
    flags = [flag for flag in shlex.split(os.environ.get('CARGOFLAGS', '')) if flag != '--offline']
    return metadata(modules, target or host_target(), '--offline', *flags)


def write_for_installation(description, write):
    """Run a script that writes a file to be installed, by `write(path, metadata)`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument('--output', type=pathlib.Path, required=True, help='the file to write')
    parser.add_argument('--target', help='what is built for, when that is not this machine')
    parser.add_argument('modules', nargs='+', metavar='MODULE', help='the modules that are linked')
    args = parser.parse_args()
    write(args.output, installed_metadata(args.modules, args.target))


def foreign(packages):
    """Return the packages that are not of this workspace, in the order of their names."""
    return sorted((package for package in packages if package['source']), key=lambda package: package['name'])
