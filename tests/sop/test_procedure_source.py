"""The shipped procedure is the official source, word for word."""

from __future__ import annotations

from datetime import date

from helpdesk.sop.catalogue import load_catalogue

NUMBER = "OT.01.02-090-097.Set.PO"

# The rows of the source's table: kegiatan, pelaksana, kelengkapan, waktu, output.
ROWS = [
    (
        "Melakukan koordinasi dan kerja sama teknis terkait pemeliharaan jaringan sistem informasi, dan "
        "menugaskan Kasubbag Sistem Informasi untuk memproses lebih lanjut",
        "Kabag Data dan Informasi",
        "Program kerja",
        60,
        "disposisi",
    ),
    (
        "Menyiapkan data dan/atau bahan terkait proses koordinasi dan kerja sama teknis pemeliharaan "
        "jaringan sistem informasi, dan menugaskan Pelaksana untuk melakukan identifikasi",
        "Kasubbag Sistem Informasi",
        "disposisi",
        120,
        "data dan/atau bahan + disposisi",
    ),
    (
        "Melakukan proses identifikasi bahan-bahan yang berkaitan dengan sistem informasi dan jaringan, "
        "kemudian melaporkannya kepada Kasubbag Sistem Informasi",
        "Pelaksana (JP/JFT)",
        "data dan/atau bahan + disposisi",
        120,
        "proses identifikasi",
    ),
    (
        "Memverifikasi bahan-bahan tersebut kemudian menyampaikannya kepada Kabag Data dan Informasi",
        "Kasubbag Sistem Informasi",
        "proses identifikasi",
        60,
        "verifikasi bahan",
    ),
    (
        "Melakukan koordinasi dan kerja sama teknis pengoperasian jaringan sistem informasi dengan instansi "
        "terkait, dan menugaskan Kasubbag Sistem Informasi untuk menyusun laporannya",
        "Kabag Data dan Informasi",
        "verifikasi bahan",
        120,
        "koordinasi dan kerja sama teknis + disposisi",
    ),
    (
        "Menyusun konsep laporan hasil koordinasi dan kerja sama teknis pengoperasian jaringan sistem "
        "informasi, kemudian menyampaikannya kepada Kabag Data dan Informasi",
        "Kasubbag Sistem Informasi",
        "koordinasi dan kerja sama teknis + disposisi",
        60,
        "konsep laporan hasil koordinasi dan kerja sama teknis",
    ),
    (
        "Menandatangani dan mempelajari laporan hasil pengoperasian dan pemeliharaan sistem jaringan",
        "Kabag Data dan Informasi",
        "konsep laporan hasil koordinasi dan kerja sama teknis",
        30,
        "laporan hasil pengoperasian dan pemeliharaan sistem jaringan",
    ),
]


def test_the_matrix_is_the_table_of_the_source(source_procedure):
    rows = [
        (
            step.activity.id,
            source_procedure.role_of(step).title.id,
            " + ".join(item.title.id for item in source_procedure.items_needed(step)),
            step.working_minutes,
            " + ".join(output.title.id for output in step.yields),
        )
        for step in source_procedure.steps
    ]
    assert rows == ROWS


def test_the_identity_is_that_of_the_source(source_procedure):
    identity = source_procedure.identity
    assert identity.number == "OT.01.02-090-097.Set.PO"
    assert identity.title.id == "Kerjasama Teknis dan Konsultasi Pengoperasian Jaringan Sistem"
    assert identity.agency.id == (
        "KEMENTERIAN KOORDINATOR BIDANG POLITIK, HUKUM, DAN KEAMANAN REPUBLIK INDONESIA"
    )
    assert (identity.created_on, identity.revised_on) == (date(2017, 12, 18), None)
    assert identity.effective_on == date(2018, 5, 2)
    approval = identity.approved_by
    assert approval.office.id == "Kepala Biro Perencanaan dan Organisasi"
    assert (approval.name, approval.nip) == ("Janiruddin, S.H., M.Si", "195910081983031001")


def test_all_lists_of_the_source_are_there(source_procedure):
    assert len(source_procedure.legal_basis) == 4
    assert source_procedure.legal_basis[3].id == (
        "Peraturan Menko Polhukam Nomor 5 Tahun 2016 tentang Pedoman Penyusunan SOP AP Kemenko Polhukam"
    )
    assert [point.title.id for point in source_procedure.qualifications][4] == (
        "Memiliki pengetahuan tentang sistem helpdesk"
    )
    assert len(source_procedure.qualifications) == 5
    assert len(source_procedure.equipment) == 4
    assert source_procedure.related[0].id == "SOP Makro Pelaksanaan Pengelolaan Jaringan Sistem Informasi"
    assert source_procedure.recording[0].id == "Disimpan dalam data elektronik dan manual"
    assert source_procedure.warnings[0].id == (
        "Apabila pelaksanaan pengelolaan jaringan sistem informasi tidak sesuai SOP maka "
        "hasilnya kurang maksimal"
    )


def test_a_note_says_why_the_seventh_step_belongs_to_the_head(source_procedure):
    assert "enam kotak" in source_procedure.notes[0].id
    assert "six boxes" in source_procedure.notes[0].en


def test_the_verification_may_return_to_the_identification_and_the_signer_to_the_draft(source_procedure):
    ways_back = {step.id: step.returns_to for step in source_procedure.steps if step.returns_to}
    assert ways_back == {"verify": "identify", "sign-report": "draft-report"}


def test_the_second_version_adds_the_way_back_from_the_signature_and_changes_no_official_word():
    catalogue = load_catalogue()
    first, second = (catalogue.get_procedure(NUMBER, version) for version in (1, 2))
    assert first.identity == second.identity
    steps = [
        step.model_copy(update={"returns_to": None}) if step.id == "sign-report" else step
        for step in second.steps
    ]
    assert tuple(steps) == first.steps
    assert second.notes[:-1] == first.notes
    left = {"version", "steps", "notes"}
    assert first.model_dump(exclude=left) == second.model_dump(exclude=left)


def test_dispositions_assign_the_office_of_the_next_step(source_procedure):
    assigned = {step.number: step.assigns for step in source_procedure.steps if step.assigns}
    assert assigned == {1: ("subhead",), 2: ("technician",), 5: ("subhead",)}
