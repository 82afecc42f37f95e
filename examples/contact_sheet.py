"""A contact sheet of all photos, five in a row."""

from PIL import Image, ImageOps
from prolific_exports import ExportArchive

archive = ExportArchive.open("data.zip")
photos = [file for file in archive.files if file.name.lower().endswith((".jpg", ".jpeg", ".png"))]
sheet = Image.new("RGB", (1000, 200 * ((len(photos) + 4) // 5)), "white")
for number, photo in enumerate(photos):
    with archive.open_file(photo) as file:
        square = ImageOps.fit(Image.open(file).convert("RGB"), (200, 200))
    sheet.paste(square, (number % 5 * 200, number // 5 * 200))
sheet.save("contact-sheet.jpg")
