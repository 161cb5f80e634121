"""film render --watch: on each save the plan, what changed made anew, and a page that plays it."""
