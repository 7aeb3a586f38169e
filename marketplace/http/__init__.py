"""What every request passes: facts, cross-site protection, headers, problems, dependencies."""
