// Menus and confirmations are <details>: they work without this file. It closes them on Escape, on a click
// beside them and when another opens, and shows the buttons that only make sense with JavaScript.
(function () {
  "use strict";

  function openMenus() {
    return document.querySelectorAll("details[data-menu][open]");
  }

  function close(menu, giveFocusBack) {
    menu.open = false;
    if (giveFocusBack) menu.querySelector("summary").focus();
  }

  document.addEventListener("click", function (event) {
    openMenus().forEach(function (menu) {
      if (!menu.contains(event.target)) close(menu, false);
    });
    var closer = event.target.closest("[data-menu-close]");
    if (closer) close(closer.closest("details"), true);
  });

  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    openMenus().forEach(function (menu) {
      close(menu, menu.contains(document.activeElement));
    });
  });

  document.addEventListener("toggle", function (event) {
    var menu = event.target;
    if (!menu.open || !menu.matches("details[data-menu]")) return;
    openMenus().forEach(function (other) {
      if (other !== menu && !other.contains(menu)) close(other, false);
    });
  }, true);

  function prepare(part) {
    part.querySelectorAll("[data-menu-close]").forEach(function (button) { button.hidden = false; });
    if (!navigator.clipboard) return;
    part.querySelectorAll("[data-copy]").forEach(function (button) { button.hidden = false; });
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-copy]");
    if (!button) return;
    navigator.clipboard.writeText(button.dataset.copy).then(function () {
      button.querySelector("[data-copy-words]").textContent = button.dataset.copied;
      button.classList.add("is-copied");
    });
  });

  document.addEventListener("htmx:after:swap", function () { prepare(document); });
  prepare(document);
})();
