"""What people are told: in-app notices, and mail that leaves through an outbox."""
