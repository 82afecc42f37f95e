import sys
from types import ModuleType, SimpleNamespace

import pytest


class Kernel:
    """Stands for IPython in a Jupyter kernel.

    Attributes:
        outputs: The contents of each output of the cell, in the order in which they were shown.
    """

    def __init__(self):
        self.outputs = []
        self.shell = SimpleNamespace(
            kernel=object(),
            InteractiveTB=SimpleNamespace(
                mode="Context", structured_traceback=lambda *error: ["all frames", *error]
            ),
            compile=SimpleNamespace(
                format_code_name=lambda name: (
                    ("Cell", "In[3]") if name.endswith("test_interrupts.py") else None
                )
            ),
        )

    def display(self, content, *, raw, display_id=None):
        assert raw
        contents = [content]
        self.outputs.append(contents)

        def update(content, *, raw):
            assert raw
            contents.append(content)

        return SimpleNamespace(update=update)


@pytest.fixture
def kernel(monkeypatch):
    kernel = Kernel()
    ipython = ModuleType("IPython")
    ipython.get_ipython = lambda: kernel.shell
    display = ModuleType("IPython.display")
    display.display = kernel.display
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    return kernel
