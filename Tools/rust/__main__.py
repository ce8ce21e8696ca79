"""Run one of the scripts in this folder by its module name: `python3 Tools/rust check.check_exports ARGUMENT ...`.

The scripts are grouped by purpose into packages that import each other; this puts their common parent on the path.
"""

import runpy
import sys

if len(sys.argv) < 2:
    sys.exit(f'usage: {sys.executable} Tools/rust PACKAGE.SCRIPT [ARGUMENT ...]')
del sys.argv[0]
runpy.run_module(sys.argv[0], run_name='__main__', alter_sys=True)
