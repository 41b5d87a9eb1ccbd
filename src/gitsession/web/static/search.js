"use strict";
// Searching as you type. A server answers with the page itself; a static site has a small index of its own.

(() => {
  const form = document.querySelector("form.search");
  const field = form.elements.q;
  const results = document.getElementById("results");
  const MOST = 50;
  let asked = 0, timer = 0, waiting = null;

  async function ask(words) {
    const mine = ++asked;
    waiting?.abort();
    waiting = new AbortController();
    const answer = await fetch(`${form.action}?q=${encodeURIComponent(words)}`, { signal: waiting.signal });
    if (!answer.ok || mine !== asked) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    results.replaceChildren(...page.getElementById("results").childNodes);
  }

  /** The index of a static site: a script, since pages that are files may load nothing else. */
  function load() {
    load.once ??= new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = form.dataset.index;
      script.onload = () => done(window.searchIndex.map((one) => [...one, one[4].toLowerCase()]));
      script.onerror = failed;
      document.head.append(script);
    });
    return load.once;
  }

  async function look(words) {
    const mine = ++asked;
    const terms = words.toLowerCase().split(/\s+/).filter(Boolean);
    const index = await load();
    if (mine !== asked) return;
    if (!terms.length) return void results.replaceChildren();
    const found = index.filter((one) => terms.every((term) => one[6].includes(term)));
    const list = document.createElement("ol");
    list.className = "hits";
    list.append(...found.slice(0, MOST).map((one) => shown(one, terms)));
    const count = element("p", "quiet count-line", found.length > MOST ? `${found.length} found, the newest ${MOST} shown` : `${found.length} found`);
    results.replaceChildren(count, list);
  }

  function element(tag, name, text) {
    const one = document.createElement(tag);
    one.className = name;
    one.textContent = text;
    return one;
  }

  function shown([kind, stem, title, date, text, closed], terms) {
    const row = element("li", closed ? "hit closed" : "hit", "");
    const line = document.createElement("p");
    const link = element("a", "", kind === "knowledge" ? title : `${stem.split("-")[0]} ${title}`);
    link.href = kind === "knowledge" ? `${form.dataset.knowledge}#${encodeURIComponent(stem)}` : `${form.dataset.sessions}${encodeURIComponent(stem)}.html`;
    line.append(element("span", `kind ${kind}`, kind), closed ? element("span", "state", closed) : "", " ", link, " ", element("span", "quiet", date));
    const snippet = element("p", "snippet", "");
    snippet.append(...marked(text, terms));
    row.append(line, snippet);
    return row;
  }

  function* marked(text, terms) {
    const lower = text.toLowerCase();
    let at = 0;
    while (at < text.length) {
      const next = terms.map((term) => [lower.indexOf(term, at), term.length]).filter(([start]) => start >= 0).sort(([a], [b]) => a - b)[0];
      if (!next || lower.length !== text.length) break;
      yield text.slice(at, next[0]);
      yield element("mark", "", text.slice(next[0], next[0] + next[1]));
      at = next[0] + next[1];
    }
    yield text.slice(at);
  }

  function search() {
    const words = field.value.trim();
    history.replaceState(null, "", words ? `?q=${encodeURIComponent(words)}` : location.pathname);
    (form.dataset.index ? look(words) : ask(words)).catch(() => {});
  }

  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(search, 120); });
  form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(timer); search(); });
  const given = new URLSearchParams(location.search).get("q");
  if (form.dataset.index && given) {
    field.value = given;
    search();
  }
})();
