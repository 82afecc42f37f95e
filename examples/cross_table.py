"""Who cooks how often, by whether they own a microwave."""

import pandas as pd
from prolific_exports import ExportArchive

frame = ExportArchive.open("data.zip").to_pandas(shape="tidy")
often, owns = frame["q3_how_often_do_you_cook_at"], frame["q4_microwave"]
print(pd.crosstab(often, owns))
print(pd.crosstab(often, owns, normalize="columns").round(2))
