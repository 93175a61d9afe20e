/* Of a table with very many columns, those beyond the usual are hidden until they are ticked, and of its rows those that
   are off; the address tells what is ticked otherwise than at first: ?off=1&on=0&column.Disk.name=1, and
   column.Disk.name-2=1 of the second that is called so. Whole without this: every control is made here. */
"use strict";
{
  const asked = new URLSearchParams(location.search);

  function remember(key, checked, first) {
    const address = new URL(location.href);
    if (checked === first) address.searchParams.delete(key);
    else address.searchParams.set(key, checked ? "1" : "0");
    history.replaceState(history.state, "", address);
  }

  /* A tick, as the address asks for it or else as at first; what it changes is done at once. */
  function box(text, key, first, changed) {
    const checked = { 0: false, 1: true }[asked.get(key)] ?? first;
    const input = Object.assign(document.createElement("input"), { type: "checkbox", checked });
    input.addEventListener("change", () => {
      changed(input.checked);
      remember(key, input.checked, first);
    });
    changed(checked);
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
      added.push(group("Show", [box("Enabled", "on", true, toggle("on")), box("Disabled", "off", false, toggle("off"))]));
    }
    const keys = new Set();
    const labels = columnsOf(table).map(([{ textContent: name }, index]) => {
      let key = `column.${name.trim()}`;
      for (let times = 2; keys.has(key); times += 1) key = `column.${name.trim()}-${times}`;
      keys.add(key);
      return box(name, key, false, (shown) => show(table, index, shown));
    });
    if (labels.length) added.push(group("Additional data", labels));
    place.before(...added);
  }
}
