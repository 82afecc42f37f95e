"""Answers beside the demographics that Prolific exports for a study, by participant."""

import pandas as pd
from prolific_exports import ExportArchive

answers = ExportArchive.open("data.zip").to_pandas(shape="tidy")
people = pd.read_csv("demographics.csv").rename(columns={"Participant id": "participant_id"})
joined = answers.merge(people, on="participant_id", how="left", validate="many_to_one")
print(pd.crosstab(joined["q3_how_often_do_you_cook_at"], joined["Sex"]))
