"""What `langchain_compare.py` runs in an environment that has LangChain: the usual pipeline.

    python langchain_side.py MODEL-FOLDER PDF...

Prints `chunks N` and `searched SCORE` once a first question was answered by the index.
"""

import sys

from langchain_community.document_loaders import PyPDFLoader
from langchain_community.vectorstores import FAISS
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter


def main(model: str, paths: list[str]) -> None:
    pages = [page for path in paths for page in PyPDFLoader(path).load()]
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=100)
    chunks = splitter.split_documents(pages)
    print("chunks", len(chunks))
    index = FAISS.from_documents(chunks, HuggingFaceEmbeddings(model_name=model))
    [(_, score)] = index.similarity_search_with_score("What is covered?", k=1)
    print("searched", score)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
