// Puts everything together, and keeps the address and the page the same.

const PERIOD_COLUMNS = 40;
const MINUTE = 60000;
const TIME_STEPS = [
  MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE, 3 * 60 * MINUTE, 6 * 60 * MINUTE, 12 * 60 * MINUTE,
  DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 91 * DAY, 364 * DAY,
];

class Page {
  constructor() {
    this.data = new Data();
    this.filters = new Filters(this.data);
    this.media = new Media(this.data.files);
    this.cards = this.data.columns.map((column) => new CARDS[column.kind](this, column));
    this.table = new Table(this);
    this.view = new SubmissionView(this);
    this.showNotes();
    this.buildControls();
    document.getElementById("card-list").replaceChildren(...this.cards.map((card) => card.element));
    packed(this.cards.map((card) => card.element));
    document.getElementById("table-place").replaceChildren(this.table.element);
    this.followLinks();
    addEventListener("hashchange", () => this.readAddress());
    this.readAddress();
    this.data.prepareSearch();
  }

  showNotes() {
    const notes = readJson("notes");
    const list = document.getElementById("notes");
    list.replaceChildren(...notes.map((note) => make("li", {}, note)));
    list.hidden = !notes.length;
  }

  buildControls() {
    const { data } = this;
    this.search = make("input", { type: "search", id: "search", autocomplete: "off", spellcheck: "false" });
    this.search.addEventListener("input", () => this.filter("search", this.search.value.trim() || null));
    this.archive = data.sources.length > 1 ? make("select", { id: "archive" },
      make("option", { value: "" }, "all"), ...data.sources.map((name) => make("option", { value: name }, name))) : null;
    this.archive?.addEventListener("change", () => this.filter("archive", this.archive.value || null));
    this.status = make("p", { id: "status", role: "status" });
    this.chips = make("ul", { id: "chips", "aria-label": "Filters in use" });
    document.getElementById("controls").append(
      make("div", { class: "inputs" },
        make("label", {}, "Search all answers ", this.search),
        this.archive ? make("label", {}, "Archive ", this.archive) : null,
        ...this.buildDates()),
      this.buildPeriod() ?? "");
    this.bar = make("div", { id: "bar" }, this.status, this.chips);
    document.getElementById("filters").append(this.bar);
  }

  buildDates() {
    const known = this.data.times.filter((time) => !Number.isNaN(time));
    if (!known.length) return [];
    this.first = known.reduce((one, other) => Math.min(one, other));
    this.last = known.reduce((one, other) => Math.max(one, other));
    const day = (time) => new Date(time).toISOString().slice(0, 10);
    this.dates = ["From", "To"].map((label) => {
      const input = make("input", { type: "date", min: day(this.first), max: day(this.last), id: label.toLowerCase() });
      input.addEventListener("change", () => {
        const [from, to] = this.dates.map((one) => one.valueAsNumber);
        this.filter("period", Number.isNaN(from) && Number.isNaN(to) ? null
          : [Number.isNaN(from) ? -Infinity : from, Number.isNaN(to) ? Infinity : to + DAY]);
      });
      return input;
    });
    return this.dates.map((input, place) => make("label", {}, place ? "To " : "From ", input));
  }

  /** Submissions over time. */
  buildPeriod() {
    if (this.first === undefined || this.first === this.last) return null;
    const step = TIME_STEPS.find((one) => (this.last - this.first) / one <= PERIOD_COLUMNS) ??
      Math.ceil((this.last - this.first) / PERIOD_COLUMNS / DAY) * DAY;
    const edges = [Math.floor(this.first / step) * step];
    while (edges[edges.length - 1] <= this.last) edges.push(edges[edges.length - 1] + step);
    this.period = new Histogram(edges, "Submissions over time", (from, to) => periodText([from, to]),
      (range) => this.filter("period", range));
    return make("div", { class: "period" },
      make("h3", {}, "Submissions over time"),
      this.period.element,
      make("div", { class: "axis soft small", "aria-hidden": "true" },
        make("span", {}, moment(this.first).slice(0, 10)), make("span", {}, moment(this.last).slice(0, 10))));
  }

  /** Set a filter; null removes it. */
  filter(dimension, value) {
    this.filters.set(dimension, value);
    this.table.number = 1;
    this.refresh();
  }

  toggleOption(key, place) {
    this.filters.toggleOption(key, place);
    this.table.number = 1;
    this.refresh();
  }

  /** Show what the filters leave. */
  refresh() {
    const { filters, data } = this;
    for (const card of this.cards) card.update();
    this.table.update(filters.rows());
    setText(this.status, filters.shown === data.count ? `All ${count(data.count, data.unit)}`
      : `${whole.format(filters.shown)} of ${count(data.count, data.unit)} (${percent(filters.shown, data.count)})`);
    this.showFilters();
    this.showPeriod();
    this.writeAddress();
  }

  showFilters() {
    const { filters } = this;
    if (document.activeElement !== this.search) this.search.value = filters.get("search") ?? "";
    if (this.archive) this.archive.value = filters.get("archive") ?? "";
    const chips = [...filters.chips()].map(({ label, remove }) => {
      const short = label.length > 60 ? `${label.slice(0, 58).trimEnd()}…` : label;
      return make("li", {}, make("button", {
        type: "button",
        class: "filter-chip",
        "aria-label": `Remove the filter ${label}`,
        onclick: () => {
          remove();
          this.table.number = 1;
          this.refresh();
          (this.chips.querySelector("button") ?? this.search).focus();
        },
      }, short, make("span", { "aria-hidden": "true" }, " ×")));
    });
    if (chips.length > 1) {
      chips.push(make("li", {}, make("button", {
        type: "button",
        class: "link",
        onclick: () => {
          filters.clear();
          this.refresh();
          this.search.focus();
        },
      }, "Remove all filters")));
    }
    this.chips.replaceChildren(...chips);
    this.bar.classList.toggle("filtered", chips.length > 0);
  }

  showPeriod() {
    const range = this.filters.get("period");
    const [from, to] = range ?? [-Infinity, Infinity];
    this.dates?.forEach((input, place) => {
      const time = place ? to - (isDay(to) ? DAY : 0) : from;
      const value = Number.isFinite(time) ? new Date(time).toISOString().slice(0, 10) : "";
      if (input.value !== value) input.value = value;
    });
    if (!this.period) return;
    const counts = new Array(this.period.columns.length).fill(0);
    const passes = this.filters.passes("period");
    this.data.times.forEach((time, row) => {
      if (!Number.isNaN(time) && passes(row)) counts[this.period.place(time)]++;
    });
    this.period.update(counts, range);
  }

  /** Show one submission. */
  open(row) { this.view.show(row); }

  /** Take filters, order and the open submission from the address. */
  readAddress() {
    const fragment = location.hash.slice(1);
    if (fragment === this.written || (fragment && document.getElementById(fragment))) {
      if (this.written !== undefined) return;
    }
    const parameters = new URLSearchParams(fragment);
    this.filters.read(parameters);
    const sort = parameters.get("sort") ?? "";
    this.table.sort = { name: sort.replace(/^-/, ""), descending: sort.startsWith("-") };
    this.table.number = Number.parseInt(parameters.get("page") ?? "1", 10) || 1;
    this.written = fragment;
    this.refresh();
    const submission = parameters.get("submission");
    if (submission === null) {
      this.view.dialog.close();
      return;
    }
    const task = parameters.get("task");
    const row = this.data.rows.findIndex((one) => one[1] === submission && (task === null || one[3] === task));
    if (row >= 0) this.open(row);
  }

  /** Write them to the address, so that a copy of it shows the same. */
  writeAddress() {
    const parameters = new URLSearchParams();
    this.filters.write(parameters);
    const { sort, number } = this.table;
    if (sort.name) parameters.set("sort", `${sort.descending ? "-" : ""}${sort.name}`);
    if (number > 1) parameters.set("page", String(number));
    if (this.view.row !== null) {
      const { row } = this.view;
      if (this.data.submission(row) !== null) parameters.set("submission", this.data.submission(row));
      if (this.data.task(row) !== null) parameters.set("task", this.data.task(row));
    }
    const fragment = parameters.toString();
    if (fragment === this.written) return;
    this.written = fragment;
    // Browsers refuse many changes in a short time.
    clearTimeout(this.writing);
    this.writing = setTimeout(() => {
      // A frame of a notebook has no address of its own.
      if (location.protocol !== "about:") history.replaceState(null, "", `#${fragment}`);
    }, 100);
  }

  /** Links within the page must not replace the filters in the address. */
  followLinks() {
    document.addEventListener("click", (event) => {
      const link = event.target.closest?.("a[href^='#']");
      const target = link && document.getElementById(link.hash.slice(1));
      if (!target) return;
      event.preventDefault();
      if (!target.hasAttribute("tabindex")) target.tabIndex = -1;
      target.scrollIntoView();
      target.focus({ preventScroll: true });
    });
  }
}

document.addEventListener("DOMContentLoaded", () => {
  new Page();
  document.documentElement.dataset.ready = "";
  // For measurements.
  performance.mark("ready");
});
