// Printing and choosing a link with one touch. Without it the browser's own print and select do the same.
"use strict";
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
for (const field of document.querySelectorAll("[data-select]")) field.addEventListener("focus", () => field.select());
