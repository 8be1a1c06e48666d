/* Hijau's own script: saving while one answers, menus that close, small comforts.
   Everything works without it; nothing here evaluates text as code.

   A form with data-autosave is posted when a field changes. The server answers with fragments: each
   top-level element of the answer whose id is on the page takes that element's place. A copy of what
   was entered stays in this tab's sessionStorage until the server has acknowledged it. */
"use strict";

(() => {
  const body = document.body;
  const RETRY = 10_000;
  /* what the server did not take, and so stands on this page alone */
  const REFUSED = "form[data-autosave] [data-refusal]";
  const say = (what) => body.dataset[`say${what}`] || "";
  const now = () =>
    new Intl.DateTimeFormat(document.documentElement.lang || "id", { hour: "2-digit", minute: "2-digit", hour12: false })
      .format(new Date()).replace(":", document.documentElement.lang === "en" ? ":" : ".");

  /* ---- What is not saved yet ---------------------------------------------------------------- */

  const PREFIX = `hijau:${body.dataset.person || ""}:`;
  const keyOf = (action) => {
    const address = new URL(action, location.href);
    return PREFIX + address.pathname + address.search;
  };

  const copies = {
    keys() {
      return Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
    },
    get(key) {
      try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; }
    },
    put(key, entries) {
      try { sessionStorage.setItem(key, JSON.stringify(entries)); } catch { /* full or forbidden: the page still holds it */ }
    },
    drop(key) {
      try { sessionStorage.removeItem(key); } catch { /* nothing to drop */ }
    },
  };

  /** key → {action, entries, sending, again, turn}: what waits for the server's word. */
  const waiting = new Map();

  const entriesOf = (form) =>
    [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");

  /* what was chosen, with the version that the server has just told */
  const withNewest = (form, entries) =>
    entries.map(([name, value]) => [name, name === "seen" ? form?.elements.namedItem("seen")?.value ?? value : value]);

  const token = () => document.querySelector("input[name=csrfmiddlewaretoken]")?.value || "";

  /* ---- Saying so ---------------------------------------------------------------------------- */

  const state = document.getElementById("save-state");
  let fading;

  function show(kind, words, form) {
    const own = form?.querySelector("[data-save-state]");
    // a line that the server has just written is left as it is
    if (own && (kind !== "saved" || "ours" in own.dataset)) { own.textContent = words; own.dataset.ours = ""; }
    if (!state) return;
    clearTimeout(fading);
    state.className = `save-state is-${kind}`;
    state.textContent = words;
    state.hidden = false;
    if (kind === "saved") fading = setTimeout(() => { state.hidden = true; }, 4000);
  }

  function showRefusal(html, form) {
    const fragment = new DOMParser().parseFromString(html, "text/html");
    const said = fragment.querySelector("[data-refusal]");
    form?.querySelector("[data-refusal]")?.remove();
    if (said && form) form.append(document.importNode(said, true));
    show("refused", said ? said.textContent.trim().replace(/\s+/g, " ") : say("Refused"));
    const own = form?.querySelector("[data-save-state]");
    if (own) own.textContent = say("Refused");
  }

  /* ---- Taking in the answer ----------------------------------------------------------------- */

  function takeIn(html) {
    const answer = new DOMParser().parseFromString(html, "text/html");
    for (const part of [...answer.body.children]) {
      const old = part.id && document.getElementById(part.id);
      if (!old || old === state) continue;
      const fresh = document.importNode(part, true);
      const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
      old.replaceWith(fresh);
      window.htmx?.process(fresh);
      if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    }
    comfort(document);
  }

  const formOf = (key) =>
    [...document.querySelectorAll("form[data-autosave]")].find((form) => keyOf(form.action) === key);

  /* One after the other: the figures beside the form are those of the last answer that was saved. */
  let line = Promise.resolve();
  function send(key) {
    const item = waiting.get(key);
    if (item?.sending) item.again = true;
    else line = line.then(() => deliver(key));
  }

  async function deliver(key) {
    const item = waiting.get(key);
    if (!item) return;
    const open = formOf(key);
    if (open) copies.put(key, item.entries = entriesOf(open));
    item.sending = true;
    item.again = false;
    const data = new FormData();
    for (const [name, value] of item.entries) data.append(name, value);
    data.append("csrfmiddlewaretoken", token());
    if (!item.late) show("saving", say("Saving"), open);
    let answer;
    try {
      answer = await fetch(item.action, {
        method: "POST", body: data, credentials: "same-origin", redirect: "follow",
        headers: { "HX-Request": "true", "X-CSRFToken": token(), Accept: "text/html" },
        signal: AbortSignal.timeout ? AbortSignal.timeout(20_000) : undefined,
      });
    } catch {
      return later(key, "Unsaved");
    }
    let html;
    try { html = await answer.text(); } catch { return later(key, "Unsaved"); }
    if (answer.redirected && new URL(answer.url).pathname !== location.pathname && formOf(key)?.action !== answer.url && html.includes('name="password"')) {
      return later(key, "Ended");
    }
    if (answer.status === 401 || answer.status === 403) return later(key, "Ended");
    if (answer.status >= 500 || answer.status === 429 || answer.status === 408) return later(key, "Unsaved");
    item.sending = false;
    item.late = false;
    const form = formOf(key);
    if (answer.ok && !answer.redirected) takeIn(html);
    if (item.again) {
      item.entries = withNewest(form, item.entries);
      send(key);
    } else if (answer.ok) {
      forget(key);
      form?.querySelector("[data-refusal]")?.remove();
      show("saved", `${say("Saved")} ${now()}`, formOf(key));
      document.dispatchEvent(new CustomEvent("hijau:saved", { detail: { key } }));
    } else {
      forget(key);
      if (answer.status === 422) takeIn(html);
      showRefusal(html, form);
    }
  }

  function later(key, words) {
    const item = waiting.get(key);
    item.sending = false;
    item.late = true;
    show("unsaved", say(words), formOf(key));
  }

  function forget(key) {
    waiting.delete(key);
    copies.drop(key);
  }

  function enqueue(form) {
    const key = keyOf(form.action);
    const before = waiting.get(key);
    const item = before || { action: form.action, sending: false, again: false, late: false };
    item.entries = entriesOf(form);
    waiting.set(key, item);
    copies.put(key, item.entries);
    send(key);
  }

  const sendAll = () => { for (const key of waiting.keys()) send(key); };

  /* ---- Events ------------------------------------------------------------------------------- */

  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form?.matches("form[data-autosave]") && event.target.type !== "file") enqueue(form);
    if (event.target.matches("[data-autosubmit]")) {
      if (event.target.type !== "file" || navigator.onLine) { form?.requestSubmit(); return; }
      event.target.value = ""; // without a signal the browser would leave the page for its own
      show("unsaved", say("Signal"), form);
    }
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const refused = form.matches(".submit-form") && document.querySelector(REFUSED);
    if (refused) { event.preventDefault(); refused.scrollIntoView({ block: "center" }); return; }
    if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) { event.preventDefault(); return; }
    if (form.matches("form[data-autosave]")) { event.preventDefault(); enqueue(form); } else leaving = form;
    if (form.matches("[data-logout]")) {
      if (!waiting.size) for (const key of copies.keys()) copies.drop(key);
      navigator.serviceWorker?.getRegistrations().then((all) => { for (const one of all) one.active?.postMessage({ forget: true }); });
    }
  });

  /* words that are not saved by themselves and go with no form that is being sent */
  let leaving;
  const wouldLose = () => [...document.querySelectorAll("textarea")].some((field) =>
    field.form && field.form !== leaving && !field.form.matches("[data-autosave], [data-visit]") && field.value !== field.defaultValue);

  addEventListener("online", sendAll);
  setInterval(() => { for (const [key, item] of waiting) if (item.late) send(key); }, RETRY);
  addEventListener("beforeunload", (event) => {
    if (waiting.size || document.querySelector(REFUSED) || wouldLose()) { event.preventDefault(); event.returnValue = ""; }
  });

  /* what an earlier visit in this tab could not deliver */
  function restore() {
    for (const key of copies.keys()) {
      const entries = copies.get(key);
      const form = formOf(key);
      if (!Array.isArray(entries)) { copies.drop(key); continue; }
      if (form) fill(form, entries);
      waiting.set(key, { action: key.slice(PREFIX.length), entries, sending: false, again: false, late: true });
      send(key);
    }
  }

  function fill(form, entries) {
    const given = new Map();
    for (const [name, value] of entries) given.set(name, [...(given.get(name) || []), value]);
    for (const field of form.elements) {
      if (!field.name || field.type === "hidden" || field.type === "file" || !given.has(field.name)) continue;
      const values = given.get(field.name);
      if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
      else field.value = values[0];
    }
  }

  /* ---- Menus -------------------------------------------------------------------------------- */

  const openMenus = () => document.querySelectorAll("details[data-menu][open]");
  document.addEventListener("click", (event) => {
    for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of openMenus()) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  /* ---- Small comforts ----------------------------------------------------------------------- */

  /* a wide trend on a narrow screen opens at its newest year */
  function showNewest(box) {
    const last = [...box.querySelectorAll(".trend-dot, .trend-hollow, .trend-block")]
      .map((mark) => mark.getBoundingClientRect().right)
      .reduce((one, two) => Math.max(one, two), -Infinity);
    const room = box.getBoundingClientRect();
    if (Number.isFinite(last)) box.scrollLeft += last - room.left - room.width * 0.6;
  }

  function comfort(root) {
    for (const part of root.querySelectorAll("[data-needs-script]")) part.hidden = false;
    for (const box of root.querySelectorAll("[data-scroll-end]")) showNewest(box);
  }
  /* the level that the facts propose, chosen as if by hand */
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-choose]");
    if (!button) return;
    const form = document.getElementById(button.dataset.in)?.querySelector("form.answer-form");
    const wanted = [...(form?.elements || [])].find((field) => field.type === "radio" && field.value === button.dataset.choose);
    if (!wanted) return;
    wanted.checked = true;
    wanted.dispatchEvent(new Event("change", { bubbles: true }));
    wanted.focus();
  });
  document.addEventListener("click", (event) => {
    const boxes = event.target.closest("[data-tick-all]")?.closest("fieldset").querySelectorAll("input[type=checkbox]");
    if (!boxes) return;
    const all = [...boxes].every((box) => box.checked);
    for (const box of boxes) box.checked = !all;
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-print], [data-open-dialog], [data-close-dialog], [data-fill-login]");
    if (!button) return;
    if ("fillLogin" in button.dataset) {
      document.getElementById("id_login").value = button.dataset.fillLogin;
      document.getElementById("id_password").value = button.dataset.fillPassword;
      document.getElementById("id_password").form.querySelector("[type=submit]").focus();
    }
    if ("print" in button.dataset) window.print();
    if (button.dataset.openDialog) document.getElementById(button.dataset.openDialog)?.showModal();
    if ("closeDialog" in button.dataset) button.closest("dialog")?.close();
  });
  document.addEventListener("htmx:after:swap", () => comfort(document));

  comfort(document);
  restore();
})();
