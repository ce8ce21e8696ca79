"""Run a program with the Rust modules.

python -m stdlib_rust [--modules WORDS] FILE [ARGUMENT ...]
python -m stdlib_rust [--modules WORDS] -m MODULE [ARGUMENT ...]
python -m stdlib_rust [--modules WORDS] -c CODE [ARGUMENT ...]
python -m stdlib_rust [--modules WORDS] status

WORDS are those of `-X rust_modules`: none, default, all, and NAME, +NAME or -NAME, separated by commas.
"""

import sys

import stdlib_rust


def run(arguments):
    """Run what the command line names, as `python` itself does; the arguments become sys.argv."""
    import runpy

    first, *rest = arguments
    if first in ('-m', '-c'):
        if not rest:
            sys.exit(f'argument expected for the {first} option')
        what, *rest = rest
        if first == '-m':
            sys.argv[:] = [what, *rest]
            sys.path[0] = ''
            runpy.run_module(what, run_name='__main__', alter_sys=True)
        else:
            sys.argv[:] = ['-c', *rest]
            sys.path[0] = ''
            exec(compile(what, '<string>', 'exec'), sys.modules['__main__'].__dict__)
    else:
        sys.argv[:] = [first, *rest]
        # A file's folder comes first on the path, in the place of the current one that -m has put there.
        del sys.path[0]
        if not hasattr(sys.flags, 'safe_path') or not sys.flags.safe_path:
            import os

            sys.path.insert(0, os.path.dirname(os.path.abspath(first)))
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
