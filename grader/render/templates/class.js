(() => {
  "use strict";
  const table = document.querySelector(".submissions");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = [...body.rows];

  // Sorting: a button takes the place of each heading that can be sorted by.
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const value = (row, column) => row.cells[column] ? row.cells[column].dataset.sort ?? row.cells[column].textContent.trim() : "";
  const sort = (heading, column) => {
    const descending = heading.getAttribute("aria-sort") === (heading.dataset.first === "descending" ? "none" : "ascending")
      || (heading.dataset.first === "descending" && !heading.hasAttribute("aria-sort"));
    for (const other of table.tHead.rows[0].cells) if (other.hasAttribute("aria-sort")) other.setAttribute("aria-sort", "none");
    heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
    const direction = descending ? -1 : 1;
    const numeric = heading.dataset.type === "number";
    rows.sort((a, b) => {
      const [x, y] = [value(a, column), value(b, column)];
      if (x === "" || y === "") return (x === "") - (y === ""); // who has no value stands last
      return direction * (numeric ? x - y : collator.compare(x, y));
    });
    body.append(...rows);
  };
  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    if (!heading.dataset.label) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    button.setAttribute("aria-label", heading.dataset.label);
    button.addEventListener("click", () => sort(heading, column));
    heading.append(button);
    heading.setAttribute("aria-sort", "none");
  });

  // Searching: every word has to be somewhere in a row's own words.
  const search = document.querySelector(".search");
  const input = search.querySelector("input");
  const found = search.querySelector("output");
  const plain = (text) => text.normalize("NFKC").toLocaleLowerCase();
  const look = () => {
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      row.hidden = !words.every((word) => plain(row.dataset.search).includes(word));
      count += !row.hidden;
    }
    found.textContent = words.length ? found.dataset.text.replace("{count}", count) : "";
  };
  input.addEventListener("input", look);
  for (const link of document.querySelectorAll("[data-find]")) {
    link.addEventListener("click", () => { input.value = link.dataset.find; look(); });
    link.hidden = false;
  }
  search.hidden = false;
})();
