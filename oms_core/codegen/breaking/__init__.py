"""What a change of the contract breaks: for those who call, who listen, who answer, and who guard.

``compare`` is a pure function of two surfaces. ``surface`` reads one from descriptors, each other module
compares one side of it, ``origin`` finds the contract that was, and ``allowed`` what was agreed to.
"""
