"""Bytes under keys: the object store over the S3 API."""
