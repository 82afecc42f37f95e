// Uploaded files. Their types were decided by their content when the page was made; everything
// else is only offered for saving, and never opened here.

/** @typedef {{name: string, size: number, kind: ?string, type: ?string, preview: ?string,
 *   embedded: boolean, link: ?string}} PageFile */

class Media {
  /** @param {PageFile[]} files */
  constructor(files) {
    this.files = files;
    this.addresses = new Map();
  }

  content(id) { return document.getElementById(id).textContent; }

  link(number) { return this.files[number].link.split("/").map(encodeURIComponent).join("/"); }

  /** The address of a picture to show: as large as wanted, if the page has it. */
  picture(number, isLarge) {
    const file = this.files[number];
    const own = file.embedded ? () => `data:${file.type};base64,${this.content(`file-${number}`)}`
      : file.link ? () => this.link(number) : null;
    const preview = file.preview ? () => `data:${file.preview};base64,${this.content(`preview-${number}`)}` : null;
    return ((isLarge ? own ?? preview : preview ?? own) ?? (() => null))();
  }

  /** The address of a file's content. */
  address(number) {
    const file = this.files[number];
    if (!file.embedded) return file.link ? this.link(number) : null;
    if (!this.addresses.has(number)) {
      const text = atob(this.content(`file-${number}`));
      const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
      const blob = new Blob([bytes], { type: file.type ?? "application/octet-stream" });
      this.addresses.set(number, URL.createObjectURL(blob));
    }
    return this.addresses.get(number);
  }

  /** A picture; null if the page has none. */
  image(number, name, isLarge) {
    const address = this.picture(number, isLarge);
    // What is in the page is there at once, also in print.
    const [loading, decoding] = address?.startsWith("data:") ? ["eager", "sync"] : ["lazy", "async"];
    return address && make("img", { src: address, alt: name, loading, decoding });
  }

  /** A player of audio or video. */
  player(number, name) {
    const address = this.address(number);
    if (address === null) return null;
    return make(this.files[number].kind, {
      src: address, controls: true, preload: this.files[number].embedded ? "metadata" : "none", "aria-label": name,
    });
  }

  /** A way to save a file. */
  saved(number, name) {
    const file = this.files[number];
    const label = `${name} (${size(file.size)})`;
    if (file.link) return make("a", { href: this.link(number), download: name, target: "_blank", rel: "noopener" }, label);
    if (!file.embedded) return make("span", { class: "soft" }, `${label}, not on this page`);
    return make("button", {
      type: "button",
      class: "link",
      onclick: () => {
        // Only a Blob without a type that browsers run leaves the page.
        make("a", { href: this.address(number), download: name }).click();
      },
    }, `Save ${label}`);
  }

  /** A file with everything that the page has of it. */
  whole(number, name) {
    const file = this.files[number];
    const shown = file.kind === "picture" ? this.image(number, name, true)
      : file.kind ? this.player(number, name) : null;
    return make("figure", { class: "file" }, shown, make("figcaption", {}, this.saved(number, name)));
  }
}
