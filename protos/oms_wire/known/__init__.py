"""The messages of google.protobuf whose JSON is not an object of their fields.

Generated classes of these messages have the mixins of this package in front of their base.
"""
