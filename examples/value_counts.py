"""How often each option was chosen."""

from prolific_exports import ExportArchive

frame = ExportArchive.open("data.zip").to_pandas(shape="tidy")
for question in frame.select_dtypes("category"):
    print(frame[question].value_counts(sort=False), end="\n\n")
print(frame.select_dtypes("Int8").sum())  # questions with several choices: a column for each option
