"""The library of a workspace: entries in versions, and the project edits that use them."""
