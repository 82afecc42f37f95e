"""A bar chart for each question that has options or stars."""

import matplotlib.pyplot as plt
from prolific_exports import ExportArchive, summarise

for number, question in enumerate(summarise(ExportArchive.open("data.zip")).instructions, 1):
    if question.choices:
        plt.figure().suptitle(question.description or question.id)
        plt.barh([one.option for one in question.choices], [one.count for one in question.choices])
        plt.savefig(f"q{number}.png", bbox_inches="tight")
