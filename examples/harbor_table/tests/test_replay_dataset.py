"""The data set is what everybody says it is, and a copy that is not is refused line by line."""

from __future__ import annotations

import csv
import sys
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from harbor_table.replay import figures, source
from harbor_table.replay.failures import ReplayError
from harbor_table.replay.sales import CHANNEL, read_sales
from harbor_table.replay.shop import NAME
from oms_menu.rules import check_item
from oms_protos.menu.v1 import CreateItemRequest, NewVariation
from oms_protos.types.v1 import Money

HEADER = "id,date,time,name,size,type,price"
GOOD = "7,2015-03-01,12:00:00,hawaiian,M,classic,13.25"


def written(folder: Path, *lines: str, header: str = HEADER) -> Path:
    file = folder / "year.csv"
    file.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    return file


def test_the_file_is_found_without_an_import() -> None:
    before = set(sys.modules)
    assert source.find().name == "05-pizzaplace.csv"
    assert not [name for name in set(sys.modules) - before if name.startswith("great_tables")]


def test_a_missing_package_says_what_to_install() -> None:
    with pytest.raises(ReplayError) as missing:
        source.find("no_great_tables")
    assert missing.value.code == "DATASET_MISSING"
    assert 'pip install "oms-harbor-table[pizzaplace]"' in str(missing.value)
    assert "--file" in str(missing.value)


def test_a_package_without_the_file_says_so() -> None:
    with pytest.raises(ReplayError, match=r"has no data.05-pizzaplace\.csv"):
        source.find("harbor_table")


def test_the_golden_figures_stand_in_the_file_itself() -> None:
    with source.find().open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    assert len(rows) == 49_574
    assert len({row["id"] for row in rows}) == 21_350
    assert sum(Decimal(row["price"]) for row in rows) == Decimal("817860.05")
    assert len({row["name"] for row in rows}) == 32
    assert len({(row["name"], row["size"]) for row in rows}) == 91
    assert len({(row["name"], row["size"], row["price"]) for row in rows}) == 91, "one price each"


def test_the_sales_have_the_same_figures() -> None:
    sales = read_sales(source.find())
    assert figures.of_sales(sales) == figures.Figures(21_350, 49_574, 81_786_005, "USD", 358)
    assert len(sales.prices) == 91
    assert len({sale.external_id for sale in sales.orders}) == 21_350
    assert all(list(day) == sorted(day, key=lambda sale: sale.at) for day in sales.days.values())
    assert all(sale.at.date() == date for date, day in sales.days.items() for sale in day)


def test_the_menu_plugin_accepts_every_pizza() -> None:
    prices = read_sales(source.find()).prices
    for pizza in {pizza for pizza, _ in prices}:
        sizes = [
            NewVariation(name=size, price=Money(amount=amount, currency="USD"))
            for (name, size), amount in prices.items()
            if name == pizza
        ]
        assert check_item(CreateItemRequest(brand_id="brd_x", name=pizza, variations=sizes)) == []
    assert NAME.lower() == CHANNEL


def test_rows_of_one_order_become_lines_with_quantities(tmp_path: Path) -> None:
    other = GOOD.replace(",M,", ",L,").replace("13.25", "16")
    later = "8,2015-03-01,09:30:00,hawaiian,M,classic,13.25"
    sales = read_sales(written(tmp_path, GOOD, other, GOOD, later))
    (day,) = sales.days.values()
    assert [sale.external_id for sale in day] == ["pizzaplace-8", "pizzaplace-7"], "by the clock"
    assert day[1].lines == ((("hawaiian", "M"), 2), (("hawaiian", "L"), 1))
    assert (day[1].items, day[1].amount) == (3, 4250)
    assert day[1].at.astimezone(ZoneInfo("UTC")).isoformat() == "2015-03-01T17:00:00+00:00"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("7,2015-03-01,12:00:00,hawaiian,M,classic", "line 3: 6 columns; 7 needed"),
        (GOOD.replace("7,", "a b,", 1), "line 3: id 'a b' is not"),
        (GOOD.replace("hawaiian", ""), "line 3: name '' is not"),
        (GOOD.replace(",M,", ",XXXL,"), "line 3: size 'XXXL' is none of S, M, L, XL, XXL"),
        (GOOD.replace("03-01", "02-29"), "line 3: date '2015-02-29' and time '12:00:00' are not like"),
        (GOOD.replace("12:00:00", "12:00:00+01:00"), "line 3: date '2015-03-01' and time"),
        (GOOD.replace("13.25", "-1"), "line 3: price '-1' is not in dollars"),
        (GOOD.replace("13.25", "13.255"), "line 3: price '13.255' is not in dollars"),
        (GOOD.replace("13.25", "14"), "line 3: hawaiian M has another price than on line 2"),
        (GOOD.replace("12:00:00", "12:00:01"), "line 3: order 7 has another date or time than on line 2"),
    ],
)
def test_a_bad_row_is_named_by_its_line(tmp_path: Path, row: str, told: str) -> None:
    with pytest.raises(ReplayError) as refused:
        read_sales(written(tmp_path, GOOD, row))
    assert refused.value.code == "DATASET_INVALID"
    assert told in str(refused.value)
    assert str(tmp_path / "year.csv") in str(refused.value)


def test_of_many_bad_rows_the_first_are_told(tmp_path: Path) -> None:
    with pytest.raises(ReplayError) as refused:
        read_sales(written(tmp_path, *[GOOD.replace("13.25", "free")] * 25))
    assert "line 11: price" in str(refused.value)
    assert "line 12" not in str(refused.value)
    assert "and 15 more" in str(refused.value)


def test_an_order_of_too_many_different_pizzas_is_refused(tmp_path: Path) -> None:
    rows = [GOOD.replace("hawaiian", f"pizza_{number}") for number in range(201)]
    with pytest.raises(ReplayError, match="line 2: order 7 has 201 different pizzas; at most 200"):
        read_sales(written(tmp_path, *rows))


@pytest.mark.parametrize(
    ("header", "rows", "told"),
    [
        ("", [], "line 1: the columns are missing; needed: id,date"),
        ("id,day,time,name,size,type,price", [GOOD], "line 1: the columns are id,day,"),
        (HEADER, [], "there is no row below the columns"),
    ],
)
def test_another_kind_of_file_is_refused(tmp_path: Path, header: str, rows: list[str], told: str) -> None:
    with pytest.raises(ReplayError, match=told):
        read_sales(written(tmp_path, *rows, header=header))


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match="nowhere") as missing:
        read_sales(tmp_path / "nowhere.csv")
    assert missing.value.code == "DATASET_UNREADABLE"
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ReplayError, match=r"binary\.csv"):
        read_sales(binary)
