// Highlights #start-end, which count Unicode characters of the document's text, and scrolls there.
(() => {
  "use strict";
  const found = document.getElementById("found");
  const original = new Map([...document.querySelectorAll("pre.text")].map((pre) => [pre, pre.textContent]));

  const highlight = () => {
    original.forEach((text, pre) => { pre.textContent = text; });
    const [, from, to] = location.hash.match(/^#(\d{1,9})-(\d{1,9})$/) || [];
    found.textContent = "";
    if (from === undefined) return;
    let position = 0, first = null;
    original.forEach((text, pre) => {
      const letters = Array.from(text);  // by code points, as the offsets are
      const start = Math.max(0, Number(from) - position), end = Math.min(letters.length, Number(to) - position);
      if (start < end) {
        const mark = document.createElement("mark");
        mark.textContent = letters.slice(start, end).join("");
        pre.replaceChildren(letters.slice(0, start).join(""), mark, letters.slice(end).join(""));
        first ??= mark;
      }
      position += letters.length;
    });
    if (!first) { found.textContent = "This passage has changed since; here is the whole document."; return; }
    const page = first.closest("section").querySelector("h2")?.textContent;
    found.textContent = `The quoted words are highlighted${page ? ` on ${page.toLowerCase()}` : ""}.`;
    first.tabIndex = -1;
    first.scrollIntoView({ block: "center" });
    first.focus({ preventScroll: true });
  };
  addEventListener("hashchange", highlight);
  highlight();
})();
