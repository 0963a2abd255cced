"""The official protobuf conformance suite, run against generated code: ``make conformance``."""
