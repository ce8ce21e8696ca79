"""Pack an installation as a relocatable archive, in the layout of python-build-standalone's `install_only` archives.

archive.py [--stage FOLDER] [--prefix PREFIX] [--output FOLDER] [--keep-symbols]

The first FOLDER is the DESTDIR of `make install`, and PREFIX that of the build.  The interpreter that has been
built runs this.  All files are below `python/`.  The interpreter finds its library from where it is.  The installed
text files that name the prefix are changed:

- scripts in `bin` start the interpreter next to them;
- sysconfig, `build-details.json` and the pkg-config files have the prefix `/install`, which uv and similar tools
  replace by the folder in which they unpack the archive.

The static library, which a program that embeds Python can do without, is left out, and debugging information with it,
unless --keep-symbols is given.  The time of each file is SOURCE_DATE_EPOCH, or that of the commit.
"""

import argparse
import io
import os
import pathlib
import platform
import re
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import time

from build.crates import host_target
from build.dist import commit_time

# The placeholder that the tools for these archives replace.
PREFIX = '/install'
# Text files that name the prefix.
TEXTS = ('lib/python3.*/_sysconfigdata*.py', 'lib/python3.*/config-*/Makefile', 'lib/python3.*/build-details.json',
         'lib/python3.*/_sysconfig_vars*.json', 'lib/pkgconfig/*.pc', 'bin/python3*-config')  # fmt: skip
# A shell runs these lines and a Python skips them: a script starts the interpreter that is next to it.
START = """#!/bin/sh
'''exec' "$(dirname "$(realpath "$0")")/{}" "$0" "$@"
' '''
"""


def relocate_script(data, prefix):
    """Return a script whose first line names the interpreter below the prefix, made independent of that."""
    match = re.match(rb'#!' + re.escape(prefix.encode()) + rb'/bin/(\S+)\n', data)
    return START.format(match[1].decode()).encode() + data[match.end() :] if match else data


def relocate(name, data, prefix):
    """Return the content of an installed file, without the prefix; `name` is relative to the prefix."""
    if any(pathlib.PurePath(name).match(pattern) for pattern in TEXTS):
        return re.sub(re.escape(prefix.encode()) + rb'(?=[^\w.-]|$)', PREFIX.encode(), data)
    if name.startswith('bin/'):
        return relocate_script(data, prefix)
    return data


def strip(file):
    """Return the bytes of a program or library without debugging information."""
    with tempfile.NamedTemporaryFile() as target:
        subprocess.run(['objcopy', '--strip-debug', file, target.name], check=True)
        return pathlib.Path(target.name).read_bytes()


def is_left_out(name):
    """Return whether an installed file is not part of the archive."""
    path = pathlib.PurePath(name)
    return '__pycache__' in path.parts or (path.suffix == '.a' and path.name.startswith('libpython'))


def entries(root, prefix, keep_symbols):
    """Yield for each installed file its name and its content, or its path when it is a link or a folder."""
    for file in sorted(root.rglob('*')):
        name = file.relative_to(root).as_posix()
        if is_left_out(name):
            continue
        if file.is_symlink() or file.is_dir():
            yield name, file, None
            continue
        with file.open('rb') as stream:
            is_object = stream.read(4) == b'\x7fELF'
        if is_object and not keep_symbols:
            yield name, file, strip(file)
        else:
            yield name, file, relocate(name, file.read_bytes(), prefix)


def pack(stream, root, prefix, epoch, keep_symbols):
    """Write the archive to a stream."""
    with tarfile.open(fileobj=stream, mode='w', format=tarfile.PAX_FORMAT) as archive:
        for name, file, data in entries(root, prefix, keep_symbols):
            info = archive.gettarinfo(file, f'python/{name}')
            # Files with several names are stored once for each.
            if data is not None:
                info.type, info.linkname, info.size = tarfile.REGTYPE, '', len(data)
            info.uid = info.gid = 0
            info.uname = info.gname = ''
            info.mtime = epoch
            info.mode = 0o755 if info.mode & 0o100 else 0o644
            archive.addfile(info, None if data is None else io.BytesIO(data))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--prefix', default=sysconfig.get_config_var('prefix'), help='the prefix of the build')
    parser.add_argument('--stage', type=pathlib.Path, default=pathlib.Path('/'), help='the DESTDIR of make install')
    parser.add_argument('--output', type=pathlib.Path, default=pathlib.Path('rust'), help='the folder to write to')
    parser.add_argument('--keep-symbols', action='store_true', help='keep debugging information')
    args = parser.parse_args()
    try:
        from compression import zstd
    except ImportError:
        sys.exit('archive: the interpreter has no zstd: install libzstd-dev and build again')
    root = args.stage / args.prefix.lstrip('/')
    if not (root / 'lib').is_dir():
        sys.exit(f'archive: {root} has no installation')
    epoch = int(os.environ.get('SOURCE_DATE_EPOCH') or commit_time())
    kind = 'freethreaded' if sysconfig.get_config_var('Py_GIL_DISABLED') else ''
    flavour = '-'.join(filter(None, [kind, 'install_only' if args.keep_symbols else 'install_only_stripped']))
    date = time.strftime('%Y%m%d', time.gmtime(epoch))
    name = f'cpython-{platform.python_version()}+{date}-{host_target()}-{flavour}.tar.zst'
    target = args.output / name
    with zstd.open(target, 'wb', level=12) as stream:
        pack(stream, root, args.prefix, epoch, args.keep_symbols)
    print(f'{target}: {target.stat().st_size / 1e6:.1f} MB')


if __name__ == '__main__':
    main()
