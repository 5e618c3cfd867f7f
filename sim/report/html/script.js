"use strict";
// Sorting, tooltips, the two modes of charts, light and dark. Without it, the page says the same.
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // The rows of a table by one of its columns: numbers largest first, text from A, then the other way round.
  const sort = (table, column, head) => {
    const wasSorted = head.getAttribute("aria-sort");
    const isNumber = head.classList.contains("n");
    const descending = wasSorted ? wasSorted === "ascending" : isNumber;
    const key = (row) => {
      const cell = row.cells[column];
      return isNumber ? parseFloat(cell.dataset.v ?? "NaN") : cell.textContent;
    };
    const order = (a, b) => {
      const x = key(a), y = key(b);
      if (!isNumber) return x.localeCompare(y, "en", { numeric: true }) * (descending ? -1 : 1);
      if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y); // no number: last
      return descending ? y - x : x - y;
    };
    const body = table.tBodies[0];
    body.append(...[...body.rows].sort(order));
    all("th[aria-sort]", table).forEach((th) => th.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", descending ? "descending" : "ascending");
  };
  all("table").forEach((table) => {
    all("thead tr:last-child th", table).forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => sort(table, column, head));
    });
  });

  // Tooltips at once, where the browser's own take a second.
  const tip = document.getElementById("tip");
  all("rect > title").forEach((title) => {
    title.parentNode.dataset.tip = title.textContent;
    title.remove();
  });
  document.addEventListener("pointermove", (event) => {
    const text = event.target.dataset?.tip;
    tip.hidden = !text;
    if (!text) return;
    tip.textContent = text;
    tip.style.left = `${Math.max(4, Math.min(event.clientX + 12, innerWidth - tip.offsetWidth - 8))}px`;
    tip.style.top = `${event.clientY > innerHeight - 60 ? event.clientY - 36 : event.clientY + 16}px`;
  });

  all(".chart").forEach((chart) => {
    const buttons = all(".modes button", chart);
    const show = (mode) => {
      chart.classList.toggle("shares", mode === "shares");
      buttons.forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.mode === mode)));
    };
    buttons.forEach((b) => b.addEventListener("click", () => show(b.dataset.mode)));
    show(chart.classList.contains("shares") ? "shares" : "amounts");
    chart.querySelector(".modes").hidden = false;
  });

  const theme = document.getElementById("theme");
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const root = document.documentElement;
    const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = isDark ? "light" : "dark";
  });

  const rows = all("#rows details");
  [["open-all", true], ["close-all", false]].forEach(([id, open]) => {
    const button = document.getElementById(id);
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => rows.forEach((row) => { row.open = open; }));
  });
  // A link to a row opens it.
  const openTarget = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (target && target.tagName === "DETAILS") target.open = true;
  };
  addEventListener("hashchange", openTarget);
  openTarget();
})();
