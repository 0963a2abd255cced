"""The contract compiler: descriptors in, Python, descriptor sets and OpenAPI out.

``generate`` is one pure function from protoc's request to its response, in three layers: ``read_*``
modules turn descriptors into the small typed model, and ``render`` and ``openapi`` turn the model into
files. Two doors lead to it: ``protoc-gen-oms`` and ``oms generate``.
"""
