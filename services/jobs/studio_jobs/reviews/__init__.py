"""Comments and approvals: what they are about, and how they stay with it through edits."""
