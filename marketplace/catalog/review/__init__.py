"""The operator's examination of a registration request (등록심사), and its decision (E5)."""
