"use strict";
(() => {
  const form = document.getElementById("filter");
  const cases = [...document.querySelectorAll(".case")].map((node) => ({ node, text: node.textContent.toLowerCase() }));
  const parts = [...document.querySelectorAll(".part")];
  const apply = () => {
    const wanted = Object.fromEntries(new FormData(form));
    const words = wanted.text.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { node, text } of cases) {
      const fits = ["outcome", "kind", "origin"].every((name) => !wanted[name] || node.dataset[name] === wanted[name]);
      node.hidden = !(fits && words.every((word) => text.includes(word)));
      shown += !node.hidden;
    }
    for (const part of parts) part.hidden = !part.querySelector(".case:not([hidden])");
    form.querySelector("output").textContent = `${shown} of ${cases.length} cases`;
  };
  const reveal = () => {
    const node = document.getElementById(location.hash.slice(1));
    if (node && node.matches(".case")) {
      if (node.hidden) form.reset();
      node.open = true;
      node.scrollIntoView();
    }
  };
  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  for (const open of [true, false]) {
    form.querySelector(open ? ".open" : ".close").addEventListener("click", () => {
      for (const { node } of cases) if (!node.hidden) node.open = open;
    });
  }
  addEventListener("hashchange", reveal);
  apply();
  reveal();
})();
