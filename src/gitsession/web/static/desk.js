"use strict";
// The handoff desk: chosen sessions, a budget, and a model where the server has one. A token never leaves this browser but with the request.

(() => {
  const api = document.body.dataset.api;
  const form = document.getElementById("desk");
  const place = (id) => document.getElementById(id);
  const boxes = () => [...form.querySelectorAll('[name="session"]')];
  const KEY = "gitsession-model-token";
  const tools = document.querySelector(".tools");
  let header = "";

  function count() {
    const number = boxes().filter((box) => box.checked).length;
    place("chosen").textContent = `${number} session${number === 1 ? "" : "s"} chosen`;
    place("make").disabled = !number;
  }

  /** Models are offered where the API takes one. */
  async function offer() {
    const document_ = await (await fetch(api.replace(/\/projects\/[^/]*$/, "/openapi.json"))).json();
    const post = Object.entries(document_.paths).find(([path, of]) => path.endsWith("/handoffs") && of.post)?.[1].post;
    header = post?.parameters?.find((one) => one.in === "header" && /token/i.test(one.name))?.name ?? "";
    const name = post?.requestBody?.content["application/json"].schema.$ref?.split("/").pop();
    if (!header || !document_.components.schemas[name]?.properties.model) return;
    place("models").hidden = false;
    place("token").value = localStorage.getItem(KEY) ?? "";
  }

  async function make() {
    const model = place("models").hidden ? "" : place("model").value.trim();
    const order = { sessions: boxes().filter((box) => box.checked).map((box) => box.value), budget: Number(place("budget").value) };
    const headers = { "Content-Type": "application/json" };
    if (model) {
      order.model = model;
      if (place("token").value) headers[header] = place("token").value;
      localStorage.setItem(KEY, place("token").value);
    }
    place("fault").textContent = "";
    place("made-about").textContent = "Being made ...";
    const answer = await fetch(`${api}/handoffs`, { method: "POST", headers, body: JSON.stringify(order) });
    const said = await answer.json();
    if (!answer.ok) throw new Error([said.detail || said.title, said.hint].filter(Boolean).join(". "));
    const { tokens, in_force, in_force_carried } = said.figures;
    place("made").textContent = said.text;
    tools.hidden = false;
    place("made-about").textContent = `${tokens.toLocaleString("en")} tokens; ${in_force_carried} of ${in_force} facts in force`;
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
  place("forget").addEventListener("click", () => { localStorage.removeItem(KEY); place("token").value = ""; place("token").focus(); });
  form.hidden = false;
  tools.hidden = true;
  count();
  offer().catch(() => {});
})();
