from __future__ import annotations

from pathlib import Path

import pytest

from tools.check_layout import check_slots, check_words, described_slots

pytestmark = pytest.mark.unit

SOURCE = Path("contracts/types/Ticket.sol")
STRUCT = """
struct Ticket {
    // Slot 0: 20 + 12 = 32 bytes
    address owner; // who holds it
    uint96 price; // wei
    // Slot 1
    bytes32 seat;
}
"""
STRUCT_LAYOUT = {"Ticket": {"owner": (0, 0, 160), "price": (0, 160, 96), "seat": (1, 0, 256)}}
WORD = """
/// @notice A ticket in one word.
/// @dev Slot 0: 5 + 10 = 15 bytes, from the low end
///   uint40    soldAt  when
///   uint40[2] seats   which
type Ticket is uint256;

library TicketLibrary {
    uint256 private constant SEATS_AT = 40;
}
"""


def faults_of_struct(text: str) -> list[str]:
    return list(check_slots(list(described_slots(SOURCE, text)), STRUCT_LAYOUT))


def test_struct__as_compiled__is_accepted():
    assert faults_of_struct(STRUCT) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("20 + 12 = 32", "20 + 8 = 28"),
        ("20 + 12 = 32", "20 + 12 = 31"),
        ("Slot 1", "Slot 2"),
        ("    bytes32 seat;", "    bytes32 seat;\n    bytes32 row;"),
    ],
    ids=["widths", "sum", "number", "field"],
)
def test_struct__described_wrongly__is_one_fault(old, new):
    assert len(faults_of_struct(STRUCT.replace(old, new))) == 1


def test_struct__that_no_contract_stores__is_a_fault():
    fault, _ = faults_of_struct(STRUCT.replace("struct Ticket", "struct Receipt"))
    assert "no contract stores Receipt" in fault


def test_word__read_where_it_says__is_accepted():
    assert list(check_words(SOURCE, WORD)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [("5 + 10 = 15", "5 + 10 = 16"), ("[2]", "[3]"), ("SEATS_AT = 40", "SEATS_AT = 80")],
    ids=["sum", "width", "offset"],
)
def test_word__described_wrongly__is_one_fault(old, new):
    assert len(list(check_words(SOURCE, WORD.replace(old, new)))) == 1
