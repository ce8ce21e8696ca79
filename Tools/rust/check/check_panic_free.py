"""No function that C calls can unwind: none in the built library has the call that ends the process when one does.

rustc gives every `extern "C"` function that might unwind a landing pad that calls `panic_cannot_unwind`, and the
optimiser removes it where it can prove that nothing unwinds. So an exported function with a reference to it does
work outside its entry that may panic. The object files are searched function by function.

usage: check_panic_free.py [LIBRARY]     libstdlib.a by default, as cargo has left it in the build folder
"""

import pathlib
import re
import subprocess
import sys

from build.setup_rust import crates

# Both manglings of core::panicking::panic_cannot_unwind.
ABORT = re.compile(r'panic_cannot_unwind|panic_nounwind')
# The function that catches panics, which is compiled for each body, and those that run after a panic has been caught: a
# second one ends the process there.
ALLOWED = tuple(
    f'cpython_api::entry::{name}'
    for name in ('catch', 'catch_first', 'discard', 'raise_panic', 'report_panic', 'postpone', 'tell', 'install_hook')
)


def members(library):
    """Return the object files of the workspace's crates in the library."""
    names = subprocess.run(['ar', 't', library], check=True, capture_output=True, text=True).stdout.split()
    ours = {crate.name.replace('-', '_') for crate in crates()}
    return [name for name in names if name.split('-')[0] in ours and name.endswith('.o')]


def aborting_functions(library):
    """Yield the functions of our crates that refer to the call, as (object, function)."""
    own = members(library)
    if not own:
        sys.exit(f'{library} has no objects of this project: build it first')
    done = subprocess.run(['objdump', '-r', '-C', library], check=True, capture_output=True, text=True)
    member = section = None
    for line in done.stdout.splitlines():
        if match := re.match(r'(\S+):\s+file format', line):
            member = match[1]
        elif match := re.match(r'RELOCATION RECORDS FOR \[(.*)\]', line):
            section = match[1]
        elif member in own and section and section.startswith('.text.') and ABORT.search(line):
            yield member, section.removeprefix('.text.').removeprefix('unlikely.')


def function_name(section):
    """Return the name of a mangled function, without its hash and its type arguments."""
    done = subprocess.run(['c++filt', section], capture_output=True, text=True).stdout.strip()
    return re.sub(r'::h[0-9a-f]{16}$|::<.*>$', '', done or section)


def problems(library):
    """Return what may unwind into C."""
    found = dict.fromkeys(aborting_functions(library))
    names = [(member.split('-')[0], function_name(section)) for member, section in found]
    return [
        f'{crate}: {name} may unwind into C: work that may panic belongs into an entry'
        for crate, name in names
        if name not in ALLOWED
    ]


def main():
    default = sorted(pathlib.Path('target').glob('*/libstdlib.a'), key=lambda file: file.stat().st_mtime)
    library = sys.argv[1] if sys.argv[1:] else default and default[-1]
    if not library:
        sys.exit('there is no libstdlib.a: run make')
    found = problems(library)
    print('\n'.join(found))
    sys.exit(bool(found))


if __name__ == '__main__':
    main()
