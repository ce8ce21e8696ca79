"""Make the argument parsing code of a module from its generated header.

The clinic input stands in the doc comments of the Rust boundary, and cbindgen has carried it into the header.  This
takes it out again, hands it to the Argument Clinic of the CPython tree, and writes what Clinic makes.

Clinic declares the functions that it calls `static`.  They are Rust's, so that word is dropped: the C compiler then
sees two declarations of each, Clinic's and cbindgen's, and refuses them when they disagree.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r'^\[(clinic|python) input\]\n(.*?)^\[\1 start generated code\]$', re.DOTALL | re.MULTILINE)


def uncomment(header):
    """Return the text of all comments of a generated header, a doc comment as it stood in Rust."""
    comments = re.findall(r'/\*(.*?)\*/', header, re.DOTALL)
    # cbindgen puts one space before each line.
    return '\n'.join(re.sub(r'^ ', '', comment, flags=re.MULTILINE) for comment in comments)


def clinic_blocks(text):
    """Return the kind and the body of each block of clinic input in plain text, in order."""
    return [(match[1], match[2]) for match in BLOCK.finditer(text)]


def clinic_source(blocks):
    """Return a C file that holds the blocks and nothing else."""
    parts = [f'/*[{kind} input]\n{body}[{kind} start generated code]*/\n' for kind, body in blocks]
    return '\n'.join(parts)


def run_clinic(cpython, source, output):
    """Run CPython's Argument Clinic over the text of a C file; the result goes to `output`."""
    with tempfile.TemporaryDirectory() as folder:
        c_file = pathlib.Path(folder, 'boundary.c')
        c_file.write_text(source, encoding='utf-8')
        clinic = cpython / 'Tools/clinic/clinic.py'
        # Clinic's limited C API mode is off, as it is for the modules of the standard library.
        subprocess.run([sys.executable, '-B', clinic, '-f', c_file], check=True, stdout=subprocess.DEVNULL)
        made = pathlib.Path(folder, 'clinic/boundary.c.h').read_text(encoding='utf-8')
    made = re.sub(r'^static (?=\S[^;{]*_impl\([^;{]*\);$)', '', made, flags=re.MULTILINE)
    made = re.sub(r'^/\*\[clinic.*?code\]\*/\n', '', made, flags=re.DOTALL | re.MULTILINE)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(made, encoding='utf-8')


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('header', type=pathlib.Path, help='Include/rust/<module>.h')
    parser.add_argument('--cpython', type=pathlib.Path, required=True, help='the CPython source tree')
    parser.add_argument('--output', type=pathlib.Path, required=True, help='where the parsing code goes')
    args = parser.parse_args()
    blocks = clinic_blocks(uncomment(args.header.read_text(encoding='utf-8')))
    if not blocks:
        sys.exit(f'{args.header}: no clinic input')
    try:
        run_clinic(args.cpython, clinic_source(blocks), args.output)
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)


if __name__ == '__main__':
    main()
