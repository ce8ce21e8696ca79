"""Run a program with the Rust modules.

python -m stdlib_rust [--modules WORDS] FILE [ARGUMENT ...]
python -m stdlib_rust [--modules WORDS] -m MODULE [ARGUMENT ...]
python -m stdlib_rust [--modules WORDS] -c CODE [ARGUMENT ...]
python -m stdlib_rust [--modules WORDS] status

WORDS are those of `-X rust_modules`: none, default, all, and NAME, +NAME or -NAME, separated by commas.
"""

import os
import sys

import stdlib_rust


def set_first_on_path(folder):
    """Put a folder in the place of the current one, which -m has put there; with -P there is neither."""
    if not sys.flags.safe_path:
        sys.path[0] = folder


def run(arguments):
    """Run what the command line names, as `python` itself does; the arguments become sys.argv."""
    # What it imports may be a module that is chosen.
    import runpy

    first, *rest = arguments
    if first in ('-m', '-c'):
        if not rest:
            sys.exit(f'argument expected for the {first} option')
        what, *rest = rest
        if first == '-m':
            sys.argv[:] = [what, *rest]
            set_first_on_path('')
            runpy.run_module(what, run_name='__main__', alter_sys=True)
        else:
            sys.argv[:] = ['-c', *rest]
            set_first_on_path('')
            exec(compile(what, '<string>', 'exec'), sys.modules['__main__'].__dict__)
    else:
        sys.argv[:] = [first, *rest]
        set_first_on_path(os.path.dirname(os.path.abspath(first)))
        runpy.run_path(first, run_name='__main__')


def main():
    arguments = sys.argv[1:]
    words = 'default'
    if arguments[:1] == ['--modules']:
        if len(arguments) < 2:
            sys.exit('argument expected for the --modules option')
        words, arguments = arguments[1], arguments[2:]
    if not arguments or arguments[0] in ('-h', '--help'):
        print(__doc__.strip())
        sys.exit(0 if arguments else 2)
    try:
        stdlib_rust.install(words)
    except stdlib_rust.Unsupported as error:
        sys.exit(f'stdlib_rust: {error}')
    if arguments == ['status']:
        for name, implementation in stdlib_rust.status().items():
            print(f'{name:16} {implementation}')
    else:
        run(arguments)


if __name__ == '__main__':
    main()
