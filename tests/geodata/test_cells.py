"""What single cells of a day folder may say."""

from __future__ import annotations

import pytest

from geodata import _cells


@pytest.mark.parametrize(("text", "number"), [("15000", 15000), ("3.0", 3), ("3,00", 3), (" -2 ", -2), ("7.0000", 7)])
def test_whole_numbers_may_have_decimals_of_nought(text: str, number: int) -> None:
    assert _cells.whole(text) == number


@pytest.mark.parametrize(
    "text", ["15.000", "1.000", "15000.000", "0,000", "-2.000 ", "1.500", "9.000.000", "12,345,678"]
)
def test_a_mark_for_thousands_is_no_decimal_sign(text: str) -> None:
    with pytest.raises(ValueError, match=r"^is '.*': expected a whole number, without a mark for thousands$"):
        _cells.whole(text)


@pytest.mark.parametrize("text", ["2.5", "three", "1.0000.0", ""])
def test_what_is_no_whole_number_gets_no_remark_on_thousands(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected a whole number$"):
        _cells.whole(text)
