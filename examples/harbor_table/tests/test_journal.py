"""The journal gives back what was written, and nothing that was only begun."""

from __future__ import annotations

from pathlib import Path

from harbor_table.journal import Acknowledged, Journal

FIRST = Acknowledged("ext-1", "ord_1", "loc_1", ("grill",))
SECOND = Acknowledged("ext-2", "ord_2", "loc_1", ())


def test_entries_come_back_in_the_order_they_were_written(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal") as journal:
        journal.add(FIRST)
        journal.add(SECOND)
        assert journal.entries() == [FIRST, SECOND]


def test_a_line_that_was_cut_off_is_not_an_entry(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal") as journal:
        journal.add(FIRST)
    with (tmp_path / "journal").open("ab") as file:
        file.write(b'{"external_id":"ext-2"')
    assert journal.entries() == [FIRST]


def test_a_journal_goes_on_where_it_stopped(tmp_path: Path) -> None:
    for entry in (FIRST, SECOND):
        with Journal(tmp_path / "journal") as journal:
            journal.add(entry)
    assert journal.entries() == [FIRST, SECOND]
