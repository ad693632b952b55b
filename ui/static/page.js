// What the page does without asking the server: chips, copy, thumbs, suggested questions, what a screen reader hears.
(() => {
  "use strict";
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const still = () => (calm.matches ? "auto" : "smooth");
  const params = new URLSearchParams(location.search);
  if (params.has("embed")) document.documentElement.classList.add("embedded");

  const live = document.createElement("div");
  live.id = "heard";
  live.className = "unseen";
  live.setAttribute("role", "status");
  live.setAttribute("aria-live", "polite");
  const say = (text) => { live.textContent = ""; setTimeout(() => { live.textContent = text; }, 60); };

  const box = () => document.querySelector("#question textarea");
  const button = (name) => document.querySelector(`#composer .${name}-button`);
  const fill = (text) => {
    const area = box();
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(area, text);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };

  // Gradio swallows what is asked before it is done with Stop or New chat: it is held until then.
  const PATIENCE = 10000;  // a Stop or New chat that never came through holds up nothing for longer
  let ending = "", until = 0, held = false;
  const end = (how) => { ending = how; until = Date.now() + PATIENCE; held = false; };
  const through = () => button("submit") && !(ending === "new" && document.querySelector(".turn"));
  const settle = () => {  // whether nothing is being ended any more
    if (ending && (through() || Date.now() >= until)) ending = "";
    return ending === "";
  };
  const enter = () => box()?.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true, cancelable: true }));
  const send = () => {
    if (!settle()) held = true;
    else if (button("submit")) button("submit").click();
    else enter();
  };
  const release = () => {
    if (!held || !settle()) return;
    held = false;
    send();
  };
  const ask = (question) => {
    if (!box() || (button("stop") && settle())) return;
    fill(question);
    setTimeout(send, 60);
  };
  const halt = (event) => { event.preventDefault(); event.stopImmediatePropagation(); };
  const asking = (event) => {  // what Gradio is about to be given
    if (!box().value.trim()) halt(event);  // the second Enter of two
    else if (!settle()) { halt(event); send(); }
    else { asked = box().value; silent = tries = 0; }
  };
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.target !== box()) return;
    asking(event);
  }, true);
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#composer .stop-button")) end("stop");
    else if (event.target.closest?.("#fresh")) {
      end("new");
      fill("");
    } else if (event.target.closest?.("#composer .submit-button")) asking(event);
  }, true);

  // Gradio forgets an event that joins while the stream of the one before is being closed: its news then waits on the
  // server until another event opens a new stream. One that does nothing is sent where a question shows no sign of life.
  const SIGN = 3;  // seconds
  const TRIES = 3;
  let asked = "", silent = 0, tries = 0;
  const over = () => button("stop") && document.querySelector("#now .turn:is(.is-done, .is-failed, .is-stopped)");
  const nudge = () => {
    if (button("stop") && asked && box().value === asked) fill("");  // it was heard, but that the box is empty was lost
    if (button("stop") || box()?.value !== asked) asked = "";
    silent = asked || over() ? silent + 1 : 0;
    if (silent < SIGN || tries >= TRIES) return;
    silent = 0;
    tries += 1;
    document.querySelector("#nudge")?.click();
    if (asked) enter();  // where it was not even heard; while it is pending, Gradio takes no second
  };
  setInterval(() => { release(); nudge(); }, 1000);

  const show = (chip) => {
    const [, turn, number] = chip.className.match(/to-(\d+)-(\d+)/) || [];
    const card = document.getElementById(`card-${turn}-${number}`);
    if (!card) return false;
    document.querySelectorAll(".card.on, .chip.on").forEach((e) => e.classList.remove("on"));
    card.classList.add("on");
    chip.classList.add("on");
    card.scrollIntoView({ block: "nearest", inline: "nearest", behavior: still() });
    const quote = card.querySelector("blockquote"), mark = card.querySelector("mark");
    if (quote && mark) quote.scrollTop = mark.offsetTop - quote.offsetTop - 30;
    card.querySelector(".place").focus({ preventScroll: true });
    return true;
  };

  const plain = (turn) => {
    const copy = turn.querySelector(".reply").cloneNode(true);
    copy.querySelectorAll(".foot, .suggested, .instead, .unseen").forEach((e) => e.remove());
    copy.querySelectorAll(".chip").forEach((e) => { e.textContent = `[${e.textContent}]`; });
    copy.querySelectorAll("li").forEach((e) => { e.prepend("- "); e.append("\n"); });
    copy.querySelectorAll("p").forEach((e) => e.append("\n"));
    const places = [...turn.querySelectorAll(".card")].map((card) => {
      const of = (name) => card.querySelector(name)?.textContent.trim() ?? "";
      return `[${of(".number")}] ${of(".title")}, ${of(".locator")} (${of(".path")})`;
    });
    return [copy.textContent.trim(), ...places].join("\n");
  };

  const write = async (text) => {
    try { await navigator.clipboard.writeText(text); return true; } catch { /* not allowed here: the old way */ }
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  };

  const vote = async (button) => {
    const turn = button.closest(".turn"), thanks = turn.querySelector(".thanks");
    const up = button.classList.contains("up");
    const question = turn.querySelector(".question").lastChild.textContent;
    try {
      const reply = await fetch("/api/feedback", {
        method: "POST", credentials: "omit", headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ vote: up ? "up" : "down", question: question.slice(0, 1000), answer: plain(turn).slice(0, 4000) }),
      });
      const body = await reply.json();
      if (!reply.ok) throw new Error(body.detail);
      turn.querySelectorAll(".vote").forEach((e) => {
        e.classList.toggle("on", e === button);
        e.setAttribute("aria-pressed", String(e === button));
      });
      thanks.textContent = body.stored ? "Thank you." : "Thank you. This site stores nothing, so it stays with you.";
    } catch (error) {
      thanks.textContent = error.message || "That could not be sent.";
    }
    say(thanks.textContent);
  };

  document.addEventListener("click", async (event) => {
    const target = event.target.closest?.(".ask, .chip, .tool");
    if (!target) return;
    if (target.matches(".ask")) ask(target.title || target.textContent);
    else if (target.matches(".vote")) vote(target);
    else if (target.matches(".copy")) {
      const done = await write(plain(target.closest(".turn")));
      target.textContent = done ? "Copied" : "Not copied";
      say(target.textContent);
      setTimeout(() => { target.textContent = "Copy"; }, 2000);
    } else if (!(event.ctrlKey || event.metaKey || event.shiftKey) && show(target)) event.preventDefault();
  });

  // Gradio's sanitiser drops ARIA attributes, and its own parts lack some: they are put back here.
  const label = (root) => {
    root.querySelectorAll?.(".chip:not([aria-label])").forEach((e) => e.setAttribute("aria-label", e.title));
    root.querySelectorAll?.(".vote:not([aria-label])").forEach((e) => {
      e.setAttribute("aria-label", e.title);
      e.setAttribute("aria-pressed", "false");
    });
    root.querySelectorAll?.(".sources:not([aria-label])").forEach((e) => e.setAttribute("aria-label", "Sources"));
    root.querySelectorAll?.(".sources ol:not([tabindex]), .card blockquote:not([tabindex])").forEach((e) => {
      if (e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1) {
        e.tabIndex = 0;
        e.setAttribute("role", e.tagName === "OL" ? "list" : "group");
        e.setAttribute("aria-label", e.tagName === "OL" ? "Sources" : "Words around the quote");
        const mark = e.querySelector(":scope > mark");
        if (mark) e.scrollTop = mark.offsetTop - e.offsetTop - 30;
      }
    });
    document.querySelector("#composer .submit-button")?.setAttribute("aria-label", "Ask");
    document.querySelector("#composer .stop-button")?.setAttribute("aria-label", "Stop");
    const area = box();
    if (area && !area.hasAttribute("aria-label")) area.setAttribute("aria-label", "Your question");
    document.querySelector("#fresh")?.setAttribute("aria-label", "New chat");
  };

  let seen = "";
  const look = () => {
    const now = document.querySelector("#now");
    label(document);
    release();
    const turn = now?.querySelector(".turn");
    const state = turn ? `${turn.id} ${[...turn.classList].find((c) => c.startsWith("is-"))}` : "";
    if (state === seen) return;
    const before = seen;
    seen = state;
    if (!turn) return;
    now.setAttribute("aria-busy", String(/is-(waiting|writing)/.test(state)));
    if (before.split(" ")[0] !== turn.id || /is-(done|failed)/.test(state)) turn.scrollIntoView({ block: "start", behavior: still() });
    if (/is-waiting/.test(state)) say("Looking through the documents.");
    if (/is-done/.test(state)) say(`Answer: ${[...turn.querySelectorAll(".lead, .said")].map((e) => e.textContent).join(" ")} ${turn.querySelectorAll(".card").length} sources.`);
    if (/is-failed/.test(state)) say(turn.querySelector(".note")?.textContent ?? "");
    if (/is-stopped/.test(state)) { say("Stopped."); box()?.focus(); }
  };

  document.addEventListener("DOMContentLoaded", () => {
    document.body.append(live);
    new MutationObserver(look).observe(document.querySelector("gradio-app"), { childList: true, subtree: true });
  });
})();
