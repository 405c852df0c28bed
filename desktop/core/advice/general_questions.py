"""Twenty questions that have nothing to do with anybody's use case, with short answers.

Written for this program: a little arithmetic, geography, science, language and common sense,
each with an answer that a few characters settle. A model that knew them and no longer does has
drifted.
"""

from __future__ import annotations

from .drift import GeneralQuestion

HINT = "Answer in as few words as possible."


def _ask(question: str, *accepted: str) -> GeneralQuestion:
    return GeneralQuestion(question, accepted)


GENERAL_QUESTIONS = (
    _ask("What is 17 times 6?", "102", "one hundred and two", "one hundred two"),
    _ask("A train leaves at 14:35 and travels for 50 minutes. When does it arrive?", "15:25",
         "3:25"),
    _ask("What is a quarter of 260?", "65", "sixty-five"),
    _ask("Which number comes next: 2, 6, 18, 54?", "162"),
    _ask("What is the capital of Australia?", "Canberra"),
    _ask("Which river flows through Vienna, Budapest and Belgrade?", "Danube", "Donau"),
    _ask("On which continent does the Sahara lie?", "Africa"),
    _ask("Which ocean lies between Europe and North America?", "Atlantic"),
    _ask("What is the chemical symbol of iron?", "Fe"),
    _ask("Which gas do plants take in for photosynthesis?", "carbon dioxide", "CO2", "CO₂"),
    _ask("Which planet of our solar system is the largest?", "Jupiter"),
    _ask("At how many degrees Celsius does water boil at sea level?", "100", "hundred"),
    _ask("Which organ pumps blood through the human body?", "heart"),
    _ask("Who painted the Mona Lisa?", "Leonardo", "da Vinci"),
    _ask("In which year did the Second World War end?", "1945"),
    _ask("What is the past tense of the verb \"to teach\"?", "taught"),
    _ask("How do you say \"thank you\" in Spanish?", "gracias"),
    _ask("Which word is the odd one out: apple, pear, hammer, plum?", "hammer"),
    _ask("Anna is taller than Ben, and Ben is taller than Cleo. Who is the shortest?", "Cleo"),
    _ask("If today is Friday, which day is it in three days?", "Monday"),
)
