"use strict";
// What every page can do beyond being read: copy, download, and show what has changed without being loaded anew.

const ACTIONS = "[data-copy], [data-copy-from], [data-save]";

/** Say something to whoever looks, and to whoever listens. */
function tell(words) {
  const place = document.getElementById("told");
  place.textContent = words;
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => { place.textContent = ""; }, 4000);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Pages that are files have no clipboard of their own; the old way works there.
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "hidden";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}

/** A text from the server; null where there is none. */
async function ask(address) {
  try {
    const answer = await fetch(address);
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}

function save(text, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/markdown;charset=utf-8" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest(ACTIONS);
  if (!button) return;
  const { copyFrom } = button.dataset;
  const text = copyFrom ? await ask(copyFrom) : document.getElementById(button.dataset.copy || button.dataset.save).textContent;
  if (text === null) {
    tell("The server does not answer");
    return;
  }
  if (button.dataset.save) {
    save(text, button.dataset.name);
    return;
  }
  const done = await copy(text);
  button.focus();
  tell(done ? "Copied" : "The clipboard cannot be reached; the text stands below, to be copied by hand");
});

/** What needs this script is shown once it is here. */
function ready() {
  for (const one of document.querySelectorAll(ACTIONS)) one.hidden = false;
  document.dispatchEvent(new CustomEvent("page-ready"));
}

/** Fetch the page and put its content in the place of the old; focus, place and open details stay. */
async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const old = document.getElementById("main");
  const main = fresh.getElementById("main");
  if (!main || main.innerHTML === refresh.shown) return;
  refresh.shown = main.innerHTML;
  const focused = old.contains(document.activeElement) ? pathTo(old, document.activeElement) : null;
  const open = [...old.querySelectorAll("details")].map((one) => one.open);
  const place = [scrollX, scrollY];
  old.replaceChildren(...main.childNodes);
  document.title = fresh.title;
  [...old.querySelectorAll("details")].forEach((one, at) => { if (open[at] !== undefined) one.open = open[at]; });
  ready();
  if (focused) follow(old, focused)?.focus({ preventScroll: true });
  scrollTo(...place);
  tell("Updated");
}

function pathTo(root, element) {
  if (element.id) return { id: element.id };
  const path = [];
  for (let one = element; one !== root; one = one.parentElement) path.unshift([...one.parentElement.children].indexOf(one));
  return { path };
}

function follow(root, { id, path }) {
  return id ? document.getElementById(id) : path.reduce((one, at) => one?.children[at], root);
}

/** A commit or an edit shows by itself; pages that are being filled in are left alone. */
function live() {
  const api = document.body.dataset.api;
  if (!api || !window.EventSource || document.querySelector("[data-still]")) return;
  let timer = 0, source = null;
  const soon = () => { clearTimeout(timer); timer = setTimeout(() => refresh().catch(() => {}), 50); };
  // A browser has six connections to a server for all its windows: one that nobody sees leaves them to others.
  const look = () => {
    if (document.hidden) {
      source?.close();
      source = null;
    } else if (!source) {
      source = new EventSource(api + "/events");
      source.addEventListener("ready", soon); // what changed between the page and this
      source.addEventListener("change", soon);
    }
  };
  document.addEventListener("visibilitychange", look);
  look();
}

refresh.shown = document.getElementById("main").innerHTML; // as it came, before any script changes it
ready();
live();
