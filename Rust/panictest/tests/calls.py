"""The call that the checks make of panictest: the defect that RUST_DEFECT names, and otherwise none."""

import os


def calls(module):
    defect = os.environ.get('RUST_DEFECT', 'none')
    return [(defect, lambda: lambda: module.defect(defect))]
