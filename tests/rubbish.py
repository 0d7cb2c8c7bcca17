"""When Python looks for rubbish, a pytest plugin.

After the tests are collected some 300,000 objects are there that stay to the end. Each full search walks all of them:
some 5 % of the processor time of a run. They are put aside, and later ones are looked through less often.
"""

import gc


def pytest_collection_finish():
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 20, 20)  # by default 700, 10, 10
