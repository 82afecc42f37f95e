// A card for each question. A card is built once; `update` changes its numbers.

const OPTIONS_SHOWN = 12;
const OPTIONS_MOST = 1000;
const UNITS_SHOWN = 4;
const EXAMPLES = 5;
const EXAMPLE_LENGTH = 280;
const PICTURES = 18;
const PLAYERS = 4;
const COLUMNS = 20;

const KIND_NAMES = {
  choice: "choice", number: "number", text: "text", file: "files", other: "undocumented type",
};

/** What all cards have: the question, how many answered, and a filter for missing answers. */
class Card {
  /** @param {Page} page @param {Column} column */
  constructor(page, column) {
    this.page = page;
    this.column = column;
    this.answered = make("p", { class: "soft small" });
    this.body = make("div", { class: "card-body" });
    const { question } = column;
    this.element = make("article", { class: `card question ${column.kind}`, id: `${column.key}-card`, tabindex: "-1" },
      make("h3", {}, make("span", { class: "key" }, column.key), " ", question.wording),
      this.answered, this.body);
    this.limits = { examples: EXAMPLES };
    this.build();
    if (column.kind !== "choice") this.addMissing();
  }

  build() {}

  /** Buttons for rows with and without an answer. */
  addMissing() {
    this.toggles = ["answered", "none"].map((is) => {
      const button = make("button", { type: "button", "aria-pressed": "false", class: "small" },
        is === "none" ? "No answer" : "Answered");
      button.addEventListener("click", () => {
        const now = this.page.filters.get(this.column.key)?.is;
        this.page.filter(this.column.key, now === is ? null : { is });
      });
      return { is, button };
    });
    this.element.append(make("div", { class: "toggles", role: "group", "aria-label": `${this.column.key}: with or without an answer` },
      ...this.toggles.map((one) => one.button)));
  }

  update() {
    const { column, page } = this;
    const passes = page.filters.passes(column.key);
    this.rows = [];
    let all = 0;
    for (let row = 0; row < page.data.count; row++) {
      if (!passes(row)) continue;
      all++;
      if (column.has(row)) this.rows.push(row);
    }
    this.missing = all - this.rows.length;
    const odd = column.odd.size ? `; ${count(column.odd.size, "answer")} in an undocumented form` : "";
    const required = column.question.required ? "; required" : "";
    setText(this.answered, `${KIND_NAMES[column.kind]}; ${whole.format(this.rows.length)} of ${whole.format(all)} ` +
      `answered (${percent(this.rows.length, all)})${required}${odd}`);
    for (const { is, button } of this.toggles ?? []) {
      button.setAttribute("aria-pressed", String(page.filters.get(column.key)?.is === is));
    }
    this.show();
  }

  show() {}

  /** The rows that also pass the card's own filter, for examples. */
  *chosenRows() {
    const passes = this.page.filters.passes();
    for (const row of this.rows) if (passes(row)) yield row;
  }

  /** Replace a list by the first entries, and a button for more. */
  fillList(list, entries, name, render) {
    const limit = this.limits[name];
    const found = [];
    let more = false;
    for (const one of entries) {
      if (found.length === limit) {
        more = true;
        break;
      }
      found.push(one);
    }
    // Most filters leave the same entries.
    const key = JSON.stringify([found, more]);
    if (list.dataset.key === key) return;
    list.dataset.key = key;
    const children = found.map((one) => make("li", {}, ...[render(one)].flat()));
    if (more) {
      children.push(make("li", { class: "more" }, make("button", {
        type: "button",
        class: "link",
        onclick: () => {
          this.limits[name] = limit * 3;
          this.show();
          list.children[limit]?.querySelector("button, a, audio, video")?.focus();
        },
      }, "Show more")));
    }
    list.replaceChildren(...children);
    list.hidden = !children.length;
  }

  example(row, text) {
    const short = text.length > EXAMPLE_LENGTH ? `${text.slice(0, EXAMPLE_LENGTH).trimEnd()}…` : text;
    return make("button", {
      type: "button", class: "example", title: "Show the submission", onclick: () => this.page.open(row),
    }, short);
  }
}

/** Bars in the order of the codebook. */
class ChoiceCard extends Card {
  build() {
    this.bars = [];
    this.list = make("div", { class: "bars", role: "toolbar", "aria-orientation": "vertical", "aria-label": this.column.question.wording });
    this.column.options.slice(0, OPTIONS_MOST).forEach((option, place) => this.addBar(option || "(empty)", place));
    this.addBar("No answer", NO_ANSWER);
    rove(this.list);
    const hidden = this.bars.slice(OPTIONS_SHOWN, -1);
    const all = make("button", {
      type: "button",
      class: "link",
      onclick: () => {
        for (const bar of hidden) bar.button.hidden = false;
        all.remove();
        hidden[0].button.focus();
      },
    }, `Show all ${whole.format(this.bars.length - 1)} options`);
    for (const bar of hidden) bar.button.hidden = true;
    this.body.append(this.list);
    if (hidden.length) this.body.append(all);
    this.explanations = make("ul", { class: "examples" });
    this.body.append(this.explanations);
  }

  addBar(label, place) {
    const fill = make("span", { class: "fill" });
    const number = make("span", { class: "count" });
    const share = make("span", { class: "share" });
    const button = make("button", { type: "button", class: place === NO_ANSWER ? "bar none" : "bar", "aria-pressed": "false" },
      make("span", { class: "option" }, label), make("span", { class: "rail" }, fill), number, share);
    button.addEventListener("click", () => this.page.toggleOption(this.column.key, place));
    this.bars.push({ place, button, fill, number, share });
    this.list.append(button);
  }

  show() {
    const counts = new Uint32Array(this.column.options.length);
    for (const row of this.rows) for (const [place] of this.column.values[row] ?? []) counts[place]++;
    const chosen = this.page.filters.get(this.column.key)?.options ?? null;
    const most = Math.max(1, this.missing, ...this.bars.map((bar) => counts[bar.place] ?? 0));
    for (const { place, button, fill, number, share } of this.bars) {
      const isNone = place === NO_ANSWER;
      const amount = isNone ? this.missing : counts[place];
      fill.style.width = `${(100 * amount) / most}%`;
      setText(number, whole.format(amount));
      setText(share, isNone ? "" : percent(amount, this.rows.length));
      button.setAttribute("aria-pressed", String(Boolean(chosen?.has(place))));
      button.classList.toggle("dimmed", chosen !== null && !chosen.has(place));
      if (isNone) button.hidden = !amount && !chosen?.has(place);
    }
    this.fillList(this.explanations, this.explained(), "examples", ([row, place, text]) => [
      make("span", { class: "soft small" }, this.column.options[place]), this.example(row, text),
    ]);
  }

  *explained() {
    for (const row of this.chosenRows()) {
      for (const [place, text] of this.column.values[row] ?? []) if (text) yield [row, place, text];
    }
  }
}

/** A histogram and quartiles for each unit. */
class NumberCard extends Card {
  build() {
    const { column, page } = this;
    const byUnit = new Map();
    for (let row = 0; row < page.data.count; row++) {
      const value = column.values[row];
      if (!value || value[2] === null) continue;
      const unit = value[1] ?? -1;
      if (!byUnit.has(unit)) byUnit.set(unit, []);
      byUnit.get(unit).push(value[2]);
    }
    const ranked = [...byUnit].sort((one, other) => other[1].length - one[1].length || one[0] - other[0]);
    this.units = ranked.slice(0, UNITS_SHOWN).map(([place, numbers]) => this.unit(place, numbers));
    this.others = make("ul", { class: "examples" });
    this.othersNote = make("p", { class: "soft small" });
    this.moreUnits = ranked.length > UNITS_SHOWN
      ? make("p", { class: "soft small" }, `and ${count(ranked.length - UNITS_SHOWN, "more unit")}`) : null;
    this.body.append(...[...this.units.map((one) => one.element), this.moreUnits, this.othersNote, this.others].filter(Boolean));
  }

  unit(place, numbers) {
    const name = this.column.units[place] ?? "";
    numbers.sort((one, other) => one - other);
    const edges = this.edges(numbers);
    const histogram = new Histogram(edges, `${this.column.key}${name ? `, ${name}` : ""}`,
      (low, high) => rangeText([low, high], name),
      (range) => this.page.filter(this.column.key, range && { range, unit: name }));
    const inner = edges.filter(Number.isFinite);
    const text = make("p", { class: "small" });
    const box = make("span", { class: "inner" });
    const middle = make("span", { class: "middle" });
    const plot = make("div", { class: "box", "aria-hidden": "true" }, box, middle);
    const element = make("div", { class: "unit" },
      this.column.units.length > 1 ? make("h4", {}, name || "(no unit)") : null,
      histogram.element, plot,
      make("div", { class: "axis soft small", "aria-hidden": "true" },
        make("span", {}, figure(inner[0])), make("span", {}, `${figure(inner[inner.length - 1])} ${name}`)),
      text);
    return { place, name, histogram, element, text, plot, box, middle, inner };
  }

  /** Columns of equal width; a few numbers far outside share the first or the last one. */
  edges(sorted) {
    const { lowest, lower, upper, highest } = quartiles(sorted);
    const reach = 4 * (upper - lower) || Math.max(Math.abs(upper), 1);
    const low = lowest < lower - reach ? lower - reach : lowest;
    const high = highest > upper + reach ? upper + reach : highest;
    const edges = roundSteps(low, high, COLUMNS);
    if (lowest < edges[0]) edges.unshift(-Infinity);
    if (highest >= edges[edges.length - 1]) edges.push(Infinity);
    return edges;
  }

  show() {
    const { column } = this;
    const filter = this.page.filters.get(column.key);
    const numbers = new Map(this.units.map((one) => [one.place, []]));
    const others = [];
    for (const row of this.rows) {
      const value = column.values[row];
      if (!value || value[2] === null) others.push(row);
      else numbers.get(value[1] ?? -1)?.push(value[2]);
    }
    for (const unit of this.units) this.showUnit(unit, numbers.get(unit.place), filter);
    setText(this.othersNote, others.length ? `${count(others.length, "answer")} without a plain number` : "");
    this.fillList(this.others, others, "examples", (row) => this.example(row, column.text(row)));
  }

  showUnit({ name, histogram, text, plot, box, middle, inner }, numbers, filter) {
    const counts = new Array(histogram.columns.length).fill(0);
    for (const number of numbers) counts[histogram.place(number)]++;
    histogram.update(counts, filter?.range && filter.unit === name ? filter.range : null);
    plot.hidden = !numbers.length;
    if (!numbers.length) {
      setText(text, "No answers.");
      return;
    }
    const found = quartiles(Float64Array.from(numbers).sort());
    setText(text, `${count(numbers.length, "number")}: median ${figure(found.median)} ${name}, quartiles ` +
      `${figure(found.lower)} and ${figure(found.upper)}, from ${figure(found.lowest)} to ${figure(found.highest)}`);
    const [first, last] = [inner[0], inner[inner.length - 1]];
    const open = [Number(histogram.edges[0] === -Infinity), Number(histogram.edges.at(-1) === Infinity)];
    const width = 100 / histogram.columns.length;
    const at = (number) => {
      if (number < first) return width / 2;
      if (number >= last) return 100 - (open[1] * width) / 2;
      return open[0] * width + ((number - first) / (last - first || 1)) * (100 - (open[0] + open[1]) * width);
    };
    box.style.left = `${at(found.lower)}%`;
    box.style.width = `${at(found.upper) - at(found.lower)}%`;
    middle.style.left = `${at(found.median)}%`;
  }
}

/** Lengths and examples. */
class TextCard extends Card {
  build() {
    this.lengths = make("p", { class: "small" });
    this.examples = make("ul", { class: "examples" });
    this.body.append(this.lengths, this.examples);
  }

  show() {
    const { column } = this;
    const lengths = Float64Array.from(this.rows, (row) => column.lengths[row]).sort();
    const found = quartiles(lengths);
    setText(this.lengths, lengths.length
      ? `${figure(found.lowest)} to ${figure(found.highest)} characters, median ${figure(found.median)}` : "No answers.");
    this.fillList(this.examples, this.chosenRows(), "examples", (row) => this.example(row, column.text(row)));
  }
}

/** Thumbnails, players and links. */
class FileCard extends Card {
  build() {
    this.limits = { pictures: PICTURES, players: PLAYERS, links: EXAMPLES };
    this.note = make("p", { class: "small" });
    this.pictures = make("ul", { class: "wall" });
    this.players = make("ul", { class: "players" });
    this.links = make("ul", { class: "links" });
    this.body.append(this.note, this.pictures, this.players, this.links);
  }

  show() {
    const { media, data } = this.page;
    const found = { picture: [], player: [], link: [] };
    let missing = 0;
    for (const row of this.chosenRows()) {
      for (const [name, number] of this.column.values[row] ?? []) {
        if (number === null) {
          missing++;
          continue;
        }
        const { kind } = media.files[number];
        const group = kind === "picture" && media.picture(number, false) ? "picture"
          : kind && kind !== "picture" && (media.files[number].embedded || media.files[number].link) ? "player" : "link";
        found[group].push([row, name, number]);
      }
    }
    const amount = found.picture.length + found.player.length + found.link.length;
    setText(this.note, `${count(amount, "file")}${missing ? `, ${whole.format(missing)} missing in the archive` : ""}`);
    this.fillList(this.pictures, found.picture, "pictures", ([row, name, number]) => make("button", {
      type: "button", class: "thumbnail", title: `${name}: show the submission`, onclick: () => this.page.open(row),
    }, media.image(number, `${name}, from ${data.participant(row) ?? "an unknown participant"}`, false)));
    this.fillList(this.players, found.player, "players", ([row, name, number]) => make("div", { class: "player" },
      media.player(number, name), this.example(row, name)));
    this.fillList(this.links, found.link, "links", ([, name, number]) => media.saved(number, name));
  }
}

const CARDS = { choice: ChoiceCard, number: NumberCard, text: TextCard, file: FileCard, other: TextCard };
