/* Of a table with very many columns, those beyond the usual are hidden until they are ticked, and of its rows those that
   are off. Whole without this: every control is made here. */
"use strict";
{
  function box(text, checked, changed) {
    const input = Object.assign(document.createElement("input"), { type: "checkbox", checked });
    input.addEventListener("change", () => changed(input.checked));
    const label = document.createElement("label");
    label.append(input, " ", text);
    return label;
  }

  function group(name, labels) {
    const made = Object.assign(document.createElement("fieldset"), { className: "choices" });
    const legend = Object.assign(document.createElement("legend"), { textContent: name });
    made.append(legend, ...labels);
    return made;
  }

  function columnsOf(table) {
    const heads = [...table.tHead.rows[0].cells];
    return heads.filter((head) => head.classList.contains("extra")).map((head) => [head, heads.indexOf(head)]);
  }

  function show(table, index, shown) {
    for (const row of table.rows) row.cells[index].hidden = !shown;
  }

  /* What is hidden, and that nothing is left if so. */
  function rows(table, nothing) {
    const hidden = new Set();
    const apply = () => {
      table.dataset.hide = [...hidden].join(" ");
      nothing.hidden = [...table.tBodies[0].rows].some((row) => !hidden.has(row.classList.contains("off") ? "off" : "on"));
    };
    return (word) => (shown) => {
      if (shown) hidden.delete(word);
      else hidden.add(word);
      apply();
    };
  }

  for (const table of document.querySelectorAll("table.choose")) {
    const place = table.closest(".tablebox");
    const added = [];
    if (table.querySelector("tr.off")) {
      const nothing = Object.assign(document.createElement("p"), { className: "nothing" });
      nothing.textContent = `No ${table.dataset.noun} matches what is chosen.`;
      nothing.hidden = true;
      place.after(nothing);
      const toggle = rows(table, nothing);
      toggle("off")(false);
      added.push(group("Show", [box("Enabled", true, toggle("on")), box("Disabled", false, toggle("off"))]));
    }
    const columns = columnsOf(table);
    for (const [, index] of columns) show(table, index, false);
    const labels = columns.map(([head, index]) => box(head.textContent, false, (shown) => show(table, index, shown)));
    if (labels.length) added.push(group("Additional data", labels));
    place.before(...added);
  }
}
