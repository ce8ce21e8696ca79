"""Run the steps of a check, one after the other or side by side, and count their results.

With JUNIT=FILE in the environment the steps are also written to that file in JUnit's XML format, which CI servers read.
"""

import concurrent.futures
import os
import re
import signal
import subprocess
import threading
import time
from xml.etree import ElementTree


# The kinds of results of a step that are counted.
COUNTS = ('passed', 'failed', 'skipped')


def total(steps, names):
    """Return the sums of the counts of some steps."""
    return {key: sum(steps[name][key] for name in names) for key in COUNTS}


def in_words(passed, failed, skipped):
    """Return counts as text."""
    return f'{passed} passed, {failed} failed, {skipped} skipped'


def is_interrupted(done):
    """Tell whether a command was interrupted from the keyboard."""
    return done.returncode in (-signal.SIGINT, 128 + signal.SIGINT)


class Report:
    """Collects results; the closing line counts tests where a step counts them, and steps where it does not."""

    def __init__(self):
        self.lock = threading.Lock()
        # Whether a command was interrupted from the keyboard: its results do not count.
        self.interrupted = False
        self.passed = self.failed = self.skipped = 0
        self.failures = []
        # The counts of each step by name, for the records, its seconds, and its output if it has failed.
        self.steps = {}
        self.seconds = {}
        self.outputs = {}

    def add(self, name, passed=0, failed=0, skipped=0, note=''):
        """Record one step and say so."""
        with self.lock:
            self.passed += passed
            self.failed += failed
            self.skipped += skipped
            self.steps[name] = {'passed': passed, 'failed': failed, 'skipped': skipped}
            if failed:
                self.failures.append(name)
        self.show(name, note)

    def show(self, name, note=''):
        """Print the result of a step."""
        counts = self.steps[name]
        result = 'FAILED' if counts['failed'] else 'ok' if counts['passed'] else 'skipped'
        # The line break is part of the text, so that lines of other threads do not get in between.
        print(f'{result:8}{name}{": " if note else ""}{note}\n', end='', flush=True)

    def side_by_side(self, function, items, jobs):
        """Call the function with each item, in at most `jobs` threads at once; items are started in their order.

        After an exception, such as an interrupt, no more items are started.
        """
        with concurrent.futures.ThreadPoolExecutor(max(jobs, 1)) as pool:
            try:
                for future in [pool.submit(function, item) for item in items]:
                    future.result()
            except BaseException:
                self.interrupted = True
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def combine(self, name, parts, share=1):
        """Record a step that consists of others, or is a share of one, and print it; they are not counted again."""
        self.steps[name] = counts = total(self.steps, parts)
        self.seconds[name] = seconds = share * sum(self.seconds.get(part, 0) for part in parts)
        self.show(name, f'{in_words(**counts)}, {seconds:.0f} s')

    def run(self, name, command, *, count=None, show=False, again=None, nothing_ran=None, **options):
        """Run a command as one step; `count` reads (passed, failed, skipped) from its output.

        If the command fails and `again` is a command, that is run too, and its result counts instead.
        If a command runs no test and ends with the status `nothing_ran`, the step is skipped.
        """
        print(f'        {name} ...\n', end='', flush=True)
        start = time.monotonic()
        options |= {'stdout': subprocess.PIPE, 'stderr': subprocess.STDOUT, 'text': True, 'errors': 'replace'}
        done = subprocess.run(command, **options)
        if again and done.returncode and not is_interrupted(done):
            print(f'{done.stdout}        {name}, again ...\n', end='', flush=True)
            done = subprocess.run(again, **options)
        if is_interrupted(done):
            # Not `|=`: between reading and writing, another thread may set it.
            self.interrupted = True
        counts = count(done.stdout) if count else (1, 0, 0)
        if not any(counts):
            # Nothing ran: it must not look like a success.
            counts = (0, 0, 1)
        if done.returncode and not counts[1] and not (done.returncode == nothing_ran and not counts[0]):
            counts = (counts[0] if count else 0, 1, counts[2])
        if done.returncode or show:
            print(done.stdout, flush=True)
        if counts[1]:
            self.outputs[name] = done.stdout
        self.seconds[name] = seconds = time.monotonic() - start
        numbers = f'{in_words(*counts)}, ' if count else ''
        self.add(name, *counts, note=f'{numbers}{seconds:.0f} s')
        return done

    def close(self):
        """Print the closing line; return the exit status."""
        if self.failures:
            print(f'\nFailed: {", ".join(self.failures)}')
        elif not self.passed:
            print('\nNothing ran')
        print(f'\n{in_words(self.passed, self.failed, self.skipped)}')
        if junit := os.environ.get('JUNIT'):
            self.write_junit(junit)
        return 1 if self.failed or not self.passed else 0

    def write_junit(self, path):
        """Write one test case for each step; the counts of the tests in it are its properties."""
        suite = ElementTree.Element('testsuite', name='rust modules', tests=str(len(self.steps)))
        for name, counts in self.steps.items():
            case = ElementTree.SubElement(suite, 'testcase', name=name, classname='make')
            properties = ElementTree.SubElement(case, 'properties')
            for key, value in counts.items():
                ElementTree.SubElement(properties, 'property', name=key, value=str(value))
            if counts['failed']:
                failure = ElementTree.SubElement(case, 'failure', message=f'{counts["failed"]} failed')
                # XML has no way to write control characters.
                failure.text = re.sub(r'[^\t\n\x20-\ud7ff\ue000-\ufffd]', '?', self.outputs.get(name, ''))
            elif not counts['passed']:
                ElementTree.SubElement(case, 'skipped')
        suite.set('failures', str(sum(counts['failed'] > 0 for counts in self.steps.values())))
        ElementTree.ElementTree(suite).write(path, encoding='utf-8', xml_declaration=True)


def count_cargo(output):
    """Count the results of `cargo test`."""
    lines = re.findall(r'^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored', output, re.MULTILINE)
    return tuple(sum(int(line[i]) for line in lines) for i in range(3))


def count_regrtest(output):
    """Count the results of `python -m test`."""
    total = re.search(r'^Total tests: run=([\d,]+)(.*)$', output, re.MULTILINE)
    if not total:
        return 0, 0, 0
    numbers = {key: int(value.replace(',', '')) for key, value in re.findall(r'(\w+)=([\d,]+)', total[2])}
    run = int(total[1].replace(',', ''))
    failed, skipped = numbers.get('failures', 0), numbers.get('skipped', 0)
    return run - failed - skipped, failed, skipped


def count_unittest(output):
    """Count the results of `python -m unittest`."""
    run = re.search(r'^Ran (\d+) tests?', output, re.MULTILINE)
    numbers = {key: int(value) for key, value in re.findall(r'(failures|errors|skipped)=(\d+)', output)}
    failed, skipped = numbers.get('failures', 0) + numbers.get('errors', 0), numbers.get('skipped', 0)
    return (int(run[1]) if run else 0) - failed - skipped, failed, skipped
