// Forms work without this file. It guards against a double click, counts letters, checks the size of files
// before they travel and moves the focus to a refusal.
(function () {
  "use strict";
  var SENDING_SECONDS = 8;

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.matches("form[data-submit-once]") || event.defaultPrevented) return;
    // A preview opens beside the page and leaves the form as it is.
    if (event.submitter && event.submitter.formTarget === "_blank") return;
    if (form.dataset.sending) { event.preventDefault(); return; }
    form.dataset.sending = "yes";
    form.setAttribute("aria-busy", "true");
    // A download or a refused connection leaves the page standing: the form opens again after a while.
    setTimeout(function () { release(form); }, SENDING_SECONDS * 1000);
  });

  function release(form) {
    delete form.dataset.sending;
    form.removeAttribute("aria-busy");
  }

  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sending]").forEach(release);
  });

  function count(field) {
    var line = document.getElementById(field.dataset.counter);
    var left = Number(field.getAttribute("maxlength")) - field.value.length;
    line.textContent = line.dataset.left + " " + left;
    line.classList.toggle("field__count--low", left < 20);
  }

  document.addEventListener("input", function (event) {
    if (event.target.dataset.counter) count(event.target);
  });

  function checkFiles(part) {
    var input = part.querySelector("input[type=file]");
    var message = part.querySelector("[data-file-message]");
    var files = Array.prototype.slice.call(input.files);
    var limit = Number(part.dataset.maxBytes) || Infinity;
    var large = files.filter(function (file) { return file.size > limit; });
    var words = "";
    if (files.length > (Number(part.dataset.maxCount) || Infinity)) words = part.dataset.tooMany;
    if (large.length) words = part.dataset.tooLarge + " " + large.map(function (file) { return file.name; }).join(", ");
    message.textContent = words;
    message.hidden = !words;
  }

  document.addEventListener("change", function (event) {
    var part = event.target.closest("[data-file-field]");
    if (part) checkFiles(part);
    if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
  });

  document.querySelectorAll("[data-counter]").forEach(count);
  var summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();
})();
