from hypothesis import given
from hypothesis import strategies as st

from helpdesk.documents.rules import blocks_from_markdown, escape_markdown
from helpdesk.documents.rules.blocks import plain_text


def test_paragraphs_keep_bold_italics_and_line_ends():
    (block,) = blocks_from_markdown("Satu **dua** *tiga*\\\nempat")
    shown = [(span["text"], span["bold"], span["italic"], span["break"]) for span in block["spans"]]
    assert shown == [
        ("Satu ", False, False, False),
        ("dua", True, False, False),
        (" ", False, False, False),
        ("tiga", False, True, False),
        (" ", False, False, True),
        ("empat", False, False, False),
    ]


def test_lists_keep_their_kind_their_start_and_their_nesting():
    (block,) = blocks_from_markdown("3. tiga\n4. empat\n   - anak")
    assert (block["ordered"], block["start"], len(block["items"])) == (True, 3, 2)
    assert block["items"][1][1]["ordered"] is False


def test_tables_keep_alignment_and_give_width_to_the_longest_column():
    (block,) = blocks_from_markdown("| No. | Bahan |\n|:-:|---|\n| 1 | Topologi gedung B lantai tiga |")
    assert block["align"] == ["center", "left"]
    assert block["header"][1][0]["text"] == "Bahan"
    assert block["weights"][0] < block["weights"][1]


def test_html_links_images_and_code_stay_literal_text():
    source = "<script>x</script> [a](http://b) ![c](d) `e` &amp; http://f"
    (block,) = blocks_from_markdown(source)
    assert "".join(span["text"] for span in block["spans"]) == source


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_escaped_text_is_shown_literally(text):
    shown = plain_text(blocks_from_markdown(f"- {escape_markdown(text)}"))
    assert "".join(shown.split()) == "".join(text.split()).replace("\x00", "\ufffd")


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_escaped_text_never_makes_a_new_block(text):
    blocks = blocks_from_markdown(escape_markdown(text))
    assert [block["type"] for block in blocks] in ([], ["paragraph"])
    assert not any(span["bold"] or span["italic"] for block in blocks for span in block["spans"])


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_a_table_cell_of_escaped_text_stays_one_cell(text):
    (block,) = blocks_from_markdown(f"| A | B |\n|---|---|\n| {escape_markdown(text)} | akhir |")
    assert block["rows"][0][1][0]["text"] == "akhir"


@given(st.text("a1*_\\|. ", min_size=1, max_size=12).filter(str.strip))
def test_escaped_text_can_stand_before_a_full_stop_and_in_bold(text):
    shown = plain_text(blocks_from_markdown(f"**Judul {escape_markdown(text)}.** {escape_markdown(text)}."))
    once = "".join(text.split())
    assert "".join(shown.split()) == f"Judul{once}.{once}."
