"""What a server on this machine answers: the reconciliation service for OpenRefine and its like."""
