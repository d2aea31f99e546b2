"""A page's form as a browser would send it: what stands in it, before somebody changes it."""

from __future__ import annotations

from html.parser import HTMLParser

from werkzeug.datastructures import MultiDict


class _FormReader(HTMLParser):
    """Reads the fields of one form: the one with the id, or the first that is posted."""

    def __init__(self, form_id: str | None) -> None:
        super().__init__()
        self.form_id, self.fields = form_id, MultiDict[str, str]()
        self.action, self.found, self._inside = "", False, False
        self._area: str | None = None
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in pairs}
        if tag == "form" and not self.found:
            wanted = attributes.get("id") == self.form_id if self.form_id else attributes["method"] == "post"
            self._inside = self.found = wanted
            self.action = attributes.get("action", "") if wanted else ""
        elif self._inside and "name" in attributes:
            self._field(tag, attributes)
        elif self._inside and tag == "option" and self._select is not None:
            self._options.append((attributes.get("value", ""), "selected" in attributes))

    def _field(self, tag: str, attributes: dict[str, str]) -> None:
        name, kind = attributes["name"], attributes.get("type", "text")
        if tag == "textarea":
            self._area = name
            self.fields.add(name, "")
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "input" and kind in ("radio", "checkbox"):
            if "checked" in attributes:
                self.fields.add(name, attributes.get("value", "on"))
        elif tag == "input" and kind not in ("file", "submit"):
            self.fields.add(name, attributes.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            values = self.fields.poplist(self._area)
            self.fields.setlist(self._area, [*values[:-1], values[-1] + data])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea" and self._area is not None:
            # A browser drops the line end behind the tag.
            *others, text = self.fields.poplist(self._area)
            text = text.removeprefix("\r\n").removeprefix("\n")
            self.fields.setlist(self._area, [*others, text])
            self._area = None
        elif tag == "select" and self._select is not None:
            chosen = [value for value, selected in self._options if selected]
            self.fields.setlist(self._select, chosen or [value for value, _ in self._options[:1]])
            self._select = None


def read_form(page: str, form_id: str | None = None) -> tuple[str, MultiDict[str, str]]:
    """Return where the form is sent, and its fields."""
    reader = _FormReader(form_id)
    reader.feed(page)
    assert reader.found, f"the page has no form {form_id or ''}"
    return reader.action, reader.fields
