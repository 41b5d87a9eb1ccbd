"use strict";
// The handoff desk: chosen sessions, a budget, and a model where the project allows one. A token leaves this browser with the request alone.

(() => {
  const api = document.body.dataset.api;
  const form = document.getElementById("desk");
  const place = (id) => document.getElementById(id);
  const boxes = () => [...form.querySelectorAll('[name="session"]')];
  const KEY = "gitsession-model-token";
  const tools = document.querySelector(".tools");

  function count() {
    const number = boxes().filter((box) => box.checked).length;
    place("chosen").textContent = `${number} session${number === 1 ? "" : "s"} chosen`;
    place("make").disabled = !number;
  }

  /** What the server says to an order; a person is asked before it lets words leave the machine. */
  async function send(order, headers) {
    const answer = await fetch(`${api}/handoffs`, { method: "POST", headers, body: JSON.stringify(order) });
    const said = await answer.json();
    if (said.type === "urn:gitsession:problem:agreement-needed" && !order.agree) {
      if (!confirm(`${said.detail[0].toUpperCase()}${said.detail.slice(1)}.\n\nSend it?`)) throw new Error("Nothing was sent, and nothing made.");
      return send({ ...order, agree: true }, headers);
    }
    if (!answer.ok) throw new Error([said.detail || said.title, said.hint].filter(Boolean).join(". "));
    return said;
  }

  /** What a model did, a line each; why the rules do without it. */
  function linesOf(help) {
    if (!help) return [];
    if (help.problem && help.unread === help.parts) return [`No model: ${help.problem}${help.hint ? ` (${help.hint})` : ""}. The facts are those of the rules.`];
    const lines = help.sessions.map((one) => `${one.session}: ${one.summary}. Confidence ${one.confidence}: ${one.reasons.join("; ")}.`);
    if (help.unread) lines.push(`${help.unread} of ${help.parts} parts were not read: ${help.problem}.`);
    if (help.sent) lines.push(`Sent: ${help.sent}.`);
    return lines;
  }

  async function make() {
    const model = place("model")?.value.trim();
    const order = { sessions: boxes().filter((box) => box.checked).map((box) => box.value), budget: Number(place("budget").value) };
    const headers = { "Content-Type": "application/json" };
    if (model) {
      const token = place("token").value.trim();
      order.model = { id: model };
      if (token) {
        headers["X-Model-Token"] = token;
        localStorage.setItem(KEY, token);
      }
    }
    place("fault").textContent = "";
    place("helped").replaceChildren();
    place("made-about").textContent = "Being made ...";
    const said = await send(order, headers);
    const { tokens, in_force, in_force_carried } = said.figures;
    place("made").textContent = said.text;
    tools.hidden = false;
    place("made-about").textContent = `${tokens.toLocaleString("en")} tokens; ${in_force_carried} of ${in_force} facts in force`;
    place("helped").replaceChildren(...linesOf(said.model).map((line) => Object.assign(document.createElement("p"), { textContent: line })));
  }

  form.addEventListener("change", count);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    place("make").disabled = true;
    make().catch((error) => {
      place("made-about").textContent = "";
      place("fault").textContent = error.message;
    }).finally(count);
  });
  place("narrow").addEventListener("input", () => {
    const words = place("narrow").value.toLowerCase();
    for (const row of place("choices").children) row.hidden = !row.textContent.toLowerCase().includes(words) && !row.querySelector(":checked");
  });
  place("none").addEventListener("click", () => { for (const box of boxes()) box.checked = false; count(); });
  if (place("models")) {
    place("token").value = localStorage.getItem(KEY) ?? "";
    place("forget").addEventListener("click", () => { localStorage.removeItem(KEY); place("token").value = ""; place("token").focus(); });
  }
  form.hidden = false;
  tools.hidden = true;
  count();
})();
