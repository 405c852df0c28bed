"""The built-in embedding model for tests: converted once, where it can be."""

import subprocess
import sys
from pathlib import Path

import pytest

from desktop.services import embedder_model
from desktop.services.embedder_model import EmbedderModel


def built_in_model() -> EmbedderModel:
    """Skips the test only where there is neither a converted model nor the means to make it."""
    found = embedder_model.find_model()
    if found is None and embedder_model.can_convert():
        subprocess.run([sys.executable, "-m", "desktop.services.model_conversion"], check=True,
                       cwd=Path(__file__).resolve().parents[2])
        found = embedder_model.find_model()
    if found is None:
        pytest.skip("the built-in model is not converted; bootstrap.py does that")
    return found
