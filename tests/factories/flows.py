"""Procedures of any flow, made from a few numbers: for tests of the drawing, whatever the file rules say."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from helpdesk.sop.schema import END, Procedure

IDENTITY: dict[str, Any] = {
    "number": "OT.99.Uji",
    "kind": "mikro",
    "title": {"id": "Alur Uji", "en": "Flow for Tests"},
    "agency": {"id": "Badan Uji", "en": "Test Agency"},
    "secretariat": {"id": "Sekretariat", "en": "Secretariat"},
    "bureau": {"id": "Biro Umum", "en": "General Bureau"},
    "created_on": "2026-01-05",
    "revised_on": None,
    "revision": None,
    "effective_on": "2026-03-02",
    "approved_by": {"office": {"id": "Kepala", "en": "Head"}, "name": "Budi", "nip": "199001012015011001"},
}


def slug(index: int) -> str:
    """Return the id of the step on the row (from 0)."""
    return f"step-{index + 1}"


def both(text: str) -> dict[str, str]:
    """Return the text as if it were the same in both languages."""
    return {"id": text, "en": text}


def procedure_of(steps: list[dict[str, Any]], offices: int) -> Procedure:
    """Return a procedure with the steps; each says `office`, and `next`, `decision` or more."""
    rows = []
    for index, step in enumerate(steps):
        given = {key: value for key, value in step.items() if key not in ("office", "activity")}
        rows.append(
            {
                "number": index + 1,
                "id": slug(index),
                "title": both(f"Langkah {index + 1}"),
                "role": f"role_{step['office']}",
                "activity": both(step.get("activity", f"Melakukan kegiatan {index + 1}")),
                "needs": ["plan"],
                "working_minutes": 30,
                "yields": [{"code": f"result_{index + 1}", "kind": "coordination", "title": both("hasil")}],
                **given,
            }
        )
    return Procedure.model_validate(
        {
            "version": 1,
            "released": False,
            "identity": IDENTITY,
            "legal_basis": [both("Dasar")],
            "qualifications": [{"code": "trained", "title": both("Terlatih")}],
            **{key: [] for key in ("related", "equipment", "warnings", "recording")},
            "roles": [
                {
                    "code": f"role_{index}",
                    "title": both(f"Kasubbag Sistem {index}"),
                    "full_title": both(f"Kepala Subbagian Sistem {index}"),
                    "superior": None,
                }
                for index in range(offices)
            ],
            "externals": [{"code": "plan", "kind": "work_programme_item", "title": both("Rencana")}],
            "steps": rows,
        }
    )


def decision(*ways: tuple[str, str | list[str]]) -> dict[str, Any]:
    """Return a decision with the ways on: (word, target)."""
    return {
        "question": both("Apakah sudah benar?"),
        "branches": [
            {"code": f"way_{index}", "title": both(word), "next": target}
            for index, (word, target) in enumerate(ways)
        ],
    }


@st.composite
def flows(draw: st.DrawFn, *, longest: int = 12, letters: int = 200) -> Procedure:
    """Draw a procedure with decisions, loops, returns, parallel steps and connectors."""
    count = draw(st.integers(1, longest))
    offices = draw(st.integers(1, 7))
    alphabet = st.sampled_from("abcdefghijklmnopqrstuvwxyz      ABCWM")
    steps: list[dict[str, Any]] = []
    for index in range(count):
        step: dict[str, Any] = {"office": draw(st.integers(0, offices - 1))}
        step["activity"] = "K" + draw(st.text(alphabet, max_size=letters))
        later = [slug(one) for one in range(index + 1, count)]
        following = later[0] if later else END
        earlier = [slug(one) for one in range(index)]
        kind = draw(st.sampled_from(["plain", "plain", "decision", "loop", "parallel", "ends"]))
        if kind == "decision" and later:
            step["decision"] = decision(("Ya", following), ("Tidak", draw(st.sampled_from([*later, END]))))
        elif kind == "loop":
            again = draw(st.sampled_from([*earlier, slug(index)]))
            step["decision"] = decision(("Ya", following), ("Tidak", again))
        elif kind == "parallel" and len(later) > 1:
            step["next"] = [following, draw(st.sampled_from(later[1:]))]
        elif kind == "ends":
            step["decision"] = decision(("Selesai", END), ("Lanjut", following))
        else:
            step["next"] = following
        if earlier and draw(st.booleans()):
            step["returns_to"] = draw(st.sampled_from(earlier))
        if draw(st.integers(0, 5)) == 0:
            step["connector"] = {"label": "Z", "title": both("SOP lain")}
        steps.append(step)
    return procedure_of(steps, offices)
