"""The bodies that run the exchange and the programme, the operator's staff, evaluators, experts."""
