"""Agreement between the annotators of a batch on one question: Fleiss' kappa."""

from prolific_exports import ExportArchive

frame = ExportArchive.open("batch.zip").to_pandas(shape="tidy")
counts = frame.groupby("task_id")["q1_how_helpful_is_the_answer"].value_counts().unstack()
counts = counts[counts.sum(axis=1) > 1]  # tasks with several annotators
agreed = (counts * (counts - 1)).sum(axis=1) / (counts.sum(axis=1) * (counts.sum(axis=1) - 1))
by_chance = ((counts.sum() / counts.sum().sum()) ** 2).sum()
print(f"{agreed.mean():.1%} agree, kappa {(agreed.mean() - by_chance) / (1 - by_chance):.3f}")
