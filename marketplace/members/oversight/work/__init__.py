"""The exchange's own work as the operator sees it: jobs, workers, mail that was given up."""
