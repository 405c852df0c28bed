"""Prompts of other tools: read into ours, and ours written so that those tools read them."""
