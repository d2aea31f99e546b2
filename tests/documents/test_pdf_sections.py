from dataclasses import replace

from helpdesk.documents.rules import SECTION_TITLES, blocks_from_markdown, report_sections
from helpdesk.documents.rules.blocks import plain_text


def shown(facts, code):
    return plain_text(blocks_from_markdown(report_sections(facts)[code]))


def test_every_section_of_the_official_form_gets_a_text(facts):
    sections = report_sections(facts)
    assert list(sections) == list(SECTION_TITLES)
    assert all(text.strip() for text in sections.values())


def test_the_basis_cites_the_laws_then_the_sop_then_the_dispositions(facts):
    (block,) = blocks_from_markdown(report_sections(facts)["basis"])
    entries = [plain_text(item) for item in block["items"]]
    assert entries == [
        "Undang-Undang Nomor 17 Tahun 2007;",
        "Peraturan Presiden Nomor 2 Tahun 2015;",
        "Standar Operasional Prosedur Nomor OT.01.02-090-097.Set.PO tentang Kerjasama Teknis dan Konsultasi "
        "Pengoperasian Jaringan Sistem yang berlaku efektif sejak 2 Mei 2018;",
        "Disposisi Nomor 12/DISP/XI/2026 tanggal 23 November 2026 dari Kabag Data dan Informasi kepada "
        "Kasubbag Sistem Informasi.",
    ]


def test_the_draft_promises_nothing_about_steps_that_have_not_ended(facts):
    # It is written at the sixth step and signed at the seventh: either may still be late.
    text = shown(facts, "activities")
    assert "waktu baku" not in text
    assert "sampai dengan" not in text


def test_findings_are_grouped_by_device_and_their_advice_becomes_the_recommendations(facts):
    identification = shown(facts, "identification")
    assert identification.index("Perangkat sw-core-01") < identification.index("Port Gi1/0/3 mati")
    assert identification.index("Port Gi1/0/3 mati") < identification.index("Perangkat rt-edge-02")
    assert "Ganti kabel (perangkat sw-core-01)." in shown(facts, "recommendations")


def test_no_findings_is_said_and_not_left_empty(facts):
    quiet = replace(facts, findings=())
    assert "Tidak terdapat temuan" in shown(quiet, "identification")
    assert "tidak menghasilkan temuan" in shown(quiet, "conclusions")


def test_rejected_items_show_their_reason(facts):
    (_, table) = blocks_from_markdown(report_sections(facts)["verification"])
    cells = ["".join(span["text"] for span in cell) for cell in table["rows"][1]]
    assert cells == ["2", "Topologi", "Ditolak", "Gambar tidak terbaca"]


def test_three_persons_are_enumerated_with_dan(facts):
    assert "diwakili oleh Budi, Rina, dan Agus melalui rapat daring" in shown(facts, "coordination")


def test_a_missing_coordination_is_said(facts):
    assert "belum dicatat" in shown(replace(facts, coordination=None), "coordination")


def test_deviations_are_told_in_the_conclusions(facts):
    assert "terdapat penyimpangan dari SOP" in shown(facts, "conclusions")
    assert "penyimpangan" not in shown(replace(facts, deviations=()), "conclusions")


def test_a_requesters_markdown_is_not_obeyed(facts):
    request = replace(facts.request, subject="**tebal** | # judul", description="1. a\n2. b\n| x |")
    hostile = replace(facts, request=request)
    assert "“**tebal** | # judul”" in shown(hostile, "general")
    assert "Uraian permohonan: 1. a 2. b | x |" in shown(hostile, "general")
