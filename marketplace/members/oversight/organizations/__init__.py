"""The operator's view of organizations: papers, registration facts, suspension, bank accounts."""
