"""Check whether programs and extension modules were compiled and linked as Debian's hardening flags require.

hardening.py FOLDER [--rust-object FILE] [--debug FOLDER]

All ELF programs and shared objects below FOLDER must be position-independent and have full RELRO (RELRO with
BIND_NOW), no executable stack and no text relocations.  The Rust object FILE, which has not been linked yet, must have
stack probes for large frames, and only position-independent code.  The debugging information below the second FOLDER
must name both compilers, and for C the flag -fstack-clash-protection.
"""

import argparse
import pathlib
import re
import subprocess
import sys

from check.report import Report

# The stack probe that rustc always generates on x86-64: it touches each page of a large frame.
PROBE = re.compile(r'\bsub +\$0x1000,%rsp\n.*\bmovq +\$0x0,\(%rsp\)')
# Relocations that a linker does not accept in a position-independent program.
ABSOLUTE = re.compile(r'\bR_X86_64_(32S?|16|8)\b')


def readelf(file, *options):
    """Return the output of readelf for a file."""
    command = ['readelf', '--wide', *options, file]
    return subprocess.run(command, check=True, capture_output=True, text=True, errors='replace').stdout


def objects(folder):
    """Return the linked ELF files below a folder."""
    found = []
    for file in sorted(folder.rglob('*')):
        if file.suffix != '.debug' and file.is_file() and not file.is_symlink():
            with file.open('rb') as stream:
                head = stream.read(18)
            # e_type is ET_EXEC (2) or ET_DYN (3), in little-endian byte order.
            if head[:4] == b'\x7fELF' and head[16:18] in (b'\x02\x00', b'\x03\x00'):
                found.append(file)
    return found


def problems(text):
    """Return the missing protections of a linked file, given `readelf --file-header --program-headers --dynamic`."""
    found = []
    if not re.search(r'^ +Type: +DYN ', text, re.MULTILINE):
        found.append('not position-independent')
    if not re.search(r'^ +GNU_RELRO ', text, re.MULTILINE):
        found.append('no RELRO')
    if not re.search(r'\((BIND_NOW|FLAGS_1)\).*(BIND_NOW|NOW)|\(FLAGS\).*BIND_NOW', text):
        found.append('no BIND_NOW')
    stack = re.search(r'^ +GNU_STACK .* (\w+) +0x\w+$', text, re.MULTILINE)
    if not stack or 'E' in stack[1]:
        found.append('a stack that can be executed')
    if re.search(r'\(TEXTREL\)|\(FLAGS\).*TEXTREL', text):
        found.append('relocations in code')
    return found


def check_linked(report, folder):
    """Check all linked ELF files below a folder."""
    files = objects(folder)
    wrong = {file: problems(readelf(file, '--file-header', '--program-headers', '--dynamic')) for file in files}
    for file, found in wrong.items():
        if found:
            print(f'        {file.relative_to(folder)}: {", ".join(found)}')
    failed = sum(map(bool, wrong.values()))
    report.add('PIE, RELRO, BIND_NOW, no executable stack', passed=len(files) - failed, failed=failed)
    if not files:
        report.add('there are programs', failed=1)


def check_rust_object(report, file):
    """Check the object file with the Rust code."""
    code = subprocess.run(
        ['objdump', '--disassemble', '--no-show-raw-insn', file], check=True, capture_output=True, text=True
    ).stdout
    count = len(PROBE.findall(code))
    report.add('stack probes of the Rust code', passed=bool(count), failed=not count, note=f'{count}')
    sections = re.split(r"^Relocation section '\.rela(\S+)'", readelf(file, '--relocs'), flags=re.MULTILINE)
    # Debugging information has absolute relocations, but is not loaded.
    loaded = [text for name, text in zip(sections[1::2], sections[2::2], strict=True) if not name.startswith('.debug')]
    absolute = sum(len(ABSOLUTE.findall(text)) for text in loaded)
    report.add('position-independent Rust code', passed=not absolute, failed=bool(absolute), note=f'{len(loaded)}')


def check_debug(report, folder):
    """Check the separate debugging information of the interpreter, which is the largest of these files."""
    files = sorted(folder.rglob('*.debug'), key=lambda file: file.stat().st_size)
    text = readelf(files[-1], '--decompress', '--string-dump=.debug_str') if files else ''
    for name, pattern in (
        ('debugging information of the Rust code', r'rustc version'),
        ('debugging information of the C code', r'GNU C\d+ '),
        ('-fstack-clash-protection of the C code', r'GNU C\d+ .*-fstack-clash-protection'),
    ):
        found = bool(re.search(pattern, text))
        report.add(name, passed=found, failed=not found)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('folder', type=pathlib.Path)
    parser.add_argument('--rust-object', type=pathlib.Path, help='the object with the Rust code: rust/stdlib.o')
    parser.add_argument('--debug', type=pathlib.Path, help='the folder of separate debugging information')
    args = parser.parse_args()
    report = Report()
    check_linked(report, args.folder)
    if args.rust_object:
        check_rust_object(report, args.rust_object)
    if args.debug:
        check_debug(report, args.debug)
    sys.exit(report.close())


if __name__ == '__main__':
    main()
