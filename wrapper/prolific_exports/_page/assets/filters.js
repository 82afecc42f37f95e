// Which rows are shown. Each filter has a dimension: `period`, `search`, the key of a question …
// A card counts the rows that pass all filters but its own, so that its other bars stay comparable.

const NO_ANSWER = -1;

/** The filters, and for each row the number of filters that it fails. */
class Filters {
  /** @param {Data} data */
  constructor(data) {
    this.data = data;
    this.fails = new Uint16Array(data.count);
    this.masks = new Map();
    this.values = new Map();
    this.shown = data.count;
  }

  get(dimension) { return this.values.get(dimension) ?? null; }

  /** Set a filter; null removes it. */
  set(dimension, value) {
    const before = this.masks.get(dimension);
    const test = value === null ? null : this.test(dimension, value);
    const mask = test === null ? null : new Uint8Array(this.data.count);
    this.shown = 0;
    for (let row = 0; row < this.data.count; row++) {
      if (before) this.fails[row] -= before[row];
      if (mask) this.fails[row] += mask[row] = test(row) ? 0 : 1;
      if (this.fails[row] === 0) this.shown++;
    }
    if (mask) {
      this.masks.set(dimension, mask);
      this.values.set(dimension, value);
    } else {
      this.masks.delete(dimension);
      this.values.delete(dimension);
    }
  }

  clear() {
    this.fails.fill(0);
    this.masks.clear();
    this.values.clear();
    this.shown = this.data.count;
  }

  /** The test of a row for the filters; with a dimension, for all but that one. */
  passes(dimension) {
    const { fails } = this;
    const own = this.masks.get(dimension);
    return own ? (row) => fails[row] === own[row] : (row) => fails[row] === 0;
  }

  /** The rows that pass all filters. */
  rows() {
    const found = [];
    for (let row = 0; row < this.data.count; row++) if (this.fails[row] === 0) found.push(row);
    return found;
  }

  /** @returns {(row: number) => boolean} */
  test(dimension, value) {
    const { data } = this;
    switch (dimension) {
      case "period": {
        const [from, to] = value;
        return (row) => data.times[row] >= from && data.times[row] < to;
      }
      case "participant": return (row) => data.participant(row) === value;
      case "archive": return (row) => data.source(row) === value;
      case "search": {
        const words = value.toLowerCase().split(/\s+/).filter(Boolean);
        return (row) => words.every((word) => data.searchText(row).includes(word));
      }
    }
    const column = data.byKey.get(dimension);
    if (value.is) return (row) => column.has(row) === (value.is === "answered");
    if (value.range) {
      const [low, high] = value.range;
      const unit = column.units.indexOf(value.unit);
      return (row) => {
        const answer = column.values[row];
        return Boolean(answer) && answer[2] !== null && (answer[1] ?? -1) === unit &&
          answer[2] >= low && answer[2] < high;
      };
    }
    const chosen = value.options;
    return (row) => {
      const answer = column.values[row];
      return answer ? answer.some(([place]) => chosen.has(place)) : chosen.has(NO_ANSWER) && !column.has(row);
    };
  }

  /** Add or remove an option of a question. */
  toggleOption(key, place) {
    const options = new Set(this.get(key)?.options);
    if (!options.delete(place)) options.add(place);
    this.set(key, options.size ? { options } : null);
  }

  /** What is filtered, as words with a function that removes it. */
  *chips() {
    for (const [dimension, value] of this.values) {
      const remove = () => this.set(dimension, null);
      const column = this.data.byKey.get(dimension);
      if (!column) {
        const words = dimension === "period" ? periodText(value) : value;
        yield { label: `${dimension}: ${words}`, remove };
      } else if (value.is) {
        yield { label: `${dimension}: ${value.is === "none" ? "no answer" : "answered"}`, remove };
      } else if (value.range) {
        yield { label: `${dimension}: ${rangeText(value.range, value.unit)}`, remove };
      } else {
        for (const place of value.options) {
          const option = place === NO_ANSWER ? "no answer" : column.options[place];
          yield { label: `${dimension}: ${option}`, remove: () => this.toggleOption(dimension, place) };
        }
      }
    }
  }

  /** Write the filters to the parameters of the address. */
  write(parameters) {
    for (const [dimension, value] of this.values) {
      if (dimension === "period") {
        const [from, to] = value;
        if (Number.isFinite(from)) parameters.set("from", new Date(from).toISOString());
        if (Number.isFinite(to)) parameters.set("to", new Date(to).toISOString());
      } else if (typeof value === "string") {
        parameters.set(dimension, value);
      } else if (value.is) {
        parameters.set(`${dimension}.is`, value.is);
      } else if (value.range) {
        parameters.set(`${dimension}.range`, value.range.join(".."));
        if (value.unit) parameters.set(`${dimension}.unit`, value.unit);
      } else {
        const { options } = this.data.byKey.get(dimension);
        for (const place of value.options) {
          if (place === NO_ANSWER) parameters.set(`${dimension}.none`, "1");
          else parameters.append(dimension, options[place]);
        }
      }
    }
  }

  /** Take the filters from the parameters of the address. Ignores what does not fit the data. */
  read(parameters) {
    this.clear();
    for (const dimension of ["participant", "archive", "search"]) {
      if (parameters.get(dimension)) this.set(dimension, parameters.get(dimension));
    }
    const [from, to] = ["from", "to"].map((name) => Date.parse(parameters.get(name) ?? ""));
    if (!Number.isNaN(from) || !Number.isNaN(to)) {
      this.set("period", [Number.isNaN(from) ? -Infinity : from, Number.isNaN(to) ? Infinity : to]);
    }
    for (const column of this.data.columns) {
      const { key } = column;
      const is = parameters.get(`${key}.is`);
      const range = (parameters.get(`${key}.range`) ?? "").split("..").map(Number);
      const places = parameters.getAll(key).map((option) => column.places.get(option));
      if (parameters.has(`${key}.none`)) places.push(NO_ANSWER);
      const options = new Set(places.filter((place) => place !== undefined));
      if (is === "answered" || is === "none") this.set(key, { is });
      else if (column.kind === "number" && range.length === 2 && !range.some(Number.isNaN)) {
        this.set(key, { range, unit: parameters.get(`${key}.unit`) ?? "" });
      } else if (column.kind === "choice" && options.size) this.set(key, { options });
    }
  }
}
