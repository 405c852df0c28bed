"""Tiny models with random weights, written without torch: their folders, and what serves both
in one process, so that a test imports torch once."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

from desktop.services import torch_worker
from desktop.services.embedder_model import tokenizer_file
from desktop.services.worker_child import Handler, Steps
from desktop.services.worker_frames import Header

WIDTH, WORDS, PLACES = 64, 30_522, 64
EVERYWHERE = [0, 101, 102, 1012, 1029]  # [PAD] [CLS] [SEP] . ?


def _layer(width: int, *, attend: bool) -> dict[str, Any]:
    """One that passes on what it is given; `attend`: with what stands around it."""
    sizes = {"attention.self.query": (width, width), "attention.self.key": (width, width),
             "attention.self.value": (width, width), "attention.output.dense": (width, width),
             "intermediate.dense": (width, width), "output.dense": (width, width)}
    weights: dict[str, Any] = {}
    for name, shape in sizes.items():
        weights[f"{name}.weight"] = np.zeros(shape)
        weights[f"{name}.bias"] = np.zeros(shape[0])
    if attend:
        for name in ("attention.self.value", "attention.output.dense"):
            weights[f"{name}.weight"] = np.eye(width)
    for name in ("attention.output.LayerNorm", "output.LayerNorm"):
        weights |= {f"{name}.weight": np.ones(width), f"{name}.bias": np.zeros(width)}
    return weights


def bert_weights(prefix: str = "", *, attend: bool = False) -> dict[str, Any]:
    """Of a BERT with one layer: words keep their own random direction, so that texts with the
    same words are near; what every text has, such as a full stop, has none."""
    rng = np.random.default_rng(7)
    words = rng.normal(0, 1, (WORDS, WIDTH))
    words[EVERYWHERE] = 0
    weights = {
        "embeddings.word_embeddings.weight": words,
        "embeddings.position_embeddings.weight": np.zeros((PLACES, WIDTH)),
        "embeddings.token_type_embeddings.weight": np.zeros((2, WIDTH)),
        "embeddings.LayerNorm.weight": np.ones(WIDTH), "embeddings.LayerNorm.bias": np.zeros(WIDTH),
        "pooler.dense.weight": rng.normal(0, 1, (WIDTH, WIDTH)),
        "pooler.dense.bias": np.zeros(WIDTH),
    }
    layer = _layer(WIDTH, attend=attend)
    weights |= {f"encoder.layer.0.{name}": each for name, each in layer.items()}
    return {f"{prefix}{name}": each.astype(np.float32) for name, each in weights.items()}


def make_plain(folder: Path, weights: dict[str, Any], **config: Any) -> Path:
    """A transformer's folder with the built-in model's tokenizer."""
    folder.mkdir(parents=True)
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    (folder / "config.json").write_text(json.dumps({
        "model_type": "bert", "vocab_size": WORDS, "hidden_size": WIDTH, "num_hidden_layers": 1,
        "num_attention_heads": 2, "intermediate_size": WIDTH, "max_position_embeddings": PLACES,
        "hidden_act": "gelu", "architectures": ["BertModel"], **config}))
    shutil.copy(tokenizer_file(), folder / "tokenizer.json")
    (folder / "tokenizer_config.json").write_text(json.dumps({
        "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": PLACES,
        "cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]", "unk_token": "[UNK]",
        "mask_token": "[MASK]"}))
    return folder


def make_embedding(folder: Path) -> Path:
    """A sentence-transformers folder that averages tokens and marks questions."""
    make_plain(folder, bert_weights())
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps({
        "word_embedding_dimension": WIDTH, "pooling_mode_mean_tokens": True,
        "pooling_mode_cls_token": False}))
    (folder / "sentence_bert_config.json").write_text(json.dumps({
        "max_seq_length": 48, "do_lower_case": False}))
    (folder / "modules.json").write_text(json.dumps([
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling",
         "type": "sentence_transformers.models.Pooling"}]))
    (folder / "config_sentence_transformers.json").write_text(json.dumps({
        "prompts": {"query": "question: ", "document": ""}, "default_prompt_name": None,
        "similarity_fn_name": "cosine"}))
    return folder


def make_cross_encoder(folder: Path, labels: int = 1) -> Path:
    """A classifier of pairs."""
    rng = np.random.default_rng(3)
    weights = bert_weights("bert.", attend=True) | {
        "classifier.weight": rng.normal(0, 1, (labels, WIDTH)).astype(np.float32),
        "classifier.bias": np.zeros(labels, np.float32)}
    return make_plain(
        folder, weights, architectures=["BertForSequenceClassification"],
        id2label={str(n): f"LABEL_{n}" for n in range(labels)},
        label2id={f"LABEL_{n}": n for n in range(labels)})


def both(config: Header) -> Handler:
    """For one process: the embedding model's requests, and a cross-encoder's."""
    embed = torch_worker.make_handler(config)
    rank = torch_worker.make_reranker({"folder": config["cross_encoder"]})

    def handler(header: Header, payload: memoryview) -> Steps:
        if "broken" in header:
            torch_worker.make_reranker({"folder": header["broken"]})
        ranks = "passages" in header or "about" in header
        found = yield from (rank if ranks else embed)(header, payload)
        return found

    return handler
