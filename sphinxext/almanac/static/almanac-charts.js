/* Charts follow the theme's own light and dark, where the reader chose one that is not the system's.
   Without script they follow the system. */
"use strict";

function suit() {
  for (const source of document.querySelectorAll(".almanac picture > source")) {
    const scheme = getComputedStyle(source.closest(".almanac")).colorScheme;
    if (scheme === "light dark") source.media = "(prefers-color-scheme: dark)";
    else source.media = scheme === "dark" ? "all" : "not all";
  }
}

suit();
for (const element of [document.documentElement, document.body]) {
  new MutationObserver(suit).observe(element, { attributes: true, attributeFilter: ["data-theme", "class"] });
}
