from __future__ import annotations

import re

from geodata.manifest import PRINT_FILE, TITLE, driver_manifests, map_link, one_line, print_html, write_manifests
from routing import Place
from tests.routing.handmade import mixed_day, mixed_plan


def texts(labels=None):
    return {each.driver: each.text() for each in driver_manifests(mixed_day(), mixed_plan(), labels=labels)}


def block(text, begins):
    """The step whose heading matches, with its lines."""
    return next(part for part in text.split("\n\n") if re.search(rf"^\d+\. .*{begins}", part))


def test_a_manifest_begins_with_who_when_and_how_much():
    head = texts()["D1"].split("\n\n")[0].splitlines()
    assert head[:3] == [TITLE, "Kurir: D1", "Tanggal: Senin, 2 Maret 2026"]
    assert "Ambil: 4 dokumen dari warga" in head  # P1, P2 with two, P3
    assert "Antar: 4 dokumen ke warga" in head  # R1 with two, R2, R7
    assert "Istirahat: 1 kali, 30 menit" in head
    assert "Perhentian: 4 titik dalam 2 ritase" in head
    assert any(re.fullmatch(r"Jarak: \d+,\d km", line) for line in head)


def test_steps_follow_the_run_and_say_when():
    plan = mixed_plan()
    for run, text in zip(plan.runs, texts().values(), strict=True):
        headings = re.findall(r"^(\d+)\. (\d\d):(\d\d)", text, flags=re.MULTILINE)
        assert [int(number) for number, _, _ in headings] == list(range(1, len(run.visits) + 1))
        assert [int(h) * 60 + int(m) for _, h, m in headings] == [visit.begin // 60 for visit in run.visits]


def test_a_stop_says_door_window_documents_in_and_out_and_links_a_map():
    step = block(texts({"R2": "Jl. Merpati 5", "P1": "Jl. Merpati 5"})["D1"], "Jl. Merpati 5").splitlines()
    assert "   Titik: p2 | Jam janji: 07:00-09:30" in step
    assert "   ANTAR 1 dokumen: R2 (1)" in step
    assert "   AMBIL 1 dokumen: P1 (1)" in step
    assert step[-1] == "   https://www.google.com/maps/dir/?api=1&destination=-6.30000,106.70200"


def test_a_hub_visit_says_the_lane_what_to_hand_in_and_what_to_load():
    text = texts()["D1"]
    hubs = [part for part in text.split("\n\n") if "LOKET DRIVE-THRU, jalur " in part]
    assert "MUAT (urut pengantaran) 4 dokumen: R1 (2), R2 (1), R7 (1)" in hubs[0]
    assert "SERAHKAN" not in hubs[0]
    assert re.search(r"SERAHKAN 4 dokumen: P1 \(1\), P2 \(2\), P3 \(1\)", hubs[1])


def test_loads_are_listed_in_the_order_of_delivery():
    plan = mixed_plan()
    run = plan.runs[0]
    hub = next(visit for visit in run.visits if visit.type == "hub")
    turned = tuple(
        type(visit)(**{**visit.__dict__, "loaded": hub.loaded[::-1]}) if visit is hub else visit for visit in run.visits
    )
    changed = type(run)(run.driver, turned, run.metres, run.paid_seconds, run.cost)
    manifest = driver_manifests(mixed_day(), plan.replace(runs=(changed, *plan.runs[1:])))[0]
    assert "R1 (2), R2 (1), R7 (1)" in manifest.text()


def test_waiting_and_breaks_are_named():
    text = texts()["D1"]
    assert re.search(r"ISTIRAHAT 30 menit", text)
    waits = [visit for run in mixed_plan().runs for visit in run.visits if visit.begin - visit.arrive >= 60]
    waits = [visit for visit in waits if visit.type in ("stop", "hub")]
    assert sum(text.count(" sampai ") for text in texts().values()) == len(waits) > 0


def test_an_address_cannot_imitate_other_lines():
    forged = "Jl. Satu\n\n99. 09:00 LOKET\u2028MUAT 9 dokumen\u202e\x1b[2J"
    text = texts({"R1": forged})["D1"]
    assert "Jl. Satu 99. 09:00 LOKET MUAT 9 dokumen [2J" in text
    assert not re.search(r"^99\.", text, flags=re.MULTILINE)
    assert "\u202e" not in text
    assert "\x1b" not in text


def test_one_line_keeps_letters_of_any_language():
    assert one_line(" Gang  Ma’ruf\t№ 5 — 李 ") == "Gang Ma’ruf № 5 — 李"


def test_a_link_is_latitude_first():
    assert map_link(Place("a", 106.5, -6.25)).endswith("destination=-6.25000,106.50000")


def test_files_have_safe_and_different_names(tmp_path):
    plan = mixed_plan()
    names = ("../../etc/passwd", "..-..-etc-passwd", "  ")
    runs = tuple(
        type(run)(name, run.visits, run.metres, run.paid_seconds, run.cost)
        for name, run in zip(names, plan.runs, strict=True)
    )
    written = write_manifests(mixed_day(), plan.replace(runs=runs), tmp_path / "manifests")
    assert [path.name for path in written] == ["01-etc-passwd.txt", "02-etc-passwd.txt", "03.txt", PRINT_FILE]
    assert {path.parent for path in written} == {tmp_path / "manifests"}


def test_manifests_of_an_earlier_plan_go_and_other_files_stay(tmp_path):
    write_manifests(mixed_day(), mixed_plan(), tmp_path)
    (tmp_path / "catatan.txt").write_text("milik operator", encoding="utf-8")
    write_manifests(mixed_day(), mixed_plan().replace(runs=mixed_plan().runs[:1]), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"01-D1.txt", "catatan.txt", PRINT_FILE}


def test_the_printed_form_escapes_whatever_an_id_contains():
    html = print_html(driver_manifests(mixed_day(), mixed_plan(), labels={"R1": "<img src=x onerror=alert(1)>"}))
    assert "<img" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html
    assert html.count("<article>") == 3
