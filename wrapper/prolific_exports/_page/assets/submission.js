// One submission with all its answers and files.

class SubmissionView {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    this.row = null;
    this.dialog = document.getElementById("submission");
    this.dialog.addEventListener("close", () => {
      this.row = null;
      this.dialog.replaceChildren();
      page.writeAddress();
    });
    this.dialog.addEventListener("click", (event) => {
      // Beside the dialog.
      if (event.target === this.dialog) this.dialog.close();
    });
  }

  show(row) {
    this.row = row;
    const { data } = this.page;
    const participant = data.participant(row);
    const facts = [
      ["Submission", data.submission(row)],
      data.task(row) !== null && ["Task", data.task(row)],
      ["Time", data.time(row) && !Number.isNaN(data.time(row)) ? `${moment(data.time(row))} UTC` : null],
      data.sources.length > 1 && ["Archive", data.source(row)],
    ].filter((one) => one && one[1] !== null);
    const others = participant === null ? null : make("button", {
      type: "button",
      onclick: () => {
        this.dialog.close();
        this.page.filter("participant", participant);
      },
    }, "Only this participant");
    this.dialog.replaceChildren(
      make("div", { class: "head" },
        make("h2", { id: "submission-title", tabindex: "-1" }, participant === null ? "Submission" : `Participant ${participant}`),
        make("button", { type: "button", class: "close", onclick: () => this.dialog.close() }, "Close")),
      make("dl", { class: "facts" }, ...facts.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value)))),
      make("div", { class: "steps" }, this.step("Previous", -1), this.step("Next", 1), others),
      ...data.columns.map((column) => this.answer(column, row)),
      data.extra(row) ? make("section", {}, make("h3", {}, "Undocumented fields"), this.code(data.extra(row))) : "");
    if (!this.dialog.open) this.dialog.showModal();
    this.dialog.scrollTop = 0;
    document.getElementById("submission-title").focus();
    this.page.writeAddress();
  }

  step(label, by) {
    const { rows } = this.page.table;
    const to = rows[rows.indexOf(this.row) + by];
    const isThere = rows.includes(this.row) && to !== undefined;
    return make("button", { type: "button", disabled: !isThere, onclick: () => this.show(to) }, label);
  }

  answer(column, row) {
    const content = column.has(row) ? this.content(column, row)
      : [make("p", { class: "soft" }, column.values[row] === undefined ? "No entry." : "No answer.")];
    return make("section", { class: "answer" },
      make("h3", {}, make("span", { class: "key" }, column.key), " ", column.question.wording), ...content);
  }

  content(column, row) {
    const value = column.values[row];
    const odd = column.odd.has(row)
      ? [make("p", { class: "soft small" }, "In an undocumented form:"), this.code(column.odd.get(row))] : [];
    if (value === null || value === undefined) return odd;
    switch (column.kind) {
      case "choice":
        return [make("ul", { class: "chosen" }, ...value.map(([place, explanation]) => make("li", {},
          make("span", {}, column.options[place] || "(empty)"),
          explanation ? make("p", { class: "text" }, explanation) : null))), ...odd];
      case "file":
        return [make("div", { class: "files" }, ...value.map(([name, number]) => (number === null
          ? make("p", { class: "soft" }, `${name}: missing in the archive`) : this.page.media.whole(number, name)))), ...odd];
      case "other": return [this.code(value)];
      default: return [make("p", { class: "text" }, column.text(row)), ...odd];
    }
  }

  code(text) { return make("pre", {}, make("code", {}, text)); }
}
