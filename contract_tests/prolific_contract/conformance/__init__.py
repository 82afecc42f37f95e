"""The gate as pytest tests, one for each law and operation.

::

    pytest --pyargs prolific_contract.conformance --prolific-target URL --prolific-batch ID

with the token in ``PROLIFIC_TOKEN``. A run holds one conversation with the server, whichever tests
are selected and however many workers pytest-xdist has. The tests of laws that the conversation did
not exercise are skipped with the reason. The markers ``prolific_shape``, ``prolific_value``,
``prolific_time`` and ``prolific_isolation`` select families of laws.
"""
