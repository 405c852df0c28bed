"""The built-in model keeps the chat contract."""

import asyncio

from desktop.core.prompts import build_messages
from desktop.core.strategies import STARTER_PROMPT
from desktop.core.types import Hit
from desktop.services.chat_extractive import ExtractiveChat

from .check_chat import check_chat
from .word_embedder import WordEmbedder

TEXT = "One pair of eyeglasses is covered every year. Contact lenses are covered, too."
HIT = Hit(1, 1.0, 1, 1, "Vision.pdf", 4, 3, 0, len(TEXT), TEXT)


def test_keeps_the_contract() -> None:
    messages = build_messages(STARTER_PROMPT, "Are eyeglasses covered?", [HIT])
    asyncio.run(check_chat(lambda: ExtractiveChat(WordEmbedder()), messages))
