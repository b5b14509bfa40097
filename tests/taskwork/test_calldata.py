"""Calldata and amounts from what people type."""

from __future__ import annotations

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from taskwork.actions.calldata import encode_call, read_hex
from taskwork.errors import InvalidInput
from taskwork.units import ether, parse_seconds, parse_wei, short, span

pytestmark = pytest.mark.unit

ACCOUNT = "0x5fbdb2315678afecb367f032d93f642f64180aa3"


@pytest.mark.parametrize(
    ("signature", "words", "kinds", "values"),
    [
        ("beat()", [], [], []),
        ("set(uint256)", ["1_000"], ["uint256"], [1000]),
        ("set(uint)", ["0xff"], ["uint256"], [255]),
        ("set(int8)", ["-3"], ["int8"], [-3]),
        ("set(bool,string)", ["true", "a word"], ["bool", "string"], [True, "a word"]),
        ("set(address)", [ACCOUNT], ["address"], [ACCOUNT]),
        ("set( bytes , bytes4 )", ["0x1234", "0xdeadbeef"], ["bytes", "bytes4"],
         [b"\x12\x34", b"\xde\xad\xbe\xef"]),
        ("set(address[],uint8[2])", [f'["{ACCOUNT}"]', "[1, 2]"], ["address[]", "uint8[2]"],
         [[ACCOUNT], [1, 2]]),
        ("set((address,uint256)[])", [f'[["{ACCOUNT}", "7"]]'], ["(address,uint256)[]"],
         [[(ACCOUNT, 7)]]),
    ],
)  # fmt: skip
def test_encode_call__words__as_the_abi_says(signature, words, kinds, values) -> None:
    canonical = f"{signature.split('(')[0]}({','.join(kinds)})"

    data = encode_call(signature, words)

    assert data == keccak(text=canonical)[:4] + encode(kinds, values)


@pytest.mark.parametrize(
    ("signature", "words", "complaint"),
    [
        ("beat", [], "write it like"),
        ("beat(", [], "write it like"),
        ("beat(words)", ["1"], "write it like"),
        ("beat(uint256)", [], "takes 1"),
        ("beat()", ["1"], "takes 0"),
        ("beat(uint256)", ["one"], "must be uint256"),
        ("beat(uint8)", ["256"], "do not fit"),
        ("beat(bytes4)", ["0x123"], "must be bytes4"),
        ("beat(bool)", ["yes"], "must be bool"),
        ("beat(address)", ["0x12"], "do not fit"),
        ("beat(uint256[])", ["1,2"], "must be a JSON list"),
        ("beat(uint256[2])", ["[1]"], "do not fit"),
        ("beat((uint256,bool))", ["[1]"], "must be a JSON list"),
    ],
)
def test_encode_call__nonsense__says_what_to_write(signature, words, complaint) -> None:
    with pytest.raises(InvalidInput, match=complaint):
        encode_call(signature, words)


def test_read_hex__with_and_without_prefix__bytes() -> None:
    assert read_hex("0x1234") == read_hex("1234") == b"\x12\x34"
    with pytest.raises(InvalidInput, match="must be hex"):
        read_hex("0xyz")


@pytest.mark.parametrize(
    ("text", "wei"),
    [("1 wei", 1), ("0.05 ether", 5 * 10**16), ("2.5gwei", 2_500_000_000), ("1_000 wei", 1000)],
)
def test_parse_wei__amount_with_unit__in_wei(text: str, wei: int) -> None:
    assert parse_wei(text) == wei


@pytest.mark.parametrize("text", ["5", "ether", "-1 wei", "0.5 wei", "1 dollar", "", "1e18 wei"])
def test_parse_wei__anything_else__refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"write|whole"):
        parse_wei(text)


@pytest.mark.parametrize(
    ("wei", "exact", "brief"),
    [
        (0, "0.000000000000000000", "nothing"),
        (1, "0.000000000000000001", "0 gwei"),
        (-(10**18), "-1.000000000000000000", "-1 ether"),
        (1_234_567 * 10**9, "0.001234567000000000", "0.001235 ether"),
        (54_321 * 10**9, "0.000054321000000000", "54,321 gwei"),
    ],
)
def test_amounts__written__exact_or_brief(wei: int, exact: str, brief: str) -> None:
    assert ether(wei) == exact
    assert short(wei) == brief


@pytest.mark.parametrize(
    ("text", "seconds", "again"),
    [
        ("59s", 59, "59 s"),
        ("10m", 600, "10 m"),
        ("90 m", 5_400, "1 h 30 m"),
        ("1d", 86_400, "1 d"),
        ("1_000h", 3_600_000, "41 d 16 h"),
    ],
)
def test_spans__read_and_written__in_the_largest_units(text: str, seconds: int, again: str) -> None:
    assert parse_seconds(text) == seconds
    assert span(seconds) == again


@pytest.mark.parametrize("text", ["", "10", "0s", "-1m", "1.5h", "1w", "soon"])
def test_parse_seconds__anything_else__refused(text: str) -> None:
    with pytest.raises(ValueError, match="span of time"):
        parse_seconds(text)
