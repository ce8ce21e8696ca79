"""Write the software bill of materials of the linked Rust code in CycloneDX's JSON format.

sbom.py --output FILE [--target TARGET] MODULE...

The components are the crates that are linked into the interpreter, and Rust's standard library.  The same sources and
toolchain give the same bytes: the time is that of SOURCE_DATE_EPOCH, or is left out.
"""

import datetime
import json
import os
import re
import subprocess
import uuid

from build.crates import dependencies, reachable, write_for_installation
from build.setup_rust import TOP

# https://cyclonedx.org/docs/1.6/json/
SPEC_VERSION = '1.6'
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, 'https://cyclonedx.org/')
ROOT = 'stdlib'


def checksums():
    """Return the SHA-256 of each crate's archive, as Cargo.lock has it."""
    text = (TOP / 'Cargo.lock').read_text(encoding='utf-8')
    pattern = r'^name = "(.+)"\nversion = "(.+)"\nsource = .*\nchecksum = "(\w+)"$'
    return {(name, version): digest for name, version, digest in re.findall(pattern, text, re.MULTILINE)}


def component(package, digest):
    """Return the component of a crate; that of this workspace has no package URL."""
    name, version = package['name'], package['version']
    found = {'type': 'library', 'bom-ref': f'{name}@{version}', 'name': name, 'version': version, 'scope': 'required'}
    if package['description']:
        found['description'] = ' '.join(package['description'].split())
    # A slash between licences is the old way to write OR.
    found['licenses'] = [{'expression': package['license'].replace('/', ' OR ')}]
    if package['source']:
        found['bom-ref'] = found['purl'] = f'pkg:cargo/{name}@{version}'
        found['hashes'] = [{'alg': 'SHA-256', 'content': digest}]
        if package['repository']:
            found['externalReferences'] = [{'type': 'vcs', 'url': package['repository']}]
    return found


def standard_library():
    """Return the component of Rust's own library, which rustc links."""
    rustc = [os.environ.get('RUSTC', 'rustc'), '--version']
    version = subprocess.run(rustc, check=True, capture_output=True, text=True).stdout.split()[1]
    return {
        'type': 'library',
        'bom-ref': f'rust-std@{version}',
        'name': 'rust-std',
        'version': version,
        'scope': 'required',
        'description': "Rust's standard library",
        'licenses': [{'expression': 'MIT OR Apache-2.0'}],
        'externalReferences': [{'type': 'website', 'url': 'https://www.rust-lang.org'}],
    }


def document(data):
    """Return the contents of the file."""
    digests = checksums()
    linked = reachable(data, (None,), ROOT)
    known = {
        package['id']: component(package, digests.get((package['name'], package['version']))) for package in linked
    }
    edges = dependencies(data, (None,))
    root = next(known.pop(package['id']) for package in linked if package['name'] == ROOT)
    std = standard_library()
    components = sorted([*known.values(), std], key=lambda item: item['bom-ref'])
    graph = {std['bom-ref']: []}
    for package in linked:
        item = known.get(package['id'], root)
        needs = {known[key]['bom-ref'] for key in edges[package['id']]} | {std['bom-ref']}
        graph[item['bom-ref']] = sorted(needs)
    metadata = {'component': root | {'description': 'The Rust modules of this Python'}}
    if epoch := os.environ.get('SOURCE_DATE_EPOCH'):
        moment = datetime.datetime.fromtimestamp(int(epoch), datetime.timezone.utc)
        metadata['timestamp'] = moment.isoformat().replace('+00:00', 'Z')
    body = {
        'metadata': metadata,
        'components': components,
        'dependencies': [{'ref': ref, 'dependsOn': graph[ref]} for ref in sorted(graph)],
    }
    serial = uuid.uuid5(NAMESPACE, json.dumps(body, sort_keys=True))
    head = {
        '$schema': f'http://cyclonedx.org/schema/bom-{SPEC_VERSION}.schema.json',
        'bomFormat': 'CycloneDX',
        'specVersion': SPEC_VERSION,
        'serialNumber': f'urn:uuid:{serial}',
        'version': 1,
    }
    return head | body


def write(path, data):
    """Write the bill of materials of a library, from what cargo says of it."""
    path.write_text(json.dumps(document(data), indent=2, ensure_ascii=False) + '\n', encoding='utf-8')


if __name__ == '__main__':
    write_for_installation(__doc__.splitlines()[0], write)
