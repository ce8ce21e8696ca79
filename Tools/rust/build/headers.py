"""Keep what is generated and committed up to date: the headers of the Rust boundaries, the list of the modules in
Rust/shared/stdlib, and the bindings for the CPython that is built.

  regen   write all of it
  check   write nothing, fail if anything is stale
  update  before a build: regenerate the headers whose functions or clinic input differ from the Rust source

`update` compares the names of the functions and the clinic input, and the signatures with those of the build before,
which needs no compiled tool, so that a plain build never waits for one.  A name that the bindings lack is an error of
the build script.  Without libclang, `check` leaves out the bindings, which every build proves.
"""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

from build import clinic
from build import setup_rust
from build.setup_rust import TOP


# The digests of the last build in this folder.
KNOWN = pathlib.Path('rust/headers.json')


def boundary_text(module):
    """Return the Rust source of a module's boundary."""
    src = TOP / 'Rust' / module / 'src'
    files = [src / 'boundary.rs', *sorted((src / 'boundary').glob('*.rs'))]
    return '\n'.join(file.read_text(encoding='utf-8') for file in files)


def rust_functions(text):
    """Return the names of the functions that C can call."""
    return set(re.findall(r'^#\[unsafe\(no_mangle\)\]\n(?:#\[.*\n)*pub .*?extern "C" fn (\w+)', text, re.MULTILINE))


def declared_functions(header):
    """Return the names of the functions of Rust that a header declares; those that Rust calls are `extern`."""
    code = re.sub(r'/\*.*?\*/', '', header, flags=re.DOTALL)
    return set(re.findall(r'^(?!extern )\w[\w *]*?(\w+)\(', code, re.MULTILINE))


def signatures_digest(text):
    """Return a hash of the declarations of the functions that C can call."""
    found = re.findall(r'^#\[unsafe\(no_mangle\)\]\n(?:#\[.*\n)*(pub [^{]*)', text, re.MULTILINE)
    return hashlib.sha256('\n'.join(' '.join(declaration.split()) for declaration in found).encode()).hexdigest()


def digests(module):
    """Return the hash of a module's signatures, and that of its header."""
    header = TOP / 'Include/rust' / f'{module}.h'
    content = header.read_bytes() if header.exists() else b''
    return [signatures_digest(boundary_text(module)), hashlib.sha256(content).hexdigest()]


def is_left_behind(before, now):
    """Tell whether the signatures have changed since the last build in this folder, and the header has not.

    `before` and `now` are digests; there are none of a first build, for that the committed headers are right is what
    `check` is for.
    """
    return before is not None and before[0] != now[0] and before[1] == now[1]


def rust_clinic_blocks(text):
    """Return the clinic blocks in the doc comments of a module's boundary."""
    doc = '\n'.join(re.sub(r'^/// ?', '', line) for line in text.splitlines() if line.startswith('///'))
    return clinic.clinic_blocks(doc)


def is_stale(module):
    """Tell whether the functions or the clinic input of a module's header are not those of its Rust source."""
    path = TOP / 'Include/rust' / f'{module}.h'
    if not path.exists():
        return True
    header, source = path.read_text(encoding='utf-8'), boundary_text(module)
    if declared_functions(header) != rust_functions(source):
        return True
    # cbindgen puts types before functions, whatever the order of the source.
    return sorted(clinic.clinic_blocks(clinic.uncomment(header))) != sorted(rust_clinic_blocks(source))


def run_tool(crate, *arguments):
    """Run a generator of the workspace; return whether it was content."""
    cargo = os.environ.get('CARGO', 'cargo')
    command = [cargo, 'run', '--quiet', '--locked', '--manifest-path', TOP / 'Cargo.toml', '-p', crate, '--']
    # build-support prints lines for cargo.
    return subprocess.run([*command, *arguments], stdout=subprocess.DEVNULL).returncode == 0


def run_headergen(modules, *options):
    """Run the generator of headers; return whether it was content."""
    return run_tool('headergen', *options, TOP, *modules)


def have_libclang():
    """Tell whether bindgen finds the library that it needs."""
    toolchain = TOP / 'Tools/rust/build/toolchain.sh'
    return subprocess.run(['sh', '-c', '. "$0" && have_libclang', toolchain]).returncode == 0


def check_bindings():
    """Tell whether the committed bindings are those that bindgen makes, as far as it can run here."""
    if not have_libclang():
        print('headers.py: the bindings are not compared, libclang is not installed', file=sys.stderr)
        return True
    return run_tool('bindgen-cpython', '--check')


def gathered(text, modules):
    """Return the text of the library crate's manifest or source with its generated lines renewed."""
    lines = {
        'features': [f'{name} = ["dep:{name}", "modules"]' for name in modules],
        'dependencies': [
            f'{name} = {{ path = "../../{name}", optional = true, features = ["python"] }}' for name in modules
        ],
        'crates': [f'#[cfg(feature = "{name}")]\nuse {name} as _;' for name in modules],
    }
    for key, new in lines.items():
        pattern = re.compile(rf'(?<=regen: {key}\n).*?(?=^\S* ?end)', re.DOTALL | re.MULTILINE)
        text = pattern.sub(lambda match, new=new: '\n'.join(new) + '\n', text)
    return text


def gather(modules, check):
    """Renew, or with `check` only compare, what Rust/shared/stdlib says of the modules."""
    fresh = True
    for name in ('Cargo.toml', 'src/lib.rs'):
        path = TOP / 'Rust/shared/stdlib' / name
        old = path.read_text(encoding='utf-8')
        new = gathered(old, modules)
        if new == old:
            continue
        if check:
            print(f'{path}: stale, run make regen', file=sys.stderr)
            fresh = False
        else:
            path.write_text(new, encoding='utf-8')
            print(f'wrote {path}', file=sys.stderr)
    return fresh


def main():
    modules = [module.name for module in setup_rust.modules()]
    # The module that describes the others has a boundary, but no line in the table.
    boundaries = ['_rust', *modules]
    match sys.argv[1:]:
        case ['update']:
            known = json.loads(KNOWN.read_text(encoding='utf-8')) if KNOWN.exists() else {}
            stale = [
                module
                for module in boundaries
                if is_stale(module) or is_left_behind(known.get(module), digests(module))
            ]
            ok = not stale or run_headergen(stale)
            if ok:
                KNOWN.parent.mkdir(exist_ok=True)
                KNOWN.write_text(json.dumps({module: digests(module) for module in boundaries}), encoding='utf-8')
        case ['regen']:
            ok = gather(modules, check=False) and run_headergen(boundaries) and run_tool('bindgen-cpython')
        case ['check']:
            # Both functions are called, so that one run reports everything.
            ok = all([gather(modules, check=True), run_headergen(boundaries, '--check'), check_bindings()])
        case _:
            sys.exit(__doc__)
    sys.exit(not ok)


if __name__ == '__main__':
    main()
