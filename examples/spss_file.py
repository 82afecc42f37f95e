"""An SPSS file with variable and value labels."""

from prolific_exports import ExportArchive

archive = ExportArchive.open("data.zip")
summary = archive.table(shape="tidy").write("data.sav", overwrite=True)
print(f"data.sav: {summary.rows} rows, {summary.cut} texts cut")
