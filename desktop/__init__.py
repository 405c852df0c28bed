"""Strategy Explorer: prompt, documents or fine-tuning? Find out on your own data."""

__version__ = "0.2.0"
