"""Turn cargo's static library into one object that defines nothing global but the named symbols.

A Rust static library shows every symbol of every crate in it.  Left alone they would appear in the symbol table of
`python`, and would meet those of any other Rust library in the same program.
"""

import argparse
import subprocess
import sys
import tempfile


def localize(ld, objcopy, archive, symbols, output):
    """Link `archive` into the relocatable object `output` in which only `symbols` are global."""
    with tempfile.NamedTemporaryFile('w', suffix='.txt') as keep:
        keep.write('\n'.join(symbols) + '\n')
        keep.flush()
        # What cannot be reached from the symbols is left out.  Section groups are dissolved: a group is the linker's
        # permission to drop the section for an equal one of another library, which a local symbol cannot survive.
        subprocess.run(
            [
                ld,
                '-r',
                '--gc-sections',
                '--force-group-allocation',
                *(f'--undefined={s}' for s in symbols),
                '-o',
                output,
                archive,
            ],
            check=True,
        )
        # The objects of Rust's own library carry LLVM bitcode, which ar's plug-in for an older LLVM fails to read.
        bitcode = ['--remove-section=.llvmbc', '--remove-section=.llvmcmd']
        subprocess.run([objcopy, *bitcode, f'--keep-global-symbols={keep.name}', output], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--ld', default='ld')
    parser.add_argument('--objcopy', default='objcopy')
    parser.add_argument('--output', required=True, help='the object to write')
    parser.add_argument('archive', help='the static library')
    parser.add_argument('symbols', nargs='+', help='the symbols that stay global')
    args = parser.parse_args()
    try:
        localize(args.ld, args.objcopy, args.archive, args.symbols, args.output)
    except subprocess.CalledProcessError as error:
        sys.exit(f'localize: {error}')


if __name__ == '__main__':
    main()
