// The report's editor works without this file. It keeps what is typed, draws the section beside the text,
// and puts marks of bold, lists, tables, and what is chosen from the snapshots, where the cursor stands.
(function () {
  "use strict";
  var KEEP_AFTER_MS = 3000, DRAW_AFTER_MS = 500, TRY_AGAIN_MS = 10000;
  var form = document.querySelector("[data-report]");
  if (!form) return;
  var status = form.querySelector("[data-status]");
  var areas = Array.prototype.slice.call(document.querySelectorAll("textarea[data-section]"));
  var last = areas[0], kept = words(), running = null, keepTimer = 0, drawTimers = {}, leaving = false;
  // After a conflict both texts are on the page: only a choice may be saved, nothing by itself.
  var stopped = form.dataset.conflict === "yes";
  form.querySelector(".report-bar__tools").hidden = false;

  function words() { return areas.map(function (area) { return area.value; }).join("\u0000"); }
  function isChanged() { return words() !== kept; }
  function say(text, isWarning) {
    status.textContent = text;
    status.classList.toggle("report-bar__status--warning", Boolean(isWarning));
  }

  function keep() {
    clearTimeout(keepTimer);
    if (running) return running.then(keep);
    if (stopped || !isChanged()) return Promise.resolve(!stopped);
    var sent = words();
    say(form.dataset.saving);
    running = fetch(form.dataset.autosave, { method: "POST", body: new FormData(form), keepalive: sent.length < 20000, headers: { Accept: "application/json" } })
      .then(function (answer) {
        if (answer.status === 409) { stopped = true; say(form.dataset.elsewhere, true); return false; }
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
        return answer.json().then(function (told) {
          form.elements.revision.value = told.revision;
          kept = sent;
          say(isChanged() ? form.dataset.changed : form.dataset.saved);
          return true;
        });
      })
      .catch(function () { say(form.dataset.failed, true); plan(TRY_AGAIN_MS); return false; })
      .then(function (isKept) { running = null; return isKept; });
    return running;
  }
  function plan(wait) { clearTimeout(keepTimer); keepTimer = setTimeout(keep, wait); }

  function draw(area) {
    var data = new FormData(form);
    data.set("section", area.dataset.section);
    fetch(form.dataset.preview, { method: "POST", body: data }).then(function (answer) {
      if (!answer.ok || answer.redirected) return;
      return answer.text().then(function (page) {
        // Our own template drew it, with every word escaped; a parsed page runs no script.
        var drawn = new DOMParser().parseFromString(page, "text/html").body.childNodes;
        var preview = document.getElementById("preview-" + area.dataset.section);
        preview.replaceChildren.apply(preview, Array.from(drawn));
      });
    }).catch(function () { /* the next stroke draws it */ });
  }

  function changed(area) {
    if (!stopped) { say(form.dataset.changed); plan(KEEP_AFTER_MS); }
    clearTimeout(drawTimers[area.id]);
    drawTimers[area.id] = setTimeout(function () { draw(area); }, DRAW_AFTER_MS);
  }

  areas.forEach(function (area) {
    area.addEventListener("input", function () { changed(area); });
    area.addEventListener("focus", function () {
      last = area;
      if (form.elements.into) form.elements.into.value = area.dataset.section;
    });
  });

  // Typed by the browser itself, so that "undo" takes it back.
  function put(area, text, start, end) {
    area.focus();
    area.setSelectionRange(start, end);
    if (!document.execCommand("insertText", false, text)) area.setRangeText(text, start, end, "end");
    changed(area);
  }
  function around(area, mark) {
    var start = area.selectionStart, end = area.selectionEnd, chosen = area.value.slice(start, end);
    put(area, mark + chosen + mark, start, end);
    if (!chosen) area.setSelectionRange(start + mark.length, start + mark.length);
  }
  function lines(area, mark) {
    var start = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1, end = area.selectionEnd;
    var rows = area.value.slice(start, end).split("\n");
    put(area, rows.map(function (row, place) { return mark(place) + row; }).join("\n"), start, end);
  }
  function apart(area, text) {
    var at = area.selectionEnd, before = area.value.slice(0, at), after = area.value.slice(at);
    var gap = before && !/\n\n$/.test(before) ? (/\n$/.test(before) ? "\n" : "\n\n") : "";
    put(area, gap + text + (/^\n\n/.test(after) || !after ? "\n" : "\n\n"), at, at);
  }
  var MARKS = {
    bold: function (area) { around(area, "**"); },
    italic: function (area) { around(area, "*"); },
    list: function (area) { lines(area, function () { return "- "; }); },
    numbers: function (area) { lines(area, function (place) { return place + 1 + ". "; }); },
    table: function (area, word) { apart(area, "| " + word + " 1 | " + word + " 2 |\n|---|---|\n|   |   |"); }
  };
  form.addEventListener("click", function (event) {
    var button = event.target.closest("button");
    if (button && button.dataset.mark) MARKS[button.dataset.mark](last, button.dataset.table);
    if (button && "insert" in button.dataset) {
      event.preventDefault();
      var into = areas.find(function (area) { return area.dataset.section === form.elements.into.value; });
      if (into !== last) into.setSelectionRange(into.value.length, into.value.length);
      apart(into, form.elements.figure.value);
    }
  });

  // Another form of the page (a remark, an answer) leaves it: what is typed is kept first.
  document.addEventListener("submit", function (event) {
    var other = event.target;
    if (other === form) {
      if (!event.submitter || event.submitter.formTarget !== "_blank") { leaving = true; clearTimeout(keepTimer); }
      return;
    }
    if (stopped || !isChanged() || leaving) return;
    event.preventDefault();
    keep().then(function (isKept) {
      if (!isKept) return;
      leaving = true;
      other.requestSubmit(event.submitter);
    });
  }, true);
  document.addEventListener("visibilitychange", function () { if (document.hidden) keep(); });
  window.addEventListener("beforeunload", function (event) {
    if (!leaving && isChanged()) event.preventDefault();
  });
  window.addEventListener("pageshow", function (event) { if (event.persisted) location.reload(); });
})();
