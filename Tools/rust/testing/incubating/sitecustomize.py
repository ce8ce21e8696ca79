"""Put Rust modules that are incubating in the place of the C ones, for CPython's tests.

The interpreter imports this at its start when this folder is on the path.  RUST_INCUBATING names the modules.
"""

import importlib
import os
import sys

for name in os.environ.get('RUST_INCUBATING', '').split():
    sys.modules[name] = importlib.import_module(f'_rust_{name}')
