// The data of the page. The comment of `_rows.py` has the layout of a row.

/** @typedef {{key: string, id: string, type: ?string, kind: string, wording: string,
 *   options: string[], units: string[], required: ?boolean, limit: ?number}} Question */

const readJson = (id) => JSON.parse(document.getElementById(`data-${id}`).textContent);

/** The answers to one question, by row. */
class Column {
  /** @param {Question} question @param {number} count */
  constructor(question, count) {
    this.question = question;
    this.key = question.key;
    this.kind = question.kind;
    this.options = question.options;
    this.units = question.units;
    /** Undefined if the record has no entry, null if the entry has no content. */
    this.values = new Array(count);
    /** The JSON of answers in an undocumented form. */
    this.odd = new Map();
    this.places = new Map(this.options.map((option, place) => [option, place]));
  }

  add(row, value) {
    if (value !== null && typeof value === "object" && !Array.isArray(value)) {
      this.odd.set(row, value.json);
      value = value.value;
    }
    if (this.kind === "choice" && value) for (const item of value) item[0] = this.place(item[0]);
    this.values[row] = value;
  }

  /** The place of an option; one that the codebook lacks gets the next. */
  place(option) {
    if (typeof option === "number") return option;
    if (!this.places.has(option)) this.places.set(option, this.options.push(option) - 1);
    return this.places.get(option);
  }

  has(row) {
    return (this.values[row] !== undefined && this.values[row] !== null) || this.odd.has(row);
  }

  /** An answer as one text, for the table and the search. */
  text(row) {
    const value = this.values[row];
    if (value === undefined || value === null) return this.odd.get(row) ?? "";
    switch (this.kind) {
      case "choice":
        return value.map(([place, explanation]) =>
          explanation ? `${this.options[place]} (${explanation})` : this.options[place]).join("; ");
      case "number": return [value[0], this.unit(row)].filter(Boolean).join(value[2] === null ? " · " : " ");
      case "file": return value.map(([name]) => name).join("; ");
      default: return value;
    }
  }

  unit(row) {
    const place = this.values[row]?.[1];
    return place === null || place === undefined ? "" : this.units[place];
  }

  /** The lengths of the texts, by row. */
  get lengths() {
    this.knownLengths ??= Float64Array.from(this.values, (_, row) => this.text(row).length);
    return this.knownLengths;
  }

  /** What a row is sorted by. */
  sortKey(row) {
    this.sortKeys ??= Array.from(this.values, (_, at) => this.makeSortKey(at));
    return this.sortKeys[row];
  }

  /** A number or a text; undefined for missing answers, which come last. */
  makeSortKey(row) {
    const value = this.values[row];
    if (value === undefined || value === null) return undefined;
    if (this.kind === "number") return value[2] ?? value[0];
    if (this.kind === "choice") return value.length === 1 ? value[0][0] : this.text(row);
    return this.text(row).toLowerCase();
  }
}

/** All rows. */
class Data {
  constructor() {
    const about = readJson("about");
    const rows = readJson("rows");
    this.unit = about.unit;
    this.sources = about.sources;
    this.files = readJson("files");
    this.count = rows.length;
    this.rows = rows;
    this.columns = about.questions.map((question) => new Column(question, rows.length));
    this.times = Float64Array.from(rows, (row) => row[4] ?? NaN);
    this.hasTasks = rows.some((row) => row[3] !== null);
    rows.forEach((row, place) => {
      const answers = row[5];
      for (let at = 0; at < answers.length; at += 2) this.columns[answers[at]].add(place, answers[at + 1]);
    });
    this.byKey = new Map(this.columns.map((column) => [column.key, column]));
    this.searchTexts = new Array(rows.length);
  }

  source(row) { return this.sources[this.rows[row][0]]; }
  submission(row) { return this.rows[row][1]; }
  participant(row) { return this.rows[row][2]; }
  task(row) { return this.rows[row][3]; }
  time(row) { return this.times[row]; }
  extra(row) { return this.rows[row][6]; }

  /** Everything that a row contains, in lower case. */
  searchText(row) {
    const [, submission, participant, task] = this.rows[row];
    return this.searchTexts[row] ??= [submission, participant, task, ...this.columns.map((column) => column.text(row))]
      .filter(Boolean).join("\n").toLowerCase();
  }

  /** Make the texts that searches need while the browser has nothing else to do. */
  prepareSearch(from = 0) {
    const prepare = (deadline) => {
      let row = from;
      while (row < this.count && deadline.timeRemaining() > 1) this.searchText(row++);
      if (row < this.count) this.prepareSearch(row);
    };
    // Safari has no such callback.
    globalThis.requestIdleCallback?.(prepare);
  }
}
