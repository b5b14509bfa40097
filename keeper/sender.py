"""Has at most one transaction out, and sees it through."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from eth_account.signers.local import LocalAccount
from web3.types import Nonce, TxParams, TxReceipt

from keeper.types import Head, InFlight, Step
from taskwork.chain.rpc import Web3, node_errors
from taskwork.chain.transactions import Call, Fees, broadcast, find_receipt, sign
from taskwork.chain.types import Address, Gas
from taskwork.errors import NodeRefused

_TRANSFER_GAS = Gas(21_000)


class Sender:
    """Sends for one account. Outlives connections: each method is told which to use."""

    def __init__(self, account: LocalAccount, chain_id: int) -> None:
        self.flight: InFlight | None = None
        self.landed = asyncio.Event()  # set while nothing is out
        self.landed.set()
        self.address = Address(account.address)
        self._account = account
        self._chain_id = chain_id

    async def launch(self, web3: Web3, call: Call, gas: Gas, fees: Fees, head: Head) -> InFlight:
        """Send a call. Raises `NodeRefused` when the node will not have it."""
        with node_errors():
            nonce = await web3.eth.get_transaction_count(self.address, "latest")
        return await self._send(web3, InFlight(call, gas, nonce, fees, (), head.number))

    async def land(self, web3: Web3) -> TxReceipt | None:
        """The receipt of what is out, under whichever of its hashes it was mined."""
        for tx_hash in self.flight.hashes if self.flight else ():
            receipt = await find_receipt(web3, tx_hash)
            if receipt is not None:
                self._hold(None)
                return receipt
        return None

    async def is_nonce_used(self, web3: Web3, flight: InFlight) -> bool:
        """Whether some transaction of the account with this nonce is mined."""
        with node_errors():
            return await web3.eth.get_transaction_count(self.address, "latest") > flight.nonce

    def forget(self) -> None:
        """Give up what is out: it can never be mined."""
        self._hold(None)

    async def replace(
        self, web3: Web3, flight: InFlight, fees: Fees, head: Head, step: Step
    ) -> InFlight:
        """Send again for more. Raises `NodeRefused` when the node prefers what it has."""
        risen = replace(flight, fees=fees, sent_at=head.number)
        if step is Step.CANCEL:
            risen = replace(risen, call=Call(self.address, b""), gas=_TRANSFER_GAS, cancelled=True)
        return await self._send(web3, risen)

    async def _send(self, web3: Web3, flight: InFlight) -> InFlight:
        tx: TxParams = flight.call.as_tx(self.address)
        tx.update({"gas": flight.gas, "nonce": Nonce(flight.nonce), "chainId": self._chain_id})
        signed = sign(self._account, tx, flight.fees)
        before, flight = self.flight, replace(flight, hashes=(*flight.hashes, signed.tx_hash))
        # Held before it is sent: when the node's answer is lost, the transaction may be out.
        self._hold(flight)
        try:
            await broadcast(web3, signed)
        except NodeRefused:
            self._hold(before)
            raise
        return flight

    def _hold(self, flight: InFlight | None) -> None:
        self.flight = flight
        if flight is None:
            self.landed.set()
        else:
            self.landed.clear()
