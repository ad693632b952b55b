"use strict";
for (const snippet of document.querySelectorAll("pre")) {
  const copy = document.createElement("button");
  copy.type = "button";
  copy.textContent = "Copy";
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(snippet.textContent);
      copy.textContent = "Copied";
    } catch {
      /* No clipboard without https: the text is selected, so that the keyboard can copy it. */
      getSelection().selectAllChildren(snippet);
      copy.textContent = "Selected";
    }
    setTimeout(() => { copy.textContent = "Copy"; }, 2000);
  });
  const frame = document.createElement("div");
  frame.className = "code";
  snippet.replaceWith(frame);
  frame.append(snippet, copy);
}
