"""OMS: a runtime that composes plugins from their contracts.

The layers, from the top down; a module imports only from rows below it::

    cli                             what a person types
    runtime                         composition root
    codegen                         contracts to code, offline
    servers                         how the world gets in: HTTP, gRPC
    plugins                         discovery, order, registry
    calls  messaging                clients by placement; outbox, relay, inbox
    storage  auth                   PostgreSQL; who may do what
    config
    context  errors  ids  clock  …  plain values
"""
