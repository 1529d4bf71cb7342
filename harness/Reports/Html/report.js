"use strict";
// A click on a heading sorts its table by that column: by data-v where a cell has it, else by its text; what has no figure comes last.
for (const table of document.querySelectorAll("table.sortable")) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const descending = heading.getAttribute("aria-sort") === "ascending";
      headings.forEach(other => other.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const numeric = [...table.tBodies[0].rows].some(row => row.cells[column].dataset.v !== undefined);
      const key = row => numeric ? Number(row.cells[column].dataset.v ?? NaN) : row.cells[column].textContent;
      const compare = (a, b) => numeric
        ? (Number.isNaN(key(a)) - Number.isNaN(key(b))) || (descending ? key(b) - key(a) : key(a) - key(b)) || 0
        : descending ? key(b).localeCompare(key(a)) : key(a).localeCompare(key(b));
      table.tBodies[0].append(...[...table.tBodies[0].rows].sort(compare));
    });
  });
}
// What is folded away on a screen belongs on paper.
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach(d => { d.open = true; }));
