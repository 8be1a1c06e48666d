/* Lets the pages of a field visit open without a signal. It keeps only what such a page needs, and
   forgets all of it when the person signs out. What was written down is kept by lapangan.js. */
"use strict";

const SHELF = "hijau-lapangan";
const isVisit = (url) => /^\/verifikasi\/\d+\/lapangan\/$/.test(url.pathname);

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  const { keep, forget } = event.data || {};
  if (forget) { event.waitUntil(caches.delete(SHELF)); return; }
  if (!Array.isArray(keep)) return;
  event.waitUntil((async () => {
    const shelf = await caches.open(SHELF);
    await Promise.allSettled(keep.map(async (address) => {
      const answer = await fetch(address, { credentials: "same-origin" });
      if (answer.ok && !answer.redirected) await shelf.put(address, answer);
    }));
    event.source?.postMessage({ kept: keep.length });
  })());
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (!isVisit(url) && !url.pathname.startsWith("/static/")) return;
  event.respondWith((async () => {
    const shelf = await caches.open(SHELF);
    try {
      const answer = await fetch(event.request);
      if (answer.ok && !answer.redirected && isVisit(url)) shelf.put(url.pathname, answer.clone());
      return answer;
    } catch (error) {
      const kept = await shelf.match(isVisit(url) ? url.pathname : event.request, { ignoreSearch: true });
      if (kept) return kept;
      throw error;
    }
  })());
});
