"""The operator's view of persons: sessions, suspension, lost second factors."""
