"""Coverage-guided fuzzing of the pure cores with libFuzzer; run in the build folder.

    fuzz.py [--seconds N] [TARGET...]     every target of Rust/fuzz, or those named, for so many seconds each

The stable compiler does it: the pass that counts edges is LLVM's own, and RUSTC_BOOTSTRAP=1 makes rustc take the option
for AddressSanitizer. The corpus grows in check-full/fuzz/corpus from run to run; what breaks a target is left in
check-full/fuzz/artifacts, and belongs into Rust/fuzz/seeds/TARGET once it is mended.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys

from check import records
from check.report import Report
from build.setup_rust import TOP

CRATE = TOP / 'Rust/fuzz'
FOLDER = pathlib.Path('check-full/fuzz').absolute()
# The module whose core each target runs.
MODULES = {
    'base64': 'binascii',
    'bzip2': '_bz2',
    'csv': '_csv',
    'hex': 'binascii',
    'json_numbers': '_json',
    'json_strings': '_json',
    'sre': '_sre',
    'text_codings': 'binascii',
    'unicode_normalization': 'unicodedata',
    'xml': 'pyexpat',
    'zlib': 'zlib',
}
COVERAGE = (
    '-sanitizer-coverage-level=4',
    '-sanitizer-coverage-inline-8bit-counters',
    '-sanitizer-coverage-pc-table',
    '-sanitizer-coverage-trace-compares',
)


def targets():
    """Return the names of all targets."""
    return sorted(file.stem for file in (CRATE / 'fuzz_targets').glob('*.rs'))


def build(report, cargo):
    """Build all targets; return the folder they are in, or None."""
    version = subprocess.run([os.environ.get('RUSTC', 'rustc'), '-vV'], check=True, capture_output=True, text=True)
    host = re.search(r'^host: (.*)$', version.stdout, re.MULTILINE)[1]
    flags = ['--cfg', 'fuzzing', '-Zsanitizer=address', '-Cpasses=sancov-module', '-Ccodegen-units=1']
    flags += [f'-Cllvm-args={option}' for option in COVERAGE]
    environment = os.environ | {'RUSTC_BOOTSTRAP': '1', 'RUSTFLAGS': ' '.join(flags)}
    # With --target, even for the host, the flags do not apply to build scripts.
    command = [cargo, 'build', '--quiet', '--locked', '--release', '--bins', '--target', host]
    folder = FOLDER / 'target'
    command += ['--manifest-path', CRATE / 'Cargo.toml', '--target-dir', folder]
    done = report.run('build the fuzz targets', command, env=environment)
    return None if done.returncode else folder / host / 'release'


def run(report, program, seconds, record=False):
    """Fuzz one target from its seeds and the corpus so far; `record` adds what it did to Doc/records."""
    name = program.name
    corpus, artifacts = FOLDER / 'corpus' / name, FOLDER / 'artifacts' / name
    corpus.mkdir(parents=True, exist_ok=True)
    artifacts.mkdir(parents=True, exist_ok=True)
    seeds = [folder for folder in [CRATE / 'seeds' / name] if folder.is_dir()]
    options = [f'-max_total_time={seconds}', f'-artifact_prefix={artifacts}/', '-timeout=20', '-rss_limit_mb=4096']
    environment = os.environ | {'ASAN_OPTIONS': 'detect_leaks=0:allocator_may_return_null=1'}
    done = report.run(f'fuzz {name}', [program, *options, '-print_final_stats=1', corpus, *seeds], env=environment)
    runs = sum(map(int, re.findall(r'number_of_executed_units: (\d+)', done.stdout)))
    edges = re.findall(r'cov: (\d+)', done.stdout)
    print(f'        {runs} runs, {edges[-1] if edges else "no"} edges')
    if record and runs:
        found = {'seconds': seconds, 'runs': runs, 'broken': int(done.returncode != 0)}
        records.update(MODULES[name], f'fuzz {name}', found, add=tuple(found))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('targets', nargs='*', metavar='TARGET', help=f'which: {", ".join(targets())}')
    parser.add_argument('--seconds', type=int, default=30, help='for how long each')
    parser.add_argument('--record', action='store_true', help='write Doc/records')
    parser.add_argument('--cargo', default=os.environ.get('CARGO', 'cargo'))
    args = parser.parse_args()
    unknown = [name for name in args.targets if name not in targets()]
    if unknown:
        parser.error(f'no such target: {", ".join(unknown)}')
    report = Report()
    programs = build(report, args.cargo)
    if programs:
        for name in args.targets or targets():
            run(report, programs / name, args.seconds, args.record)
    sys.exit(report.close())


if __name__ == '__main__':
    main()
