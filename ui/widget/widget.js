/*
 * Ask My Resume on any site: <script src="https://HOST/widget.js" async></script>
 *
 * The page that hosts it is not ours and may be hostile by accident: its styles, its Content-Security-Policy, its
 * changes to built-in prototypes. So everything lives in a shadow root, styles come as a constructed sheet (a strict
 * policy blocks style elements and style attributes, not those), text only ever becomes text nodes, and nothing is
 * stored. The server is asked nothing until a visitor opens the dialog.
 */
(() => {
  "use strict";

  const PROTOCOL = 1;
  /* Milliseconds: without a sign of life for so long the visitor is told why; for so long it is given up. */
  const SLOW = 2000;
  const LOST = 90000;
  /* The server takes 16 kB, and heeds the latest 20 turns. */
  const BODY = 15000;
  const TURNS = 20;

  const CSS = `
:host {
  all: initial !important;
  position: fixed !important;
  inset: auto 0 0 auto !important;
  z-index: 2147483647 !important;
  display: block !important;
  direction: ltr !important;
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif !important;
  --surface: #fff; --raised: #f5f3ee; --text: #1c2321; --quiet: #55605c; --line: #ddd9cf; --warn: #b45f06;
}
:host([data-theme="dark"]) {
  --surface: #151b19; --raised: #202926; --text: #e9edea; --quiet: #a3afaa; --line: #37433f; --warn: #ffc27a;
}
@media print { :host { display: none !important } }
*, ::before, ::after { box-sizing: border-box }
[hidden] { display: none !important }
h2, p, ul, dl, dd { margin: 0; padding: 0; font-size: inherit }
button, textarea { font: inherit; color: inherit; letter-spacing: inherit }
button { cursor: pointer; border: 1px solid transparent; background: none; padding: 0 }
button:disabled { cursor: default }
svg { display: block; width: 22px; height: 22px; fill: none; stroke: currentColor; stroke-width: 2;
  stroke-linecap: round; stroke-linejoin: round; pointer-events: none }
:focus { outline: none }
:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }

.launch { position: absolute; right: max(20px, env(safe-area-inset-right)); bottom: max(20px, env(safe-area-inset-bottom));
  display: flex; align-items: center; gap: 10px; height: 52px; padding: 0 20px 0 16px; border-radius: 26px;
  max-width: calc(100vw - 40px); background: var(--accent); color: var(--on); font-weight: 600; white-space: nowrap;
  border-color: rgb(255 255 255 / .35); box-shadow: 0 1px 3px rgb(0 0 0 / .25), 0 8px 24px rgb(0 0 0 / .22) }
.launch span { overflow: hidden; text-overflow: ellipsis }
.launch svg { flex: none }
/* Two rings, as the colour of the page behind is unknown. */
.launch:focus-visible { outline: 3px solid #fff; outline-offset: 0; box-shadow: 0 0 0 6px #111 }

dialog { position: fixed; inset: auto 20px 20px auto; margin: 0; padding: 0; overflow: hidden; flex-direction: column;
  width: min(410px, calc(100vw - 40px)); height: min(660px, calc(100vh - 40px)); max-width: none; max-height: none;
  border: 1px solid var(--line); border-radius: 18px; background: var(--surface); color: var(--text);
  overflow-wrap: anywhere; box-shadow: 0 2px 8px rgb(0 0 0 / .18), 0 20px 60px rgb(0 0 0 / .3) }
dialog[open] { display: flex }
dialog::backdrop { background: rgb(10 15 20 / .2) }

.head { display: flex; align-items: center; gap: 12px; padding: 14px 10px 14px 18px; border-bottom: 1px solid var(--line) }
.head div { flex: 1; min-width: 0 }
h2 { font-size: 16px; line-height: 1.3; font-weight: 650 }
.head p { color: var(--quiet); font-size: 13px; line-height: 1.4 }
.icon { flex: none; display: grid; place-items: center; width: 40px; height: 40px; border-radius: 10px; color: var(--quiet) }
.icon:hover { background: var(--raised); color: var(--text) }

.log { position: relative; flex: 1; min-height: 0; padding: 18px; overflow-y: auto; overscroll-behavior: contain }
.log:focus-visible { outline-offset: -3px }
.turn { margin-bottom: 26px }
.asked { width: fit-content; max-width: 85%; margin: 0 0 12px auto; padding: 8px 14px; white-space: pre-line;
  border-radius: 16px 16px 4px 16px; background: var(--accent); color: var(--on) }
.said > * + * { margin-top: 8px }
.said p, .said li { white-space: pre-line }
.said ul { padding-left: 18px }
.said li { margin: 6px 0; padding-left: 2px }
.said li::marker { color: var(--quiet) }
a { color: var(--ink); text-underline-offset: 2px }
.chip { display: inline-block; min-width: 24px; height: 24px; margin: 0 2px; padding: 0 7px; border-radius: 12px;
  background: var(--raised); border: 1px solid var(--line); color: var(--ink); text-align: center;
  font-size: 12px; line-height: 22px; font-weight: 650; text-decoration: none; white-space: nowrap; vertical-align: 1px }
.chip:hover { border-color: var(--ink) }

details { font-size: 13px; color: var(--quiet) }
summary { width: fit-content; padding: 3px 0; cursor: pointer; border-radius: 4px }
summary:hover { color: var(--text) }
blockquote { margin: 8px 0 12px; padding: 0 0 0 12px; border-left: 3px solid var(--line) }
blockquote p { color: var(--text) }
blockquote .chip { margin-left: 0 }
.note { color: var(--quiet); font-size: 13px }
.warn { display: flex; flex-direction: column; gap: 10px; padding: 12px 14px; border: 1px solid var(--warn);
  border-radius: 14px; background: var(--raised); color: var(--text) }
.busy::before { content: ""; display: inline-block; width: 8px; height: 8px; margin-right: 8px; border-radius: 50%;
  background: var(--ink) }
.choices { display: flex; flex-direction: column; align-items: flex-start; gap: 8px }
.choice { min-height: 36px; padding: 6px 14px; border: 1px solid var(--line); border-radius: 18px; color: var(--ink);
  background: var(--surface); text-align: left; font-weight: 500 }
.choice:hover { border-color: var(--ink); background: var(--raised) }
.hello { display: flex; flex-direction: column; gap: 12px; margin-bottom: 26px }

form { display: flex; align-items: flex-end; gap: 8px; margin: 0; padding: 12px 14px 6px; border-top: 1px solid var(--line) }
textarea { flex: 1; min-width: 0; height: 44px; max-height: 128px; margin: 0; padding: 9px 14px; resize: none;
  font-size: 16px; border: 1px solid var(--quiet); border-radius: 14px; background: var(--surface) }
textarea::placeholder { color: var(--quiet); opacity: 1 }
textarea:focus-visible { outline-offset: 0; outline-width: 2px; border-color: var(--ink) }
.send { flex: none; display: grid; place-items: center; width: 44px; height: 44px; border-radius: 14px;
  background: var(--accent); color: var(--on) }
.foot { padding: 0 18px max(10px, env(safe-area-inset-bottom)); color: var(--quiet); font-size: 12px; line-height: 1.5 }

@media (max-width: 600px), (max-height: 480px) {
  dialog { inset: var(--top, 0) 0 auto 0; width: 100%; height: 100vh; height: var(--height, 100dvh); border: 0; border-radius: 0 }
  .launch { width: 56px; height: 56px; padding: 0; justify-content: center; border-radius: 50% }
  .launch span { display: none }
}
@media (prefers-reduced-motion: no-preference) {
  dialog[open] { animation: rise .18s ease-out }
  .busy::before { animation: beat 1.2s ease-in-out infinite }
  .launch { transition: transform .15s }
  .launch:hover { transform: translateY(-2px) }
}
@keyframes rise { from { opacity: 0; transform: translateY(12px) } }
@keyframes beat { 50% { opacity: .25 } }
`;

  const CHAT = "M21 12a8 8 0 0 1-8 8H4l2-3.500A8 8 0 1 1 21 12zM9 12l2.500 2.500L16 10";
  const CROSS = "M6 6l12 12M18 6 6 18";
  const ARROW = "M12 19V5M6 11l6-6 6 6";
  const SQUARE = "M7 7h10v10H7z";

  /* An element of this name shadows document.currentScript on a page that has an <img name="currentScript">. */
  const running = document.currentScript;
  const script = running instanceof HTMLScriptElement ? running : document.querySelector('script[src*="widget.js"]');
  const base = new URL(".", script.src).href;
  const asked = script.dataset;
  const fetch = window.fetch.bind(window);

  // ---- words and colours

  const say = (value) => (value === undefined || value === null ? "" : String(value));

  /* JSON.stringify heeds any toJSON that a page has given to strings or arrays; this heeds nothing. */
  const quoted = (text) =>
    `"${text
      .replace(/\p{Surrogate}/gu, "\uFFFD")
      .replace(/["\\\u0000-\u001f]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"))}"`;

  const body = (question, turns) => {
    let pairs = turns.slice(-TURNS).map((turn) => `[${quoted(turn[0])},${quoted(turn[1].slice(0, 600))}]`);
    for (;;) {
      const json = `{"protocol":${PROTOCOL},"question":${quoted(question)},"history":[${pairs.join()}]}`;
      if (!pairs.length || new TextEncoder().encode(json).length <= BODY) return json;
      pairs = pairs.slice(1);
    }
  };

  /* WCAG 2.2: relative luminance of sRGB, and the contrast of two colours. */
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const css = (rgb) => `rgb(${rgb.map((v) => Math.round(v * 255)).join(" ")})`;

  /* Any colour that CSS knows, as three numbers from 0 to 1: the browser is asked, and old ones know rgb() alone. */
  const parsed = (colour, probe) => {
    probe.style.color = "";
    probe.style.color = colour;
    probe.style.color = `color-mix(in srgb, ${colour} 100%, ${colour})`;
    if (!probe.style.color) return null;
    const value = getComputedStyle(probe).color;
    const numbers = (value.match(/-?[\d.]+(?:e-?\d+)?/g) || []).slice(0, 3).map(Number);
    if (numbers.length < 3 || !/^(rgb|color\(srgb )/.test(value)) return null;
    return numbers.map((v) => Math.min(1, Math.max(0, value.startsWith("rgb") ? v / 255 : v)));
  };

  /* The accent as it is for surfaces, with a readable text on it; and, darker or lighter in its own hue, as text. */
  const paint = (host, probe, dark) => {
    const accent = parsed(asked.accent || "#0f6b5c", probe) || [15 / 255, 107 / 255, 92 / 255];
    const [white, black] = [[1, 1, 1], [0, 0, 0]];
    const behind = dark ? [0.125, 0.161, 0.149] : [0.961, 0.953, 0.933];
    let ink = accent;
    while (contrast(ink, behind) < (dark ? 6 : 4.6)) ink = ink.map((v) => (dark ? Math.min(1, v * 1.08 + 0.015) : v * 0.92));
    host.style.setProperty("--accent", css(accent), "important");
    host.style.setProperty("--on", css(contrast(accent, white) >= 4.5 ? white : black), "important");
    host.style.setProperty("--ink", css(ink), "important");
    host.dataset.theme = dark ? "dark" : "light";
  };

  // ---- elements

  const el = (tag, attributes, ...children) => {
    const node = document.createElement(tag);
    for (const name of Object.keys(attributes || {})) node.setAttribute(name, attributes[name]);
    node.append(...children);
    return node;
  };
  const icon = (path) => {
    const draw = (tag) => document.createElementNS("http://www.w3.org/2000/svg", tag);
    const [svg, line] = [draw("svg"), draw("path")];
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
  };
  const button = (name, press, ...children) => {
    const node = el("button", { type: "button", class: name }, ...children);
    node.addEventListener("click", press);
    return node;
  };
  const outside = (href, ...children) => el("a", { href, target: "_blank", rel: "noopener" }, ...children);

  // ---- an answer, drawn

  const where = (c) => [c.title || c.source, c.locator].filter(Boolean).map(say).join(" · ");
  const address = (c) =>
    `${base}sources/${say(c.source).split("/").map(encodeURIComponent).join("/")}#${+c.start}-${+c.end}`;

  const chip = (c) => {
    const link = outside(address(c), say(c.number));
    link.className = "chip";
    link.title = where(c);
    link.setAttribute("aria-label", `Source ${c.number}: ${where(c)} (opens in a new tab)`);
    return link;
  };
  const chips = (numbers, citations) => {
    const found = numbers.map((n) => citations.find((c) => c.number === n)).filter(Boolean);
    return found.length ? ["\u00a0", ...found.map(chip)] : [];
  };

  /* The owner's contact inside a sentence becomes a link, where the server says what it links to. */
  const linked = (line, profile) => {
    const { contact, contact_url: href } = profile;
    const at = contact && /^(https?:|mailto:)/i.test(href || "") ? line.indexOf(contact) : -1;
    return at < 0 ? [line] : [line.slice(0, at), outside(href, contact), line.slice(at + contact.length)];
  };

  /* `text` is what counts, and says what stands around the statements; they say which of its sentences cite what. */
  const drawn = (answer, profile) => {
    const into = [];
    const { statements, citations } = answer;
    let text = say(answer.text);
    let cursor = 0;
    let open = null;
    const plain = (words) => {
      for (const line of words.split("\n")) if (line.trim()) into.push(el("p", null, ...linked(line.trim(), profile)));
    };
    if (!statements.every((s) => (cursor = text.indexOf(s.text, cursor) + 1))) text = "";
    cursor = 0;
    for (const statement of statements) {
      const at = text.indexOf(statement.text, cursor);
      const before = at < 0 ? "\n- " : text.slice(cursor, at);
      const item = /(^|\n)- $/.test(before);
      const between = before.replace(/(^|\n)- $/, "");
      plain(between);
      const tag = item ? "UL" : "P";
      if (!open || open.tagName !== tag || between.trim() || (!item && between.includes("\n"))) {
        into.push((open = el(tag)));
      } else if (!item) open.append(" ");
      const words = [say(statement.text), ...chips(statement.citations, citations)];
      open.append(...(item ? [el("li", null, ...words)] : words));
      cursor = at < 0 ? cursor : at + statement.text.length;
      cursor += /^ ?(\[\d+\])*/.exec(text.slice(cursor))[0].length;
    }
    plain(text.slice(cursor));
    return into;
  };

  const counted = (n, one, many) => `${n} ${n === 1 ? one : many}`;

  const evidence = (answer) => {
    const into = [];
    const { citations, withheld = [] } = answer;
    if (citations.length) {
      const quotes = citations.map((c) =>
        el("blockquote", null, el("p", null, say(c.quote)), chip(c), ` ${where(c)}`));
      into.push(el("details", null, el("summary", null, counted(citations.length, "source", "sources")), ...quotes));
    }
    if (withheld.length) {
      const count = counted(withheld.length, "sentence was", "sentences were");
      into.push(el("p", { class: "note" }, `Checked against the sources: ${count} held back, unproved.`));
    }
    return into;
  };

  // ---- the server

  /* What a visitor is told; `again` says whether asking once more may help. */
  class Trouble extends Error {
    constructor(message, again = true) {
      super(message);
      this.again = again;
    }
  }

  const request = async (path, options) => {
    let response;
    try {
      response = await fetch(base + path, { credentials: "omit", cache: "no-store", ...options });
    } catch (error) {
      if (options.signal && options.signal.aborted) throw error;
      console.warn(`Ask My Resume: ${base} did not answer. If it is up, it does not list ${location.origin} in ` +
        "RESUME_ALLOWED_ORIGINS, or the connect-src of this page's policy lacks it.");
      throw new Trouble(navigator.onLine === false ? "You seem to be offline."
        : "The answers can’t be reached right now. Please try again in a moment.");
    }
    const version = response.headers.get("Ask-Protocol");
    if (version && +version !== PROTOCOL) throw new Trouble("This chat has been updated. Please reload the page.", false);
    if (response.ok) return response;
    const problem = await response.json().catch(() => ({}));
    throw new Trouble(say(problem.detail) || "Something went wrong. Please try again in a moment.");
  };

  /* Calls `heard(name, data)` for every event, until the last; `alive` for every sign of life. */
  const events = async (response, heard, alive) => {
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    for (let rest = ""; ; ) {
      const { done, value } = await reader.read();
      if (done) throw new Trouble("The connection was lost before the answer was complete.");
      alive();
      const blocks = (rest + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/);
      rest = blocks.pop();
      for (const block of blocks) {
        const name = (/^event: ?(.*)$/m.exec(block) || [])[1];
        const data = (/^data: ?([^\r\n]*)/m.exec(block) || [])[1];
        if (!name || !data) continue;
        const told = JSON.parse(data);
        if (name === "error") throw new Trouble(say(told.detail) || "Something went wrong. Please try again.");
        heard(name, told);
        if (name === "done") return reader.cancel();
      }
    }
  };

  // ---- the dialog

  const mount = () => {
    if (document.querySelector("ask-my-resume")) return;

    const turns = [];
    let profile = {};
    let stop = null;
    let loading = false;
    let title = asked.title || "Ask my resume";

    const host = document.createElement("ask-my-resume");
    const root = host.attachShadow({ mode: "open" });
    const heading = el("h2", { id: "t", tabindex: "-1" }, title);
    const headline = el("p");
    const launch = button("launch", () => open(), icon(CHAT), el("span", null, title));
    launch.setAttribute("aria-haspopup", "dialog");
    launch.setAttribute("aria-label", title);
    const shut = button("icon", () => dialog.close(), icon(CROSS));
    shut.setAttribute("aria-label", "Close");
    const hello = el("div", { class: "hello" });
    const log = el("div", { class: "log", role: "region", "aria-label": "Conversation", tabindex: "0" }, hello);
    const input = el("textarea", { rows: "1", maxlength: "1000", placeholder: "Ask a question", "aria-label": "Your question",
      enterkeyhint: "send", autocomplete: "off" });
    const send = el("button", { type: "submit", class: "send" });
    const form = el("form", null, input, send);
    const foot = el("p", { class: "foot" }, "Every sentence names its source.");
    const status = el("div", { class: "sr", role: "status", "aria-live": "polite" });
    const dialog = el("dialog", { "aria-labelledby": "t", "aria-modal": "true" },
      el("div", { class: "head" }, el("div", null, heading, headline), shut), log, form, foot, status);

    /* Announced once, whole: a live log would read an answer in pieces while it is still being written. */
    const announce = (text) => { status.textContent = text; };

    const sending = (busy) => {
      send.replaceChildren(icon(busy ? SQUARE : ARROW));
      send.setAttribute("aria-label", busy ? "Stop" : "Send");
    };

    const choices = (questions) => {
      const group = el("div", { class: "choices" });
      for (const question of questions) group.append(button("choice", () => ask(question), question));
      return group;
    };
    const suggestions = () => {
      const known = [asked.question, ...(profile.suggested_questions || [])].filter(Boolean).map(say);
      return [...new Set(known)].filter((question) => !turns.some((turn) => turn[0] === question));
    };

    const trouble = (error, again) => {
      const known = error instanceof Trouble;
      if (!known) console.error("Ask My Resume:", error);
      const text = known ? error.message : "Something went wrong. Please try again.";
      const box = el("div", { class: "warn" }, el("p", null, text));
      if (!known || error.again) {
        const retry = button("choice", () => again(box), "Try again");
        box.append(el("div", { class: "choices" }, retry));
      }
      announce(text);
      return box;
    };

    const load = async () => {
      if (loading) return;
      loading = true;
      const waking = el("p", { class: "note busy" }, "Waking up the server. This can take up to a minute.");
      const slow = setTimeout(() => { hello.replaceChildren(waking); announce(waking.textContent); }, SLOW);
      const abort = new AbortController();
      const lost = setTimeout(() => abort.abort(), LOST);
      try {
        const told = await (await request("api/profile", { signal: abort.signal })).json();
        profile = told;
        if (!asked.title && told.name) title = `Ask about ${told.name}`;
        heading.textContent = title;
        headline.textContent = say(told.headline);
        if (told.stores_questions) foot.textContent = "Every sentence names its source. Questions are kept for 30 days.";
        hello.replaceChildren(el("p", null, "Ask about experience, skills or projects. Each answer shows the words it rests on."),
          choices(suggestions().slice(0, 4)));
      } catch (error) {
        loading = false;
        const late = abort.signal.aborted ? new Trouble("The server is taking too long. Please try again.") : error;
        hello.replaceChildren(trouble(late, () => { load(); settle(); }));
      } finally {
        clearTimeout(slow);
        clearTimeout(lost);
      }
    };

    const show = (node) => { log.scrollTop = node.offsetTop - 14; };

    const ask = async (question) => {
      question = question.trim();
      if (!question || stop) return;
      const said = el("div", { class: "said" });
      const turn = el("div", { class: "turn" }, el("p", { class: "asked" }, el("span", { class: "sr" }, "You asked: "), question), said);
      log.append(turn);
      input.value = "";
      fit();
      settle();
      await write(question, turn, said);
    };

    const write = async (question, turn, said) => {
      const note = el("p", { class: "note busy" }, "Searching the documents");
      const list = el("ul");
      said.replaceChildren(note);
      show(turn);
      announce("");
      sending(true);
      const mine = (stop = new AbortController());
      let told = false;
      let patience;
      const alive = () => {
        clearTimeout(patience);
        patience = setTimeout(() => { mine.late = true; mine.abort(); }, LOST);
      };
      const hint = setTimeout(() => {
        if (!told) note.textContent = "The server is waking up. The first answer can take up to a minute.";
      }, SLOW);
      alive();
      let answer = null;
      const heard = (name, data) => {
        told = true;
        if (name === "waiting") note.textContent = say(data.text);
        if (name === "retrieved") note.textContent = "Reading what was found";
        if (name === "sentence") {
          if (!list.isConnected) note.before(list);
          note.textContent = "Writing";
          list.append(el("li", null, say(data.statement.text), ...chips(data.statement.citations, data.citations)));
        }
        if (name === "withheld") note.textContent = "A sentence was held back: its source does not prove it";
        if (name === "done") answer = data;
      };
      try {
        const response = await request("api/ask", {
          method: "POST",
          headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
          body: body(question, turns),
          signal: mine.signal,
        });
        alive();
        await events(response, heard, alive);
        said.replaceChildren(...drawn(answer, profile), ...evidence(answer));
        turns.push([question, say(answer.text)]);
        if (answer.decision === "refuse") said.append(choices(suggestions().slice(0, 2)));
        announce(`${say(answer.text).replace(/ ?\[\d+\]/g, "")} ${counted(answer.citations.length, "source", "sources")}.`);
      } catch (error) {
        if (mine.signal.aborted && !mine.late) {
          note.textContent = "Stopped.";
          note.className = "note";
          announce("Stopped.");
        } else {
          const late = mine.late ? new Trouble("The server is taking too long. Please try again.") : error;
          note.replaceWith(trouble(late, () => { if (!stop) { settle(); write(question, turn, said); } }));
        }
      } finally {
        clearTimeout(hint);
        clearTimeout(patience);
        stop = null;
        sending(false);
        show(turn);
      }
    };

    /* On a touch screen a focused field brings up the keyboard, over what there is to read. */
    const settle = () => (matchMedia("(pointer: coarse)").matches ? heading : input).focus();

    const open = () => {
      dialog.showModal();
      settle();
      load();
    };

    const fit = () => {
      input.style.height = "auto";
      input.style.height = `${input.scrollHeight + 2}px`;
    };

    input.addEventListener("input", fit);
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      ask(input.value);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (stop) stop.abort();
      else ask(input.value);
    });
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener("close", () => launch.focus());
    dialog.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Escape") {
        event.preventDefault();
        dialog.close();
      }
      if (event.key !== "Tab") return;
      /* A modal dialog lets Tab go on to the browser's own controls; this one is a loop. */
      const stops = [...dialog.querySelectorAll("a, button, textarea, summary, [tabindex='0']")].filter((s) => s.checkVisibility
        ? s.checkVisibility() : s.offsetParent);
      const [first, last] = [stops[0], stops[stops.length - 1]];
      const at = root.activeElement;
      if (event.shiftKey ? at === first || at === heading : at === last) {
        event.preventDefault();
        (event.shiftKey ? last : first).focus();
      }
    });
    /* A page's shortcuts ("/" searches, "j" scrolls) and focus keepers are not for what is typed in here. */
    for (const name of ["keydown", "keypress", "keyup", "focusin", "focusout"]) {
      root.addEventListener(name, (event) => event.stopPropagation());
    }

    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
      root.adoptedStyleSheets = [sheet];
    } catch {
      root.append(el("style", null, CSS));
    }
    root.append(launch, dialog);
    sending(false);
    /* Beside the body, not in it: frameworks replace bodies, and a transformed one would move what is fixed. */
    document.documentElement.append(host);

    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const recolour = () => paint(host, status, asked.theme ? asked.theme === "dark" : scheme.matches);
    scheme.addEventListener("change", recolour);
    recolour();

    /* A phone's keyboard covers the page without resizing it. */
    const seen = window.visualViewport;
    if (seen) {
      const resize = () => {
        dialog.style.setProperty("--height", `${seen.height}px`);
        dialog.style.setProperty("--top", `${seen.offsetTop}px`);
      };
      seen.addEventListener("resize", resize);
      seen.addEventListener("scroll", resize);
    }
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", mount);
  else mount();
})();
