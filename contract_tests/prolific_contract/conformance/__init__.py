"""The gate as pytest tests: one for each law and operation.

::

    pytest --pyargs prolific_contract.conformance --prolific-target URL --prolific-batch ID

with the token in ``PROLIFIC_TOKEN``. One conversation is held with the server for the whole
run, whatever tests are chosen and however many workers pytest-xdist has. A law that the
conversation did not exercise is skipped with the reason. The markers ``prolific_shape``,
``prolific_value``, ``prolific_time`` and ``prolific_isolation`` choose families of laws.
"""
