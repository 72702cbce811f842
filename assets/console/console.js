// What a page does while it is open: news, clocks, the alarm and its sound. Without it every page still works.
"use strict";
(() => {
  const body = document.body;
  if (!body.dataset.news) return;

  const ahead = Date.now() - Number(body.dataset.now); // this PC's clock before the station's, ms
  const now = () => Date.now() - ahead;
  const title = document.title;
  const $ = (id) => document.getElementById(id);
  const fill = (text, n) => text.replace("{n}", n);

  // --- clocks: the server tells until when, the page counts ------------------------------------
  function tick() {
    for (const clock of document.querySelectorAll("[data-due]")) {
      const left = Number(clock.dataset.due) - now();
      const late = left < 0;
      const minutes = late ? Math.floor(-left / 60000) + 1 : Math.floor(left / 60000);
      const text = fill(late ? body.dataset.over : body.dataset.left, minutes);
      if (clock.textContent !== text) clock.textContent = text;
      clock.classList.toggle("late", late);
    }
    for (const count of document.querySelectorAll("[data-since]:not(body)")) {
      count.textContent = fill(body.dataset.since, Math.max(0, Math.floor((now() - Number(count.dataset.since)) / 1000)));
    }
  }
  setInterval(tick, 1000);

  // --- sound: two notes for what is urgent, again and again for an alarm ------------------------
  const Sound = window.AudioContext || window.webkitAudioContext;
  const sound = Sound ? new Sound() : null;
  const button = $("sound");
  function offer() {
    button.hidden = !sound || sound.state === "running";
    button.title = button.dataset.off;
  }
  function note(hertz, from, length) {
    const wave = sound.createOscillator();
    const volume = sound.createGain();
    wave.frequency.value = hertz;
    volume.gain.setValueAtTime(0.0001, from);
    volume.gain.exponentialRampToValueAtTime(0.4, from + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, from + length);
    wave.connect(volume).connect(sound.destination);
    wave.start(from);
    wave.stop(from + length);
  }
  function ring(notes) {
    if (!sound || sound.state !== "running") return;
    notes.forEach((hertz, place) => note(hertz, sound.currentTime + place * 0.25, 0.3));
    body.dataset.rung = Number(body.dataset.rung || 0) + 1;
  }
  const wake = () => sound && sound.state === "suspended" && sound.resume().then(offer);
  if (sound) {
    sound.addEventListener("statechange", offer);
    for (const sign of ["keydown", "pointerdown"]) document.addEventListener(sign, wake);
    button.addEventListener("click", wake);
    wake();
  }
  offer();

  // --- the head: how many are urgent, also in the title -----------------------------------------
  function count() {
    const urgent = document.querySelector("#pulse [data-urgent]");
    const fresh = document.querySelector("#pulse [data-new]");
    const n = urgent ? "‼" + urgent.dataset.urgent : fresh ? fresh.dataset.new : "";
    document.title = n ? `(${n}) ${title}` : title;
  }

  // --- the alarm: nothing else can be reached until it is confirmed ------------------------------
  let shown = "";
  let before = null;
  function alarm() {
    const there = document.querySelector("#alarm .alarm");
    const number = there ? there.dataset.number : "";
    for (const part of body.children) if (part.id !== "alarm" && part.tagName !== "SCRIPT") part.inert = Boolean(there);
    if (number && number !== shown) {
      if (!shown) before = document.activeElement;
      ($("confirm") || there).focus();
      ring([880, 660, 880, 660]);
    }
    if (!number && shown && before && before.isConnected) before.focus();
    shown = number;
  }
  setInterval(() => shown && ring([880, 660, 880, 660]), 3000);

  document.addEventListener("htmx:afterSettle", () => { tick(); count(); alarm(); });
  count();
  alarm();

  // --- news ---------------------------------------------------------------------------------------
  let waiting = 0;
  function refresh() { // many changes at once are one look
    waiting ||= setTimeout(() => {
      waiting = 0;
      if (window.htmx) window.htmx.trigger(body, "news");
    }, 50);
  }
  const news = new EventSource(body.dataset.news);
  let lost = 0;
  const alive = () => { clearTimeout(lost); lost = 0; $("lost").hidden = true; };
  news.addEventListener("change", (event) => {
    alive();
    const change = JSON.parse(event.data);
    if (change.says) $("heard").textContent = change.says;
    if (change.urgent) ring([660, 880]);
    refresh();
  });
  let opened = false;
  news.addEventListener("hello", () => { alive(); if (opened) refresh(); opened = true; });
  news.addEventListener("again", () => { alive(); refresh(); });
  news.addEventListener("beat", alive);
  news.addEventListener("error", () => {
    if (!lost) lost = setTimeout(() => { $("lost").hidden = false; }, 3000); // each try fails anew
    if (news.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5000);
  });
  addEventListener("pagehide", () => news.close());
  addEventListener("pageshow", (event) => event.persisted && location.reload());
})();
