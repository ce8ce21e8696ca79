"""Turn cargo's static library into one object that defines nothing global but the named symbols.

A Rust static library shows every symbol of every crate in it.  Left alone they would appear in the symbol table of
`python`, and would meet those of any other Rust library in the same program.

Rust's own runtime for the compiler is left out: it has a `cbrt`, `floor`, `fma` and more, which would stand in for
those of the platform's libm and need not have their results.  What else the compiler calls is in the C compiler's
runtime.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile


def hide_symbols(ar, ld, objcopy, archive, symbols, output):
    """Link `archive` into the relocatable object `output` in which only `symbols` are global."""
    with tempfile.TemporaryDirectory() as folder:
        names = subprocess.run([ar, 't', archive], check=True, capture_output=True, text=True).stdout.split()
        if len(names) != len(set(names)):
            sys.exit(f'hide_symbols: two members of {archive} have the same name, and one would be lost')
        subprocess.run([ar, 'x', pathlib.Path(archive).resolve()], cwd=folder, check=True)
        members = sorted(
            path for path in pathlib.Path(folder).iterdir() if not path.name.startswith('compiler_builtins-')
        )
        # Sections that cannot be reached from the symbols are dropped. Section groups are dissolved: in a group the
        # linker may discard a section in favour of an equal one of another library, and references to local symbols in
        # it would break.
        subprocess.run(
            [
                ld,
                '-r',
                '--gc-sections',
                '--force-group-allocation',
                *(f'--undefined={s}' for s in symbols),
                '-o',
                output,
                *members,
            ],
            check=True,
        )
        # The objects of Rust's own library carry LLVM bitcode, which ar's plug-in for an older LLVM fails to read.
        options = ['--remove-section=.llvmbc', '--remove-section=.llvmcmd']
        lists = {'--keep-global-symbols': symbols, '--weaken-symbols': weak_undefined(members)}
        for option, names in lists.items():
            file = pathlib.Path(folder, f'{option}.txt')
            file.write_text(''.join(f'{name}\n' for name in names), encoding='utf-8')
            options.append(f'{option}={file}')
        subprocess.run([objcopy, *options, output], check=True)


def weak_undefined(objects):
    """Return the names of functions that Rust's library does without when this C library is too old to have them.

    The linker keeps those that only the left-out code asks for, but no longer as weak ones.
    """
    # nm and objdump would try to read the bitcode.
    done = subprocess.run(['readelf', '--syms', '--wide', *objects], check=True, capture_output=True, text=True)
    rows = (line.split() for line in done.stdout.splitlines())
    return sorted({row[-1] for row in rows if len(row) == 8 and row[4] == 'WEAK' and row[6] == 'UND'})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--ar', default='ar')
    parser.add_argument('--ld', default='ld')
    parser.add_argument('--objcopy', default='objcopy')
    parser.add_argument('--output', required=True, help='the object to write')
    parser.add_argument('archive', help='the static library')
    parser.add_argument('symbols', nargs='+', help='the symbols that stay global')
    args = parser.parse_args()
    try:
        hide_symbols(args.ar, args.ld, args.objcopy, args.archive, args.symbols, args.output)
    except subprocess.CalledProcessError as error:
        sys.exit(f'hide_symbols: {error}')


if __name__ == '__main__':
    main()
