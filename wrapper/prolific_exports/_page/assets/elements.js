// Elements and numbers. Texts of answers only ever become text nodes.

/**
 * An element.
 * @param {string} tag
 * @param {Object<string, any>} attributes `on…` are listeners; null and false are left out.
 * @param {...(Node|string|null)} content
 */
function make(tag, attributes, ...content) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...content.filter((one) => one !== null));
  return element;
}

/** Change a text only if it differs: the browser lays out less. */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const whole = new Intl.NumberFormat("en");
const precise = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
const count = (number, noun) => `${whole.format(number)} ${number === 1 ? noun : `${noun}s`}`;
const percent = (part, of) => (of ? `${Math.round((100 * part) / of)} %` : "–");
const figure = (number) => (Math.abs(number) >= 1000 ? whole.format(Math.round(number)) : precise.format(number));

function size(bytes) {
  let value = bytes;
  for (const unit of ["bytes", "kB", "MB", "GB"]) {
    if (value < 999.95) return unit === "bytes" ? count(bytes, "byte") : `${value.toFixed(1)} ${unit}`;
    value /= 1000;
  }
  return `${value.toFixed(1)} TB`;
}

/** A time in UTC: `2026-03-20 10:30`. */
function moment(time) {
  return Number.isNaN(time) ? "" : new Date(time).toISOString().slice(0, 16).replace("T", " ");
}

const DAY = 86400000;
const isDay = (time) => time % DAY === 0;

function periodText([from, to]) {
  const day = (time) => (isDay(time) ? moment(time).slice(0, 10) : moment(time));
  if (from === -Infinity) return `until ${day(isDay(to) ? to - DAY : to)}`;
  if (to === Infinity) return `from ${day(from)}`;
  if (isDay(from) && to - from === DAY) return day(from);
  return `${day(from)} to ${day(isDay(to) ? to - DAY : to)}`;
}

function rangeText([low, high], unit) {
  const words = low === -Infinity ? `below ${figure(high)}`
    : high === Infinity ? `${figure(low)} or more`
    : `${figure(low)} to below ${figure(high)}`;
  return unit ? `${words} ${unit}` : words;
}

/** One stop of the tab key for a group of buttons; the arrow keys move within it. */
function rove(group) {
  const buttons = () => [...group.querySelectorAll("button")].filter((one) => !one.closest("[hidden]"));
  group.addEventListener("focusin", (event) => {
    for (const one of buttons()) one.tabIndex = one === event.target ? 0 : -1;
  });
  group.addEventListener("keydown", (event) => {
    const all = buttons();
    const at = all.indexOf(document.activeElement);
    const to = {
      ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1,
    }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    all[Math.min(Math.max(to, 0), all.length - 1)].focus();
  });
  buttons().forEach((one, place) => { one.tabIndex = place ? -1 : 0; });
}

/** Let each element of a grid span the rows that it needs. */
function packed(elements) {
  const row = 8;
  const gap = 16;
  const observer = new ResizeObserver((entries) => {
    for (const { target, borderBoxSize } of entries) {
      target.style.gridRowEnd = `span ${Math.ceil((borderBoxSize[0].blockSize + gap) / row)}`;
    }
  });
  for (const element of elements) observer.observe(element);
}

/** Equal steps of a round size over a range. */
function roundSteps(low, high, most) {
  const rough = (high - low) / most || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough);
  const start = Math.floor(low / step) * step;
  const edges = [];
  for (let at = 0; at === 0 || edges[at - 1] <= high; at++) edges.push(Number((start + at * step).toPrecision(12)));
  return edges;
}

/** The quartiles of sorted numbers. */
function quartiles(sorted) {
  const at = (part) => {
    const place = part * (sorted.length - 1);
    const below = Math.floor(place);
    return sorted[below] + (place - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below]);
  };
  return { lowest: sorted[0], lower: at(0.25), median: at(0.5), upper: at(0.75), highest: sorted[sorted.length - 1] };
}

/** A histogram whose columns are buttons. Choosing several extends the range. */
class Histogram {
  /**
   * @param {number[]} edges The ends of the columns, in order.
   * @param {string} label
   * @param {(low: number, high: number) => string} describe
   * @param {(range: ?[number, number]) => void} choose
   */
  constructor(edges, label, describe, choose) {
    this.edges = edges;
    this.describe = describe;
    this.range = null;
    this.columns = edges.slice(1).map((high, place) => {
      const fill = make("span", { class: "fill" });
      const button = make("button", { type: "button", class: "column", "aria-pressed": "false" }, fill);
      button.addEventListener("click", () => choose(this.next(edges[place], high)));
      return { button, fill };
    });
    this.element = make("div", { class: "histogram", role: "toolbar", "aria-label": label },
      ...this.columns.map((one) => one.button));
    rove(this.element);
  }

  next(low, high) {
    if (!this.range) return [low, high];
    const [from, to] = this.range;
    if (low >= from && high <= to) return from === low && to === high ? null : [low, high];
    return [Math.min(from, low), Math.max(to, high)];
  }

  /** The column of a number. */
  place(number) {
    const { edges } = this;
    let low = 0;
    let high = edges.length - 2;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (number >= edges[middle]) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  update(counts, range) {
    this.range = range;
    const most = Math.max(1, ...counts);
    this.columns.forEach(({ button, fill }, place) => {
      const [low, high] = [this.edges[place], this.edges[place + 1]];
      fill.style.height = `${(100 * counts[place]) / most}%`;
      const text = `${this.describe(low, high)}: ${whole.format(counts[place])}`;
      if (button.title !== text) {
        button.title = text;
        button.setAttribute("aria-label", text);
      }
      const chosen = range !== null && low >= range[0] && high <= range[1];
      button.setAttribute("aria-pressed", String(chosen));
      button.classList.toggle("dimmed", range !== null && !chosen);
    });
  }
}
