"""Count lines and `unsafe` of each crate into Doc/unsafe-count.md.

  regen   write the table
  check   write nothing; fail when a count of `unsafe` is above the committed one, or a crate is missing there, or a
          file could have `#![forbid(unsafe_code)]` and does not have it

Tests, benchmarks and generated files are not counted. Operations are counted as Clippy's multiple_unsafe_ops_per_block
counts them: calls of unsafe functions and dereferences in an `unsafe` block, at least one for each block. The text is
read, not the types, so a dereference of a reference in such a block counts too. A call of `ffi` is counted as C API;
other operations as boundary in files of the boundary or in a block with an entry, as SIMD in files that use the
processor's intrinsics or select such code, and as raw memory elsewhere.
"""

import functools
import re
import sys

from build import releases
from build import setup_rust
from build.setup_rust import TOP

TABLE = TOP / 'Doc/unsafe-count.md'
# A call of the C API, also by the macros of ffi_call.rs.
C_CALL = re.compile(r'\b(?:ffi|cpython_sys)::(?:\w+|\$\w+)\s*\(')
# Calls by the macros of ffi_call.rs: the function is in the arguments.
MACRO_CALL = re.compile(r'\b(?:new_reference|status|infallible)!\s*\((?:[^;]*?[,(]\s*)?((?:_?Py|shim_)\w*)\s*\(')
# A dereference: rustfmt puts spaces around a multiplication.
DEREFERENCE = re.compile(r'(?<=[\s(=&!\[{,|-])\*(?!const\b|mut\b)(?=[\w(])')
# The unsafe functions of the standard library that are used here, and the processor's instructions that take pointers.
LIBRARY = (
    'from_raw_parts from_raw_parts_mut copy_nonoverlapping copy_from_nonoverlapping copy_to_nonoverlapping copy '
    'write_bytes read write read_unaligned write_unaligned read_volatile write_volatile add sub offset byte_add '
    'offset_from get_unchecked get_unchecked_mut unwrap_unchecked unreachable_unchecked assume_init assume_init_ref '
    'assume_init_mut from_utf8_unchecked new_unchecked as_ref as_mut take from_ptr from_bytes_with_nul_unchecked '
    'drop_in_place transmute from_raw set_len'
).split()
INSTRUCTION = r'_mm\w*_(?:\w*_)?(?:load|store|lddqu|stream|i\d+gather|i\d+scatter|mask_compressstore)\w*'

# The inner attribute that forbids `unsafe` in a file and the modules below it.
FORBIDS = re.compile(r'^#!\[(?:cfg_attr\(.+, )?(?:forbid|deny)\(unsafe_code\)', flags=re.MULTILINE)
# Code that may be unsafe; the text of an included file is not searched.
MAY_BE_UNSAFE = re.compile(r'\bunsafe\b|\binclude!')

KINDS = ('C API', 'boundary', 'SIMD', 'raw memory')
HEAD = """# Unsafe, counted

Written by `make count`: do not edit. `make check` fails when a number of `unsafe` rises above the one here. Lines
are those with code; tests are not counted. *C API* to *raw memory* are operations in `unsafe` blocks. *exported* are
functions that C calls by name, *imported* functions of CPython that the crate calls. The C twin's lines are those of
its files, without comments.

"""


def without_tests(text):
    """Cut the test module at the end of a file."""
    return re.split(r'^#\[cfg\((?:all\()?test\b[^\n]*\nmod \w+ \{', text, maxsplit=1, flags=re.MULTILINE)[0]


def without_comments(text):
    """Return the text without comments and the contents of strings."""
    token = r'//[^\n]*|/\*.*?\*/|(?<!\w)b?c?r?"(?:\\.|[^"\\])*"'
    return re.sub(token, lambda match: '""' if match[0].endswith('"') else '', text, flags=re.DOTALL)


def block_at(text, start):
    """Return the text of the braces that open at or after start."""
    begin = text.index('{', start)
    depth = 0
    for index in range(begin, len(text)):
        depth += {'{': 1, '}': -1}.get(text[index], 0)
        if depth == 0:
            return text[begin : index + 1]
    return text[begin:]


def code_lines(text):
    """Count the lines that are not blank."""
    return sum(1 for line in text.splitlines() if line.strip())


def source_files(folder):
    """Yield the files of a crate that are counted, and their code."""
    for file in sorted((folder / 'src').rglob('*.rs')):
        if file.stem not in ('tests', 'testing'):
            yield file, without_comments(without_tests(file.read_text(encoding='utf-8')))


@functools.cache
def unsafe_call():
    """Return the pattern of a call of an unsafe function: ours, the library's, or an instruction."""
    names = set(LIBRARY)
    for folder in setup_rust.crates():
        for _, code in source_files(folder):
            names |= set(re.findall(r'\bunsafe (?:extern "[^"]*" )?fn (\w+)', code))
            # A function with a target feature: safe to call only where the processor is known to have it.
            names |= set(
                re.findall(r'#\[target_feature\([^\]]*\]\s*(?:#\[[^\]]*\]\s*)*(?:pub(?:\([^)]*\))? )?fn (\w+)', code)
            )
    return re.compile(rf'(?<!fn )\b(?:{"|".join(sorted(names))}|{INSTRUCTION})\s*(?:::<[^()]*>)?\(')


def operations(block):
    """Return the number of calls of the C API in an `unsafe` block, and of other operations."""
    c_calls = len(C_CALL.findall(block))
    # An unsafe block within is counted by itself.
    own = re.sub(r'\bunsafe\s*\{', '', C_CALL.sub('(', block))
    others = len(unsafe_call().findall(own)) + len(DEREFERENCE.findall(own))
    return c_calls, others if c_calls else max(others, 1)


def without_inner_blocks(block):
    """Return the text of an `unsafe` block without those inside it."""
    text = block[1:]
    while match := re.search(r'\bunsafe\s*\{', text):
        text = text[: match.start()] + text[match.start() :].replace(block_at(text, match.start()), '', 1).replace(
            match[0].rstrip('{'), '', 1
        )
    return text


def count_crate(folder):
    """Return the counts of a crate by column."""
    counts = {'lines': 0, **dict.fromkeys(KINDS, 0), 'unsafe fn': 0, 'unsafe impl': 0, 'exported': 0, 'C lines': 0}
    imported = set()
    for file, code in source_files(folder):
        simd = re.search(r'\b(?:core|std)::arch::|\btarget_feature\b|\b_mm\d*_\w+|\bLevel::\w+ *=>', code)
        counts['lines'] += code_lines(code)
        counts['exported'] += len(re.findall(r'#\[unsafe\((?:no_mangle|export_name)', code))
        counts['unsafe fn'] += len(re.findall(r'\bunsafe (?:extern "[^"]*" )?fn \w', code))
        counts['unsafe impl'] += len(re.findall(r'\bunsafe impl\b', code))
        imported |= set(re.findall(r'\bffi::(_?Py\w*_\w+|shim_\w+)\s*\(', code))
        imported |= set(MACRO_CALL.findall(code))
        for match in re.finditer(r'\bunsafe\s*\{', code):
            block = without_inner_blocks(block_at(code, match.start()))
            c_calls, others = operations(block)
            if re.search(r'\bentry\w*\s*\(', block) or 'boundary' in str(file.relative_to(folder)):
                kind = 'boundary'
            else:
                kind = 'SIMD' if simd else 'raw memory'
            counts['C API'] += c_calls
            counts[kind] += others
    counts['imported'] = len(imported)
    for file in [*folder.glob('*.c'), *folder.glob('shims/*.[ch]')]:
        counts['C lines'] += code_lines(without_comments(file.read_text(encoding='utf-8')))
    return counts


def twin_lines(cpython, twin):
    """Return the lines of the C twin's files; nothing when there is no CPython source."""
    files = [cpython / 'Modules' / word for word in twin.split() if word.endswith('.c')] if cpython else []
    return sum(code_lines(without_comments(file.read_text(encoding='utf-8'))) for file in files if file.exists())


def count():
    """Return the counts of every crate, by name."""
    return {folder.name: count_crate(folder) for folder in setup_rust.crates()}


def read_table():
    """Return the committed counts."""
    rows = [line.strip('|').split('|') for line in TABLE.read_text(encoding='utf-8').splitlines() if line[:1] == '|']
    head, _, *rows = ([cell.strip() for cell in row] for row in rows)
    return {row[0]: dict(zip(head[1:], (int(cell or 0) for cell in row[1:]), strict=True)) for row in rows}


def write_table(cpython):
    """Write the table."""
    counts = count()
    twins = {module.name: module.twin for module in setup_rust.modules()}
    for name, row in counts.items():
        row['twin lines'] = twin_lines(cpython, twins.get(name, ''))
    columns = list(next(iter(counts.values())))
    counts['all'] = {column: sum(row[column] for row in counts.values()) for column in columns}
    lines = ['| ' + ' | '.join(['crate', *columns]) + ' |', '| --- |' + ' ---: |' * len(columns)]
    for name, row in counts.items():
        lines.append('| ' + ' | '.join([name, *(str(row[column] or '') for column in columns)]) + ' |')
    TABLE.write_text(HEAD + '\n'.join(lines) + '\n', encoding='utf-8')
    print(f'wrote {TABLE}')


def modules_below(file):
    """Return the folder of the modules that a file declares."""
    return file.parent if file.stem in ('lib', 'main', 'mod') else file.with_suffix('')


def not_forbidden(folder):
    """Return the files of a crate that have no `unsafe`, nor have the modules below them, but do not forbid it."""
    texts = dict(source_files(folder))
    unsafe = [file for file, code in texts.items() if MAY_BE_UNSAFE.search(code)]
    forbids = [file for file, code in texts.items() if FORBIDS.search(code)]
    return [
        file
        for file in texts
        if not any(file == other or modules_below(file) in other.parents for other in unsafe)
        and not any(file == other or modules_below(other) in file.parents for other in forbids)
    ]


def problems():
    """Return which counts of `unsafe` are above the committed ones, and which files do not forbid it."""
    committed = read_table()
    found = [
        f'{file.relative_to(TOP)} has no `unsafe` and no #![forbid(unsafe_code)]'
        for folder in setup_rust.crates()
        for file in not_forbidden(folder)
    ]
    for name, row in count().items():
        if name not in committed:
            found.append(f'{name} is not in {TABLE.name}')
            continue
        for column in (*KINDS, 'unsafe fn', 'unsafe impl'):
            if row[column] > committed[name][column]:
                was = committed[name][column]
                found.append(f'{name}: {column}: {row[column]}, was {was}: review the new code, then run make count')
    return found


def main():
    match sys.argv[1:]:
        case ['regen']:
            write_table(releases.source())
        case ['check']:
            found = problems()
            for problem in found:
                print(problem)
            sys.exit(bool(found))
        case _:
            sys.exit(__doc__)


if __name__ == '__main__':
    main()
