"""Build and test on minimal Debian systems, made with debootstrap below check-bare/.  Needs root.

  readme    the commands of the README, in a fresh clone, as root, with the distribution's own compilers alone
  package   what a packager does: the archive that `make dist` makes, a plain user, no network, a read-only source tree
            and a build folder apart from it, --enable-shared, hardening flags; the tests, and what is installed
  cross     a build for 64-bit Arm, and its modules under qemu
  i386      a build for 32-bit x86

What is committed is what is built.  Packages and crates come from where this machine's apt and the distribution's cargo
get them.  A part needs those before it.
"""

import argparse
import datetime
import itertools
import json
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

from check import records
from check.report import Report, count_regrtest
from build.setup_rust import TOP

SUITES = {'bookworm': 'Debian 12', 'trixie': 'Debian 13', 'sid': 'Debian unstable'}
RECORD = records.FOLDER / 'bare-machines.json'
PAGE = TOP / 'Doc/building.md'
CLONE, PACKAGE, BUILD, STAGE = '/src/clone', '/src/package', '/home/builder/build', '/home/builder/stage'
SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
# What Debian's and Fedora's helpers set, in the environment as they do.
FLAGS = {
    'CFLAGS': f'-g -O2 -ffile-prefix-map={PACKAGE}=. -fstack-protector-strong -Wformat -Werror=format-security',
    'CPPFLAGS': '-Wdate-time -D_FORTIFY_SOURCE=2',
    'LDFLAGS': '-Wl,-z,relro -Wl,-z,now',
    'RUSTFLAGS': '-Cforce-frame-pointers=yes -Crelro-level=full',
}


def archive_roots():
    """Return the roots of Debian's archive and of its security updates that this machine's apt uses."""
    command = ['apt-get', 'indextargets', '--format', '$(REPO_URI) $(LABEL)', 'Created-By: Packages']
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    roots = {label: uri for uri, _, label in (line.partition(' ') for line in reversed(output.splitlines()))}
    if not {'Debian', 'Debian-Security'} <= set(roots):
        sys.exit("check_bare.py: this machine's apt does not know Debian's archive and its security updates")
    return roots['Debian'], roots['Debian-Security']


class Machine:
    """A minimal system below a folder, in which commands run."""

    def __init__(self, suite, folder, report, jobs):
        self.suite, self.folder, self.report, self.jobs = suite, folder, report, jobs
        self.root = folder / 'root'
        self.results = {}

    def install(self):
        """Make the system afresh; return whether that worked."""
        archive, security = archive_roots()
        base, cache = self.folder / 'base', self.folder / 'packages'
        if not (base / 'etc/debian_version').exists():
            cache.mkdir(parents=True, exist_ok=True)
            command = ['debootstrap', '--variant=minbase', f'--cache-dir={cache.absolute()}', self.suite, base, archive]
            if self.report.run(f'{self.suite}: debootstrap', command).returncode:
                return False
        shutil.rmtree(self.root, ignore_errors=True)
        subprocess.run(['cp', '-a', base, self.root], check=True)
        sources = [(archive, self.suite)]
        if self.suite != 'sid':
            sources += [(archive, f'{self.suite}-updates'), (security, f'{self.suite}-security')]
        lines = ''.join(f'deb {uri} {suite} main\n' for uri, suite in sources)
        (self.root / 'etc/apt/sources.list').write_text(lines, encoding='utf-8')
        # A mirror may be behind for longer than the list of the packages is valid.
        valid = 'Acquire::Check-Valid-Until "false";\n'
        (self.root / 'etc/apt/apt.conf.d/90mirror').write_text(valid, encoding='utf-8')
        # The settings with which this machine reaches the network.
        for place in ('etc/resolv.conf', 'etc/hosts'):
            shutil.copy(f'/{place}', self.root / place)
        shutil.copytree(
            '/usr/local/share/ca-certificates', self.root / 'usr/local/share/ca-certificates', dirs_exist_ok=True
        )
        subprocess.run(['git', 'clone', '--quiet', '--no-hardlinks', TOP, f'{self.root}{CLONE}'], check=True)
        return True

    def git(self, *arguments):
        """Run a git command of this machine in the clone of the system, and return what it prints."""
        command = ['git', '-C', f'{self.root}{CLONE}', *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def prepare(self, again):
        """Make the system afresh, or check out what is committed now in the one that an earlier run has left.

        Return whether that worked.
        """
        if not again:
            return self.install()
        self.git('fetch', '--quiet', str(TOP), 'HEAD')
        self.git('checkout', '--quiet', '--force', '--detach', 'FETCH_HEAD')
        return True

    def commit(self):
        """Return the commit that is built; this repository may have a newer one when a part is done."""
        return self.git('rev-parse', '--short=12', 'HEAD')

    def run(self, part, name, command, *, folder='/', user=False, network=True, readonly=(), env=(), count=None):
        """Run a line of shell in the system as one step; return what was printed, or None when it failed."""
        binds = [
            f'mount --bind {self.root}{place} {self.root}{place} && mount -o remount,ro,bind {self.root}{place}'
            for place in readonly
        ]
        mounts = ['mount --rbind /dev {0}/dev', 'mount -t proc proc {0}/proc', 'mount -t sysfs -o ro sysfs {0}/sys']
        mounts = [line.format(self.root) for line in mounts] + binds
        home = '/home/builder' if user else '/root'
        variables = {'PATH': SYSTEM_PATH, 'HOME': home, 'LANG': 'C.UTF-8', 'MAKEFLAGS': f'-j{self.jobs}'} | dict(env)
        inner = ['env', '-i', *(f'{key}={value}' for key, value in variables.items())]
        inner += ['setpriv', '--reuid=1000', '--regid=1000', '--clear-groups'] if user else []
        inner += ['sh', '-c', f'cd {folder} && {command}']
        # A loopback, which the tests of sockets use, is there without a network, too.
        lonely = '' if network else 'ip link set lo up 2>/dev/null || ifconfig lo up 2>/dev/null || true; '
        line = f'{" && ".join(mounts)} && {lonely}exec chroot {self.root} {shlex.join(inner)}'
        namespaces = ['--mount', '--propagation=private', '--pid', '--fork', *([] if network else ['--net'])]
        title = f'{self.suite}: {name}'
        done = self.report.run(title, ['unshare', *namespaces, 'sh', '-c', line], count=count)
        log = self.folder / 'logs' / (re.sub(r'\W+', '-', name) + '.log')
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(done.stdout, encoding='utf-8')
        step = self.report.steps[title]
        total = self.results.setdefault(part, {'passed': 0, 'failed': 0, 'skipped': 0})
        for key in total:
            total[key] += step[key]
        return None if done.returncode else done.stdout

    def expect(self, part, name, fact):
        """Record whether something is as it must be."""
        self.report.add(f'{self.suite}: {name}', passed=bool(fact), failed=not fact)
        total = self.results.setdefault(part, {'passed': 0, 'failed': 0, 'skipped': 0})
        total['passed' if fact else 'failed'] += 1

    def skip(self, part, name, reason):
        """Record that a step cannot be done on this system."""
        self.report.add(f'{self.suite}: {name}', skipped=1, note=reason)
        self.results.setdefault(part, {'passed': 0, 'failed': 0, 'skipped': 0})['skipped'] += 1


def count_closing_line(output):
    """Read the last line of `make test`."""
    found = re.findall(r'^(\d+) passed, (\d+) failed, (\d+) skipped$', output, re.MULTILINE)
    return tuple(map(int, found[-1])) if found else (0, 0, 0)


def readme_commands():
    """Return the two commands of the README."""
    text = (TOP / 'README.md').read_text(encoding='utf-8')
    section = re.search(r'^## Two commands$(.*?)^## ', text, re.MULTILINE | re.DOTALL)[1]
    return re.findall(r'^    ([^$<].*)$', section, re.MULTILINE)[:2]


def readme(machine):
    """Do what the README says."""
    build, test = readme_commands()
    if machine.run('readme', build, build, folder=CLONE) is None:
        return False
    machine.run('readme', test, test, folder=CLONE, count=count_closing_line)
    status = machine.run('readme', 'make status', 'make status', folder=CLONE)
    machine.expect('readme', 'make status prints the table alone', status and status.startswith('module'))
    return True


def package(machine):
    """Do what a packager does."""

    def build(name, command, **options):
        # What a helper of the distribution exports stays the same for all steps.
        options = {'folder': BUILD, 'env': FLAGS | {'CARGOFLAGS': '--offline'}, 'readonly': [PACKAGE]} | options
        return machine.run('package', name, command, user=True, network=False, **options)

    def prepare(name, command, folder=PACKAGE):
        return machine.run('package', name, command, folder=folder) is not None

    archive = f'{CLONE}/cpython-rust-modules-*.tar.xz'
    listing = 'find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum'
    dist = f'rm -f {archive} && make dist'
    twice = f'{dist} && sha256sum {archive} > /src/first && {dist} && sha256sum -c /src/first'
    # The README's commands do not need it, and a maintainer's machine has it.
    git = 'apt-get install -y -qq --no-install-recommends git'
    # An earlier run may have left the user and the folders.
    user = 'id builder || useradd --create-home --uid 1000 builder'
    empty = f'rm -rf {PACKAGE} && mkdir {PACKAGE}'
    if not (
        prepare('git', git, '/')
        and prepare('a plain user', f'{user} && rm -rf {BUILD} {STAGE} && install -d -o builder {BUILD}', '/')
        and prepare('make dist, twice with the same result', twice, CLONE)
        and prepare('unpack the archive', f'{empty} && tar -xf {archive} -C {PACKAGE} --strip-components=1', '/')
        and prepare('bootstrap --no-install', f'./bootstrap --no-install --tarball {CLONE}/Python-*.tar.xz')
        and prepare('list the source tree', f'{listing} > /src/listing')
    ):
        return
    options = '--disable-gil --enable-shared --prefix=/usr --with-rust-modules=all'
    if build('configure', f'{PACKAGE}/configure {options}') is None or build('make', 'make') is None:
        return
    build('./python runs', './python -c "import zlib, binascii; print(zlib, binascii)"')
    # Some of CPython's tests remove files that do not exist, which is a different error on a read-only mount. Without
    # the mount the user cannot write to the tree either: it belongs to root.
    build('make test', 'make test', readonly=(), count=count_closing_line)
    build('make install', f'make install DESTDIR={STAGE}')
    root = machine.root
    text = (root / f'{BUILD[1:]}/rust/stdlib.o').read_bytes()
    for place in (PACKAGE, BUILD, '/home/builder', '/root'):
        machine.expect('package', f'the Rust object does not name {place}', place.encode() not in text)
    machine.expect('package', 'the Rust object has debugging information', b'.debug_info' in text)
    stage = root / STAGE[1:]
    texts = [file.read_text(encoding='utf-8') for file in stage.glob('usr/lib/python3.*/_sysconfigdata*.py')]
    texts += [file.read_text(encoding='utf-8') for file in stage.glob('usr/lib/python3.*/config-*/Makefile')]
    machine.expect('package', 'no installed file names the archive', texts and not any('librust' in t for t in texts))
    told = all('--with-rust-modules=all' in text for text in texts)
    machine.expect('package', 'the options of configure are in what is installed', texts and told)
    for name in ('LICENSE-Rust.txt', 'sbom-rust.cdx.json'):
        machine.expect('package', f'{name} is installed', [*stage.glob(f'usr/lib/python3.*/{name}')])
    machine.run('package', 'the source tree is as it was', f'{listing} | cmp - /src/listing', folder=PACKAGE)
    env = {'LD_LIBRARY_PATH': f'{STAGE}/usr/lib'}
    build('the installed tree', f'python3 -B {PACKAGE}/Tools/rust testing.tools.test_install {STAGE}/usr', env=env)


# A program that shows that each module works, on any processor.
WORKING = """
import _bz2, _json, _rust, binascii, cmath, json, math, platform, zlib
assert platform.machine() == MACHINE, platform.machine()
names = ['_bz2', '_json', 'binascii', 'cmath', 'math', 'zlib']
assert {_rust.implementation(name) for name in names} == {'Rust'}
data = bytes(range(256)) * 1000
assert zlib.decompress(zlib.compress(data)) == data
assert binascii.a2b_base64(binascii.b2a_base64(data)) == data
compressor = _bz2.BZ2Compressor(9)
assert _bz2.BZ2Decompressor().decompress(compressor.compress(data) + compressor.flush()) == data
assert json.loads(json.dumps([1.5, 'x', None])) == [1.5, 'x', None]
assert math.fsum([0.1] * 10) == 1.0 and math.isqrt(10**40) == 10**20 and cmath.sqrt(-1) == 1j
assert zlib.crc32(data) == binascii.crc32(data)
"""

# The same for the incubating modules, where they replace those of C.
INCUBATING = """
import array, bisect, csv, functools, heapq, importlib, io, random, re, struct, sys, unicodedata
import _rust
from xml.etree import ElementTree
names = [module.name for module in _rust.modules() if module.stage != 'testing']
for name in names:
    importlib.import_module(name)
assert {_rust.implementation(name) for name in names} == {'Rust'}, names
assert array.array('q', array.array('l', range(1000))).tolist() == list(range(1000))
assert bisect.bisect([1, 2, 2, 3], 2) == 3 and list(heapq.merge([1, 3], [2])) == [1, 2, 3]
table = [['a,b', 'c"d'], ['e', '']]
file = io.StringIO()
csv.writer(file).writerows(table)
assert [*csv.reader(io.StringIO(file.getvalue(), newline=''))] == table
assert functools.reduce(int.__add__, range(10)) == 45 and functools.partial(int, base=2)('101') == 5
assert random.Random(1).random() == 0.13436424411240122 and random.Random(1).getrandbits(70) == 1006624138111981302261
assert re.findall(r'(\\w+)@(\\w+)', 'a@b, cd@ef') == [('a', 'b'), ('cd', 'ef')]
assert struct.unpack('<iqd', struct.pack('<iqd', -1, 2**40, 0.5)) == (-1, 2**40, 0.5)
assert struct.calcsize('P') == (8 if sys.maxsize > 2**32 else 4)
assert unicodedata.normalize('NFD', '\\xe9') == 'e\\u0301' and unicodedata.lookup('SNOWMAN') == '\\u2603'
assert ElementTree.tostring(ElementTree.fromstring('<a b="1"><c>x</c></a>')) == b'<a b="1"><c>x</c></a>'
"""


# What is printed where a package for another architecture does not exist.
MISSING = 'no-such-package'


def install_foreign(machine, part, architecture, packages):
    """Install packages, and Rust's own library for another architecture; return whether that worked."""
    query = "dpkg-query -W -f '${Package} ${Version}\\n' 'libstd-rust*'"
    versions = dict(re.findall(r'^(\S+) (\S+)$', machine.run(part, 'which Rust it is', query) or '', re.MULTILINE))
    library = 'libstd-rust-web-dev' if 'libstd-rust-web-dev' in versions else 'libstd-rust-dev'
    version = versions.get(library, '')
    install = f'apt-get install -y -qq --no-install-recommends {packages}'
    # Unpacked without its dependencies. These are for a compiler of that architecture, and must have the same versions
    # as those that are installed for this one, which a mirror may not have yet.
    file = f'{library}_*_{architecture}.deb'
    unpack = f'rm -f {file} && apt-get download -qq {library}:{architecture}={version} && dpkg --extract {file} /'
    # The compiler reads a library of its own version alone, which the distribution may lack for another architecture.
    known = f"apt-cache madison {library}:{architecture} | grep -qF ' {version} '"
    unpack = f'if {known}; then {unpack}; else echo {MISSING}; fi'
    # A mirror may lack the list of some part for a while.
    command = f'dpkg --add-architecture {architecture} && (apt-get update -qq || true) && {install} && {unpack}'
    title = f'packages for {architecture}'
    output = machine.run(part, title, command, folder='/tmp', env={'DEBIAN_FRONTEND': 'noninteractive'})
    if output and MISSING in output:
        machine.skip(part, f'build for {architecture}', f'there is no {library} {version} for {architecture}')
        return False
    return output is not None


# The tests that start a process, which an emulated one cannot do unless the kernel knows the emulator.
STARTING = (
    'test.test_json.test_tool.*',
    'test_bug_gh101955',
    'test_cache_bytes_vs_str_bb',
    'test_does_not_crash_on_broken_imports',
    'test_failed_import_during_compiling',
    'test_lazy_import',
    'test_regression_gh94675',
    'test_struct_cleans_up_at_runtime_shutdown',
    'test_unicodedata_unload_reload',
)

# CPython's tests of the modules that are the default, and of those that are incubating.
TESTS = 'zlib binascii json math cmath bz2'
INCUBATING_TESTS = 'bisect heapq csv struct array random functools re unicodedata ucn pyexpat xml_etree_c'


def build_foreign(machine, part, host, run, option='', ignored=()):
    """Build for the platform `host`, and run the modules, and CPython's tests of them, by the command `run`."""
    # The results of tests that CPython's configure cannot run for another processor.
    cached = 'ac_cv_file__dev_ptmx=yes ac_cv_file__dev_ptc=no ac_cv_buggy_getaddrinfo=no'
    native = f'--build=x86_64-linux-gnu --with-build-python={CLONE}/cpython/python'
    folder = f'/src/{host}'
    # Without PKG_CONFIG_LIBDIR, pkg-config finds libraries of the machine that builds.
    cached += f' PKG_CONFIG_LIBDIR=/usr/lib/{host}/pkgconfig'
    configure = f'{CLONE}/configure --disable-gil --host={host} {native} {cached} {option}'
    if machine.run(part, f'build for {host}', f'mkdir -p {folder} && cd {folder} && {configure} && make') is None:
        return
    python = f'{run} {folder}/cpython/python -B'
    code = f'MACHINE = {host.partition("-")[0]!r}\n{WORKING}'
    machine.run(part, f'the modules of {host}', f'{python} -c {shlex.quote(code)}')
    every = f'{python} -X rust_modules=all'
    machine.run(part, f'the incubating modules of {host}', f'{every} -c {shlex.quote(INCUBATING)}')
    ignore = ''.join(f' --ignore {shlex.quote(pattern)}' for pattern in ignored)
    for start, tests in ((python, TESTS), (every, INCUBATING_TESTS)):
        for name in tests.split():
            command = f'{start} -m test test_{name}{ignore}'
            machine.run(part, f'test_{name} of {host}', command, folder=folder, count=count_regrtest)


def cross(machine):
    """Build for 64-bit Arm, and run that under an emulator."""
    packages = 'gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user'
    if install_foreign(machine, 'cross', 'arm64', packages):
        emulator = 'qemu-aarch64 -L /usr/aarch64-linux-gnu'
        build_foreign(machine, 'cross', 'aarch64-linux-gnu', emulator, ignored=STARTING)


def i386(machine):
    """Build for a processor of 32 bits, which this one can be."""
    # What is built runs with the C library of that architecture.
    packages = 'gcc-i686-linux-gnu libc6-dev-i386-cross libclang-dev libc6:i386 libgcc-s1:i386'
    if not install_foreign(machine, 'i386', 'i386', packages):
        return
    # These need a CPython that is configured for the target.
    apart = ['stdlib', '_rust', 'panictest', 'cpython-sys', 'cpython-api']
    # These run on the machine that builds.
    apart += ['bindgen-cpython', 'build-support', 'deflate-difftest', 'headergen']
    excluded = ' '.join(f'--exclude {name}' for name in apart)
    command = f'cargo check --locked --workspace {excluded} --target i686-unknown-linux-gnu'
    machine.run('i386', 'cargo check for i686', command, folder=CLONE)
    # Only the bindings for 64-bit pointers are committed.
    build_foreign(machine, 'i386', 'i686-linux-gnu', 'setarch i686', '--with-bindgen')


PARTS = {'readme': readme, 'package': package, 'cross': cross, 'i386': i386}


def versions(machine):
    """Return the versions of the compilers of a system, and of its C library."""
    command = 'rustc --version; gcc -dumpfullversion; ldd --version 2>&1 | sed -n 1p'
    lines = subprocess.run(['chroot', machine.root, 'sh', '-c', command], capture_output=True, text=True).stdout
    found = [re.search(r'\d+\.\d+(\.\d+)?(?=\D*$|\s|\+)', line) for line in lines.splitlines()]
    return dict(zip(('rustc', 'gcc', 'glibc'), (match[0] if match else '' for match in found), strict=False))


def write_record(suite, commit, tools, results):
    """Record the results of a commit on a system, and write the table in the handbook."""
    try:
        known = json.loads(RECORD.read_text(encoding='utf-8'))
    except FileNotFoundError:
        known = {}
    stamp = {'date': datetime.datetime.now(datetime.timezone.utc).date().isoformat(), 'commit': commit}
    for part, result in results.items():
        known.setdefault(suite, {})[part] = stamp | tools | result
    RECORD.write_text(json.dumps(known, indent=1, sort_keys=True) + '\n', encoding='utf-8')
    text = PAGE.read_text(encoding='utf-8')
    pattern = re.compile(r'(?<=<!-- check-bare: written by make check-bare RECORD=1 -->\n).*?(?=<!-- end -->)', re.S)
    PAGE.write_text(pattern.sub(lambda match: table(known), text, count=1), encoding='utf-8')


def table(known):
    """Return the table of the handbook."""
    lines = ['', '| system | compilers | part | commit | passed | failed | skipped |']
    lines.append('| --- | --- | --- | --- | ---: | ---: | ---: |')
    for suite, part in itertools.product(SUITES, PARTS):
        if result := known.get(suite, {}).get(part):
            tools = ', '.join(f'{name} {result[name]}' for name in ('rustc', 'gcc', 'glibc') if name in result)
            numbers = ' | '.join(str(result[key]) for key in ('passed', 'failed', 'skipped'))
            lines.append(f'| {SUITES[suite]} | {tools} | `{part}` | {result["commit"]} | {numbers} |')
    return '\n'.join([*lines, '', ''])


def make_parser(description, parts, folder):
    """Return a parser of the arguments that check-bare and check-deb share: which parts run, and in which systems."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('parts', nargs='*', metavar='PART', help=f'which parts: {", ".join(parts)} (default: all)')
    parser.add_argument('--suite', action='append', choices=SUITES, help='which system; can be repeated (default: all)')
    parser.add_argument('--folder', type=pathlib.Path, default=pathlib.Path(folder), help='where the systems are made')
    parser.add_argument('--again', action='store_true', help='use the systems that an earlier run has left')
    parser.add_argument('--jobs', type=int, default=2, help='how many commands of make run at once')
    return parser


def parse(parser, parts):
    """Return the arguments; without parts or systems, all of them are chosen."""
    args = parser.parse_args()
    if unknown := [part for part in args.parts if part not in parts]:
        parser.error(f'no such part: {", ".join(unknown)}')
    args.parts = args.parts or list(parts)
    args.suite = args.suite or list(SUITES)
    return args


def main():
    parser = make_parser(__doc__, PARTS, 'check-bare')
    parser.add_argument('--record', action='store_true', help='write Doc/records and the table in the handbook')
    args = parse(parser, PARTS)
    report = Report()
    for suite in args.suite:
        machine = Machine(suite, (args.folder / suite).absolute(), report, args.jobs)
        if not machine.prepare(args.again):
            continue
        for part in args.parts:
            done = PARTS[part](machine)
            if args.record:
                # After each part: the whole takes hours.
                write_record(suite, machine.commit(), versions(machine), machine.results)
            if done is False:
                break
    sys.exit(report.close())


if __name__ == '__main__':
    main()
