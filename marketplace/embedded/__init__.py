"""PostgreSQL and the S3 server of one machine: start, stop, recover."""
