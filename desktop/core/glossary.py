"""“What is this?” for every knob: one honest sentence, under the name that the screen has for it.

A name that means different things in two forms is written `Form: name`. Metrics explain
themselves in `evaluation/metrics`. Other sentences of the forms, which say what a value does
now, are not here.
"""

from __future__ import annotations

from collections.abc import Mapping

KNOBS: Mapping[str, str] = {
    # a strategy
    "StrategyForm: Name": "What the column is called everywhere, also in runs and reports.",
    "Derives from": "The column this one is measured against: its head says what differs.",
    "StrategyForm: Model": "The connection and deployment that answers in this column.",
    "Prompt": "The version of the prompt that is sent; “current” follows every edit.",
    "Documents": "Which passages go with the question: none, those found, or all that fits.",
    "This is a fine-tuned model": "Your word that this deployment was trained on your examples: a "
                                  "name does not tell. It puts the column on that rung.",
    "Show as a column": "A hidden column is neither asked nor run; its recipe is kept.",
    # generation
    "Temperature": "How freely words are drawn: 0 is the likeliest word each time, which suits "
                   "facts; 0.7 and more suits writing. Reasoning models refuse it.",
    "Top p": "Words are drawn from the likeliest that add up to this share. Change it or the "
             "temperature, not both.",
    "Max tokens": "The most tokens of an answer. What is longer is cut and marked as cut.",
    "Seed": "Asks the service to draw the same way again; it tries, and does not promise it.",
    "Presence penalty": "Above 0, words that occurred already become less likely: new subjects.",
    "Frequency penalty": "Above 0, words become less likely the more often they occurred.",
    "Stop sequences": "The answer ends before the first of these texts.",
    "Format": "JSON object makes the service return valid JSON; the prompt must ask for JSON too.",
    "JSON schema of the answer": "The shape that the service makes the answer keep to, where the "
                                 "model can do so.",
    "Reasoning effort": "How long a reasoning model thinks before it answers. More costs tokens "
                        "and time; other models refuse it.",
    "Verbosity": "How much a model of the GPT-5 family says; other models refuse it.",
    # splitting and searching
    "ChunkingDialog: Document": "The page below is of this document; the settings are for all.",
    "Size in tokens": "The most tokens of a chunk. Small chunks are found precisely and tell "
                      "little; large ones tell more and are found less precisely.",
    "Overlap": "How much of a chunk is repeated at the start of the next, so that no border cuts "
               "an answer. It makes more chunks to embed.",
    "Embed headings with every chunk under them": "A chunk is then found by the subject of its "
                                                  "section too; its text stays as it is.",
    "Text of the page with the borders of its chunks": "The page as it would be split; red "
                                                       "borders cut the answer to a case.",
    "Retrieval profile": "The recipe of a search: by words, by meaning or both, and how many.",
    "Search the documents": "Shows what would be found; no model is asked.",
    # cases, goals and runs
    "CaseForm: Question": "What is asked; each strategy gets the same words.",
    "Reference answer": "The answer you would accept. Scores compare with it.",
    "Gold sources": "The files, with pages, that hold the answer: they measure search by itself.",
    "Tags": "Words between commas, for filters and for figures by group.",
    "Earlier turns": "What was said before the question, where it is the middle of a talk.",
    "Metric that decides": "The one score by which Decide ranks; the others stay visible.",
    "Use case": "What the model is for, in a sentence; it stands in the report.",
    "Least acceptable value": "Below this mean, a strategy is not recommended whatever it costs.",
    "Calls a month": "How often it will be asked: the cost curve and its crossings depend on it.",
    "Most cost for 1,000 calls, US dollars": "A strategy that costs more is not recommended.",
    "Most latency, seconds (p95)": "95 of 100 answers have to be complete within this time.",
    "Repeats of each cell": "A model does not say the same twice: repeats show how much a score "
                            "varies. They cost as many calls more.",
    "Name of the run": "To find it again in the list of runs; the date is there anyway.",
    "Metric whose weight this is": "How much this score counts in the weighted score.",
    # judges
    "Model that judges": "It reads every answer with the rubric. Only this connection is asked, "
                         "with its own key.",
    "First column": "One of the two whose answers are compared.",
    "Second column": "The other of the two whose answers are compared.",
    "Only what people have labelled blindly (calibrates)":
        "Shows whether the judge agrees with people. Until it does, its scores decide nothing.",
    "Rate every answer of the run": "One score for each answer of the run that is shown.",
    "Compare two columns, each pair in both orders":
        "Which answer is better, asked twice with sides changed: a judge may favour a place.",
    "Rubric, one criterion a line": "What a good answer has. Another wording is another judge.",
    "ScoringDialog: Pattern": "A regular expression that a right answer matches.",
    "ScoringDialog: JSON schema": "The schema that the JSON of a right answer satisfies.",
    # connections
    "ConnectionForm: Kind": "How the service is spoken to: Azure OpenAI, or anything that speaks "
                            "OpenAI’s protocol, also on this machine.",
    "Sign in": "With a key, a variable that holds one, or your Microsoft account.",
    "This server is on our own network": "Allows plain http to a private address, without a key.",
    "ConnectionForm: Name": "What the connection is called here; the service never sees it.",
    "Endpoint": "The address of the resource. Questions and passages go there and nowhere else.",
    "API version": "Empty for Azure’s v1 interface; a date only for the older one.",
    "Key": "Kept in the system keyring, never in a workspace, a report or a log.",
    "Variable": "The name of an environment variable; its value is read at each use.",
    "Deployment name": "The name the deployment has at the service, which need not be its model’s.",
    "Model of new deployment": "The model behind it, for prices and limits; can be left empty.",
    # spending
    "Limit for each run, in US dollars": "A run pauses before it would pass this; 0 is no limit.",
    "Limit for each month, in US dollars": "Everything asked in a month together; 0 is no limit.",
    "Ask nothing whose price is unknown": "Without a price a limit cannot hold: such a model is "
                                          "then not asked.",
    "Scope of the token": "What the sign-in asks Entra ID for; empty is the documented one.",
    "Tenant": "The directory to sign in to; empty is the account’s own.",
    # training
    "Model to train": "For counting tokens as it counts them, and for its training price.",
    "Share of the examples that validate": "Kept apart from training to see whether it learns the "
                                           "task or only the examples. A tenth is usual.",
    "Price of a million training tokens in US dollars": "What the price table does not know; the "
                                                        "estimate is multiplied by it.",
    "Model that writes": "A chat model that makes questions with answers from your passages.",
    "Passages": "How many passages, spread over all documents, pairs are made from.",
    "DeployCard: Model": "The trained model, or one of its checkpoints.",
    "DeployCard: Kind": "How it is billed and how long it lives; the line below says both.",
    "Capacity": "Thousands of tokens a minute that the deployment may take.",
    "Subscription": "The id of the Azure subscription that holds the resource.",
    "Resource group": "The group in which the Azure OpenAI resource lies.",
    "Resource": "The name of the Azure OpenAI resource.",
    "DeployCard: Deployment": "The name under which the trained model will be called.",
    "Management token": "A token for Azure’s management, used once and kept nowhere.",
}


def about(form: str, name: str) -> str:
    """The sentence for a control of a form; "" where there is none."""
    return KNOBS.get(f"{form}: {name}") or KNOBS.get(name, "")
