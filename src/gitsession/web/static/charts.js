"use strict";
// Charts beside the tables that they are drawn from: whoever cannot see the one reads the other.

(() => {
  const drawn = new Map();

  function series(box) {
    const table = document.getElementById(box.dataset.table);
    const column = [...table.tHead.rows[0].cells].findIndex((cell) => cell.dataset.key === box.dataset.column);
    const rows = [...table.tBodies[0].rows];
    return {
      labels: rows.map((row) => row.cells[0].dataset.label),
      values: rows.map((row) => (row.cells[column].dataset.value === undefined ? null : Number(row.cells[column].dataset.value))),
    };
  }

  function color(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function written(value, unit) {
    if (value === null || value === undefined) return "";
    if (unit === "%") return Math.round(value * 100) + " %";
    return value >= 10000 ? Intl.NumberFormat("en", { notation: "compact" }).format(value) : Intl.NumberFormat("en", { maximumFractionDigits: 2 }).format(value);
  }

  function draw(box) {
    const { labels, values } = series(box);
    const unit = box.dataset.unit || "";
    const bars = box.dataset.chart === "bars";
    const soft = color("--soft"), line = color("--line"), ink = color("--chart-1");
    const axis = { stroke: soft, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 }, font: "11px system-ui, sans-serif" };
    const whole = values.every((value) => value === null || Number.isInteger(value)) && unit !== "%";
    const options = {
      width: Math.max(box.clientWidth, 120), height: 150, cursor: { y: false, points: { size: 6 } }, legend: { show: false },
      padding: [8, 8, 0, 0],
      scales: { x: { time: false, range: () => [bars ? -0.6 : -0.2, labels.length - (bars ? 0.4 : 0.8)] }, y: { range: (_, low, high) => [Math.min(0, low), high > 0 ? high * 1.08 : 1] } },
      axes: [
        { ...axis, size: 26, grid: { show: false }, splits: () => spread(labels.length, box.clientWidth), values: (_, at) => at.map((n) => labels[n] ?? "") },
        { ...axis, size: 52, incrs: whole ? [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6, 1e7, 1e8, 1e9] : undefined, values: (_, at) => at.map((n) => written(n, unit)) },
      ],
      series: [
        {},
        bars
          ? { fill: ink, stroke: ink, width: 0, paths: uPlot.paths.bars({ size: [0.7, 40] }), points: { show: false } }
          : { stroke: ink, width: 2, fill: ink + "1c", spanGaps: true, points: { show: labels.length < 60, size: 5, fill: ink } },
      ],
      hooks: { setCursor: [(plot) => { hint.textContent = plot.cursor.idx == null || values[plot.cursor.idx] === null ? "" : `${labels[plot.cursor.idx]}: ${written(values[plot.cursor.idx], unit)}`; }] },
    };
    const hint = document.createElement("p");
    hint.className = "chart-hint";
    box.replaceChildren();
    const plot = new uPlot(options, [labels.map((_, at) => at), values], box);
    box.append(hint);
    drawn.set(box, { plot, width: box.clientWidth });
  }

  /** Places on the axis that leave room for their words. */
  function spread(count, width) {
    const step = Math.max(1, Math.ceil(count / Math.max(2, Math.floor(width / 62))));
    return Array.from({ length: Math.ceil(count / step) }, (_, at) => at * step);
  }

  function all(again) {
    for (const box of [...drawn.keys()]) if (!box.isConnected) { drawn.get(box).plot.destroy(); drawn.delete(box); }
    for (const box of document.querySelectorAll("[data-chart]")) if (again || drawn.get(box)?.width !== box.clientWidth) draw(box);
  }

  let timer = 0;
  addEventListener("resize", () => { clearTimeout(timer); timer = setTimeout(all, 120); });
  document.addEventListener("page-ready", () => all());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => all(true));
  all();
})();
