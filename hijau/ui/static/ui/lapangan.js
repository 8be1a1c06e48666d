/* A field visit on a phone without a signal. What is written down goes into this device's own
   database at every change; a visit that is finished is sent once, whole, as soon as there is a line.
   Its key is made here, so that the server counts it once however often it arrives. */
"use strict";

(() => {
  const form = document.querySelector("form[data-visit]");
  if (!form) return;
  const person = document.body.dataset.person;
  const task = form.action;
  const said = document.getElementById("visit-state");
  const list = document.getElementById("visit-queue");
  const words = form.dataset;
  const LONGEST = 1400;
  const MOST = 30;
  const RETRY = 15_000;

  /* ---- This device's own database ----------------------------------------------------------- */

  const opened = new Promise((resolve, reject) => {
    const request = indexedDB.open("hijau-lapangan", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("visits", { keyPath: "key" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const within = async (mode, work) => {
    const database = await opened;
    return new Promise((resolve, reject) => {
      const transaction = database.transaction("visits", mode);
      const request = work(transaction.objectStore("visits"));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  };
  const put = (visit) => within("readwrite", (store) => store.put(visit));
  const drop = (key) => within("readwrite", (store) => store.delete(key));
  const all = async () => (await within("readonly", (store) => store.getAll())).filter((v) => v.person === person && v.task === task);

  /* ---- The visit that is being written ------------------------------------------------------ */

  const fresh = () => ({
    key: crypto.randomUUID ? crypto.randomUUID() : pieces(),
    person, task, made_at: new Date().toISOString(), note: "", marks: {}, photos: [], done: false,
  });
  const pieces = () => ([1e7] + -1e3 + -4e3 + -8e3 + -1e11).replace(/[018]/g, (c) =>
    (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));
  let visit = fresh();

  const show = (text, kind = "") => { said.textContent = text; said.className = `saved ${kind}`; };
  const clock = () => new Intl.DateTimeFormat("id", { hour: "2-digit", minute: "2-digit", hour12: false }).format(new Date()).replace(":", ".");

  function read() {
    visit.note = form.elements.note.value;
    visit.marks = {};
    for (const item of form.querySelectorAll("details[data-code]")) {
      const code = item.dataset.code;
      const chosen = item.querySelector("input[type=radio]:checked, input[type=text]");
      const note = item.querySelector("textarea")?.value || "";
      const value = chosen?.value || "";
      const changed = value !== (item.dataset.before || "");
      if (changed || note) visit.marks[code] = { value: changed ? value : "", note, seen: Number(item.dataset.seen || 0) };
    }
  }

  async function keep() {
    read();
    try { await put(visit); show(`${words.sayKept} ${clock()}`); }
    catch { show(words.sayFull, "is-unsaved"); }
  }

  function fill() {
    form.elements.note.value = visit.note;
    for (const item of form.querySelectorAll("[data-code]")) {
      const mark = visit.marks[item.dataset.code];
      if (mark) {
        for (const radio of item.querySelectorAll("input[type=radio]")) radio.checked = radio.value === mark.value;
        const figure = item.querySelector("input[type=text]");
        if (figure) figure.value = mark.value;
        const note = item.querySelector("textarea");
        if (note) note.value = mark.note;
      }
      showPhotos(item);
    }
  }

  function showPhotos(item) {
    const box = item.querySelector("[data-photos]");
    if (!box) return;
    for (const picture of box.querySelectorAll("img")) URL.revokeObjectURL(picture.src);
    box.replaceChildren(...visit.photos.filter((p) => p.code === item.dataset.code).map((photo) => {
      const picture = document.createElement("img");
      picture.src = URL.createObjectURL(photo.blob);
      picture.alt = photo.name;
      picture.className = "photo-thumb";
      return picture;
    }));
  }

  /* made smaller here: it must fit through a thin line, and no place travels with it */
  async function smaller(file) {
    try {
      const image = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, LONGEST / Math.max(image.width, image.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(image.width * scale);
      canvas.height = Math.round(image.height * scale);
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      return await new Promise((resolve) => canvas.toBlob((blob) => resolve(blob || file), "image/jpeg", 0.85));
    } catch { return file; }
  }

  /* photographs that are being made smaller; a visit is not closed before they are in it */
  const pending = new Set();

  form.addEventListener("change", async (event) => {
    const input = event.target;
    if (input.type === "file") {
      const item = input.closest("[data-code]");
      const target = visit;
      for (const file of input.files) {
        if (target.photos.length >= MOST) { show(words.sayMost, "is-unsaved"); break; }
        const blob = smaller(file);
        pending.add(blob);
        target.photos.push({ code: item.dataset.code, name: file.name.replace(/\.[^.]*$/, "") + ".jpg", blob: await blob });
        pending.delete(blob);
      }
      input.value = "";
      showPhotos(item);
    }
    keep();
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    while (pending.size) await Promise.allSettled([...pending]);
    await new Promise((resolve) => setTimeout(resolve));
    read();
    visit.done = true;
    visit.made_at = new Date().toISOString();
    try { await put(visit); } catch { visit.done = false; show(words.sayFull, "is-unsaved"); return; }
    await begin();
    await sendAll();
  });

  /* ---- Sending ------------------------------------------------------------------------------ */

  let sending = false;

  async function sendAll() {
    if (sending) return;
    sending = true;
    try {
      for (const one of (await all()).filter((v) => v.done)) await send(one);
    } finally {
      sending = false;
      await showQueue();
    }
  }

  async function send(one) {
    let answer;
    try {
      // the page anew, for its token: the one that is kept here may be from before a new login
      const page = await fetch(location.pathname, { credentials: "same-origin", cache: "no-store", headers: { "X-Fresh": "1" } });
      const token = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("form[data-visit] input[name=csrfmiddlewaretoken]")?.value;
      if (page.redirected || !token) { one.said = words.sayEnded; return; }
      const data = new FormData();
      data.append("csrfmiddlewaretoken", token);
      data.append("data", JSON.stringify({ key: one.key, made_at: one.made_at, note: one.note, marks: one.marks, photos: one.photos.map((p) => p.code) }));
      one.photos.forEach((photo, number) => data.append(`photo-${number}`, photo.blob, photo.name));
      answer = await fetch(task, { method: "POST", body: data, credentials: "same-origin", headers: { "X-CSRFToken": token } });
    } catch { one.said = words.sayWaiting; return; }
    if (answer.ok && !answer.redirected) {
      await drop(one.key);
      show(`${words.saySent} ${clock()}`, "is-saved");
      return;
    }
    let refusal = {};
    try { refusal = await answer.json(); } catch { /* no sentence came */ }
    one.said = refusal.sentence || (answer.status === 403 ? words.sayEnded : words.sayWaiting);
    if (answer.status === 409 || answer.status === 413) reopen(one);
    await put({ ...one });
  }

  /* what the server does not take is opened again, to be mended; it is not sent by itself any more */
  function reopen(one) {
    one.done = false;
    one.said = one.said || words.saySmaller;
    if (visit.key !== one.key && !visit.photos.length && !visit.note && !Object.keys(visit.marks).length) {
      drop(visit.key);
      visit = one;
      fill();
    }
    show(one.said, "is-unsaved");
  }

  /* what was begun and not sent comes first; else a new one */
  async function begin() {
    const started = (await all()).find((v) => !v.done);
    visit = started || fresh();
    form.reset();
    fill();
    return Boolean(started);
  }

  async function showQueue() {
    const waiting = (await all()).filter((v) => v.done || v.key !== visit.key);
    list.hidden = !waiting.length;
    list.replaceChildren(...waiting.map((one) => {
      const row = document.createElement("li");
      row.textContent = `${new Date(one.made_at).toLocaleString("id")} · ${Object.keys(one.marks).length} ${words.sayMarks}, ${one.photos.length} ${words.sayPhotos}: ${one.said || words.sayWaiting}`;
      return row;
    }));
  }

  addEventListener("online", sendAll);
  setInterval(sendAll, RETRY);

  /* ---- Beginning ---------------------------------------------------------------------------- */

  (async () => {
    if (await begin()) show(words.sayFound);
    await sendAll();
    if (!("serviceWorker" in navigator)) return;
    try {
      const registration = await navigator.serviceWorker.register("/verifikasi/pekerja.js", { scope: "/verifikasi/" });
      await navigator.serviceWorker.ready;
      const assets = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src], img[src], use")]
        .map((part) => (part.href?.baseVal ?? part.href ?? part.src ?? "").split("#")[0]).filter((a) => a && !a.startsWith("blob:") && !a.startsWith("data:"));
      const fonts = performance.getEntriesByType("resource").map((entry) => entry.name).filter((name) => name.includes("/static/"));
      navigator.serviceWorker.addEventListener("message", () => { document.getElementById("visit-ready").hidden = false; });
      (registration.active || navigator.serviceWorker.controller)?.postMessage({ keep: [location.pathname, ...new Set([...assets, ...fonts])] });
    } catch { /* without it the page still keeps what is written while it is open */ }
  })();
})();
