// The table of the rows that pass the filters: sorted, in pages.

const PAGE_ROWS = 25;
const CELL_LENGTH = 120;

class Table {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    const { data } = page;
    /** What rows are sorted by: the column's name, "" for their order in the archive. */
    this.sort = { name: "", descending: false };
    this.number = 1;
    this.columns = [
      { name: "time", label: "Time (UTC)", text: (row) => moment(data.time(row)), key: (row) => (Number.isNaN(data.time(row)) ? undefined : data.time(row)) },
      { name: "participant", label: "Participant", text: (row) => data.participant(row) ?? "", key: (row) => data.participant(row) ?? undefined },
      data.hasTasks && { name: "task", label: "Task", text: (row) => data.task(row) ?? "", key: (row) => data.task(row) ?? undefined },
      data.sources.length > 1 && { name: "archive", label: "Archive", text: (row) => data.source(row), key: (row) => data.source(row) },
      ...data.columns.map((column) => ({
        name: column.key, label: column.question.wording, key: (row) => column.sortKey(row), text: (row) => column.text(row), isQuestion: true,
      })),
    ].filter(Boolean);
    this.body = make("tbody", {});
    this.headers = this.columns.map((column) => this.header(column));
    this.status = make("span", { role: "status", class: "small" });
    this.pager = this.makePager();
    this.element = make("div", {},
      make("div", { class: "card table scroll", tabindex: "0", role: "region", "aria-label": "Table of submissions" },
        make("table", {}, make("thead", {}, make("tr", {}, make("th", { scope: "col" }, make("span", { class: "unseen" }, "Show")),
          ...this.headers.map((one) => one.cell))), this.body)),
      this.pager);
  }

  header(column) {
    const arrow = make("span", { class: "arrow", "aria-hidden": "true" });
    const label = column.isQuestion
      ? [make("b", {}, column.name), " ", column.label.length > 60 ? `${column.label.slice(0, 58).trimEnd()}…` : column.label]
      : [column.label];
    const button = make("button", { type: "button", class: "sort", title: column.label }, make("span", {}, ...label), arrow);
    button.addEventListener("click", () => {
      const again = this.sort.name === column.name;
      // Up, down, then the order of the archive.
      this.sort = again && this.sort.descending ? { name: "", descending: false }
        : { name: column.name, descending: again };
      this.number = 1;
      this.page.refresh();
    });
    return { column, arrow, cell: make("th", { scope: "col" }, button) };
  }

  makePager() {
    const button = (label, to) => make("button", { type: "button", onclick: () => {
      this.number = to();
      this.page.refresh();
    } }, label);
    this.buttons = {
      first: button("First", () => 1),
      previous: button("Previous", () => this.number - 1),
      next: button("Next", () => this.number + 1),
      last: button("Last", () => this.pages),
    };
    const { first, previous, next, last } = this.buttons;
    return make("nav", { class: "pager", "aria-label": "Pages of the table" }, first, previous, this.status, next, last);
  }

  /** The rows in the order of the table. */
  ordered(rows) {
    const column = this.columns.find((one) => one.name === this.sort.name);
    if (!column) return rows;
    const sign = this.sort.descending ? -1 : 1;
    const keyed = rows.map((row) => [column.key(row), row]);
    keyed.sort(([one, first], [other, second]) => {
      if (one === other) return first - second;
      // Missing answers come last in both directions.
      if (one === undefined) return 1;
      if (other === undefined) return -1;
      if (typeof one !== typeof other) return typeof one === "number" ? -1 : 1;
      return (one < other ? -1 : 1) * sign;
    });
    return keyed.map(([, row]) => row);
  }

  update(rows) {
    this.rows = this.ordered(rows);
    this.pages = Math.max(1, Math.ceil(rows.length / PAGE_ROWS));
    this.number = Math.min(Math.max(1, this.number), this.pages);
    const from = (this.number - 1) * PAGE_ROWS;
    const shown = this.rows.slice(from, from + PAGE_ROWS);
    this.body.replaceChildren(...shown.map((row) => this.line(row)));
    for (const { column, arrow, cell } of this.headers) {
      const isSorted = column.name === this.sort.name;
      setText(arrow, isSorted ? (this.sort.descending ? "▼" : "▲") : "");
      if (isSorted) cell.setAttribute("aria-sort", this.sort.descending ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    }
    const { first, previous, next, last } = this.buttons;
    first.disabled = previous.disabled = this.number === 1;
    next.disabled = last.disabled = this.number === this.pages;
    setText(this.status, `Page ${whole.format(this.number)} of ${whole.format(this.pages)}`);
  }

  line(row) {
    const { data } = this.page;
    const participant = data.participant(row);
    return make("tr", {},
      make("td", {}, make("button", {
        type: "button", "aria-label": `Show the submission ${data.submission(row) ?? row + 1}`, onclick: () => this.page.open(row),
      }, "Show")),
      ...this.columns.map((column) => {
        if (column.name === "participant" && participant !== null) {
          return make("td", {}, make("button", {
            type: "button", class: "link", title: "Show only this participant", onclick: () => this.page.filter("participant", participant),
          }, participant));
        }
        const text = column.text(row);
        return make("td", column.name === "time" ? { class: "time" } : {},
          make("div", { class: "cell" }, text.length > CELL_LENGTH ? `${text.slice(0, CELL_LENGTH).trimEnd()}…` : text));
      }));
  }
}
