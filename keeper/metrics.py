"""What Prometheus is told. Every name, unit and meaning is here; docs/operations.md has the alerts.

`Metrics.listen` takes the keeper's signals. Money is exact in the books (`keeper pnl`) and a float
here. Nothing that could hold a secret is a label: endpoints are named by their hosts.
"""

from __future__ import annotations

from functools import partial, singledispatchmethod

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from keeper.signals import (
    BalanceSeen,
    BatchSkipped,
    CycleEnded,
    CycleFailed,
    EndpointScored,
    EntryBooked,
    FailedOver,
    HeadSeen,
    IndexAdvanced,
    KeeperStarted,
    LeaseChanged,
    NonceTaken,
    QueueSeen,
    ReorgSeen,
    Signal,
    TransactionSent,
    Unprofitable,
)
from keeper.types import EntryState, LedgerEntry, TxKind, Verdict

disable_created_metrics()  # type: ignore[no-untyped-call]

_CYCLE_BUCKETS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 12.0, 30.0, 60.0)


class _Life:
    """What the keeper is doing."""

    def __init__(self, registry: CollectorRegistry) -> None:
        counter = partial(Counter, registry=registry)
        gauge = partial(Gauge, registry=registry)
        self.started = gauge(
            "keeper_started_timestamp_seconds",
            "When the keeper began to follow the chain; 0 before.",
        )
        self.is_dry_run = gauge("keeper_dry_run", "1 when there is no key: nothing is sent.")
        self.is_leading = gauge(
            "keeper_lease_held", "1 while this keeper may send; 0 while another has the lease."
        )
        self.leases_lost = counter(
            "keeper_leases_lost_total", "Times that the lease was lost while it was held."
        )
        self.cycle = Histogram(
            "keeper_cycle_seconds",
            "Time a bot took for what a head called for.",
            ["bot"],
            registry=registry,
            buckets=_CYCLE_BUCKETS,
        )
        self.cycle_failures = counter(
            "keeper_cycle_failures_total",
            "Heads that a bot could not deal with, by class of error.",
            ["bot", "error"],
        )
        self.failures_in_row = gauge(
            "keeper_cycle_failures_in_row",
            "How often a bot has failed since it last succeeded.",
            ["bot"],
        )


class _Chain:
    """The chain, and who tells of it."""

    def __init__(self, registry: CollectorRegistry) -> None:
        counter = partial(Counter, registry=registry)
        gauge = partial(Gauge, registry=registry)
        self.head = gauge("keeper_head_block_number", "The newest block that was seen.")
        self.head_timestamp = gauge("keeper_head_timestamp_seconds", "The newest block's own time.")
        self.base_fee = gauge("keeper_base_fee_wei", "Base fee per gas of the next block.")
        self.reorgs = counter("keeper_reorgs_total", "Times that the chain took another branch.")
        self.reorg_depth = gauge(
            "keeper_reorg_depth_blocks", "Blocks that the last reorganisation took back."
        )
        self.index_block = gauge(
            "keeper_index_block_number", "Up to where the event index is complete."
        )
        self.index_lag = gauge("keeper_index_lag_blocks", "Blocks from there to the head.")
        self.events = counter("keeper_indexed_events_total", "Events that were put into the index.")
        self.usable = gauge(
            "keeper_endpoint_usable", "1 while the endpoint is fit to be asked.", ["endpoint"]
        )
        self.lag = gauge(
            "keeper_endpoint_lag_blocks",
            "Blocks that the endpoint is behind the best one.",
            ["endpoint"],
        )
        self.errors = gauge(
            "keeper_endpoint_errors_in_row",
            "Errors since the endpoint last answered.",
            ["endpoint"],
        )
        self.latency = gauge(
            "keeper_endpoint_latency_seconds",
            "Time the endpoint takes to answer, smoothed.",
            ["endpoint"],
        )
        self.failovers = counter("keeper_failovers_total", "Times that another endpoint was taken.")


class _Work:
    """What is due, and what goes out."""

    def __init__(self, registry: CollectorRegistry) -> None:
        counter = partial(Counter, registry=registry)
        gauge = partial(Gauge, registry=registry)
        self.due = gauge("keeper_due_tasks", "Tasks that can run in the next block.")
        self.late = gauge("keeper_due_late_blocks", "Blocks that the oldest due task has waited.")
        self.skipped = counter(
            "keeper_batches_skipped_total", "Batches that were left, by reason.", ["reason"]
        )
        self.unprofitable = gauge(
            "keeper_unprofitable_blocks", "Blocks for which due tasks have not paid."
        )
        self.sent = counter(
            "keeper_transactions_sent_total",
            "Transactions that went out first for their nonce.",
            ["kind"],
        )
        self.replaced = counter(
            "keeper_transactions_replaced_total",
            "Transactions that went out in another's place.",
            ["kind"],
        )
        self.mined = counter(
            "keeper_transactions_mined_total", "Transactions of ours that were mined.", ["kind"]
        )
        self.reverted = counter(
            "keeper_transactions_reverted_total", "Batches that were mined and reverted."
        )
        self.taken = counter(
            "keeper_nonces_taken_total",
            "Nonces that somebody else used: the key is in other hands too.",
        )


class _Money:
    """What it costs and brings. Counters count what no reorganisation can take back."""

    def __init__(self, registry: CollectorRegistry) -> None:
        counter = partial(Counter, registry=registry)
        gauge = partial(Gauge, registry=registry)
        self.balance = gauge("keeper_balance_wei", "Native coin of the executor.")
        self.is_low = gauge("keeper_balance_low", "1 while that is less than the operator wants.")
        self.pending = gauge(
            "keeper_pending_profit_wei", "Profit of what is mined and not yet final."
        )
        self.foreseen = gauge(
            "keeper_foreseen_profit_wei", "Profit a dry run would have made since it started."
        )
        self.profit = gauge(
            "keeper_profit_wei", "Final profit since the keeper started; falls when it loses."
        )
        self.cost = counter("keeper_cost_wei_total", "Final cost of gas.")
        self.reimbursed = counter("keeper_reimbursed_wei_total", "Final reimbursements.")
        self.gas = counter("keeper_used_gas_total", "Final gas.")
        self.executed = counter(
            "keeper_tasks_executed_total", "Tasks that did what they were to do, final."
        )
        self.failed = counter("keeper_tasks_failed_total", "Tasks whose target refused, final.")
        self.rolled_back = counter(
            "keeper_entries_rolled_back_total", "Entries that a reorganisation took back."
        )


class Metrics:
    """The metrics of one keeper. What has labels that are known beforehand begins at zero, too."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._life = _Life(self.registry)
        self._chain = _Chain(self.registry)
        self._work = _Work(self.registry)
        self._money = _Money(self.registry)
        self._pending: dict[str, int] = {}  # profit by transaction
        for kind in TxKind:
            for counter in (self._work.sent, self._work.replaced, self._work.mined):
                counter.labels(kind.value)
        for reason in Verdict:
            self._work.skipped.labels(reason.value)

    def text(self) -> bytes:
        """All of them, as Prometheus reads them."""
        return generate_latest(self.registry)

    @singledispatchmethod
    def listen(self, signal: Signal) -> None:
        """Take note of a signal."""
        raise NotImplementedError(type(signal).__name__)

    @listen.register
    def _(self, signal: KeeperStarted) -> None:
        self._life.started.set_to_current_time()
        self._life.is_dry_run.set(signal.is_dry_run)

    @listen.register
    def _(self, signal: LeaseChanged) -> None:
        self._life.is_leading.set(signal.is_held)
        if not signal.is_held:
            self._life.leases_lost.inc()

    @listen.register
    def _(self, signal: HeadSeen) -> None:
        self._chain.head.set(signal.number)
        self._chain.head_timestamp.set(signal.timestamp)
        self._chain.base_fee.set(signal.next_base_fee)

    @listen.register
    def _(self, signal: EndpointScored) -> None:
        self._chain.usable.labels(signal.endpoint).set(signal.is_usable)
        self._chain.lag.labels(signal.endpoint).set(signal.lag_blocks)
        self._chain.errors.labels(signal.endpoint).set(signal.errors_in_row)
        self._chain.latency.labels(signal.endpoint).set(signal.latency_s)

    @listen.register
    def _(self, _: FailedOver) -> None:
        self._chain.failovers.inc()

    @listen.register
    def _(self, signal: ReorgSeen) -> None:
        self._chain.reorgs.inc()
        self._chain.reorg_depth.set(signal.depth)

    @listen.register
    def _(self, signal: IndexAdvanced) -> None:
        self._chain.index_block.set(signal.block)
        self._chain.index_lag.set(signal.lag_blocks)
        self._chain.events.inc(signal.events)

    @listen.register
    def _(self, signal: QueueSeen) -> None:
        self._work.due.set(signal.due)
        self._work.late.set(signal.blocks_late)

    @listen.register
    def _(self, signal: BatchSkipped) -> None:
        self._work.skipped.labels(signal.reason).inc()

    @listen.register
    def _(self, signal: TransactionSent) -> None:
        counter = self._work.replaced if signal.is_replacement else self._work.sent
        counter.labels(signal.kind.value).inc()

    @listen.register
    def _(self, _: NonceTaken) -> None:
        self._work.taken.inc()

    @listen.register
    def _(self, signal: EntryBooked) -> None:
        match signal.state:
            case EntryState.PENDING:
                self._book_pending(signal.entry)
            case EntryState.CONFIRMED:
                self._book_final(signal.entry)
            case EntryState.ROLLED_BACK:
                self._settle(signal.entry)
                self._money.rolled_back.inc()
            case EntryState.FORESEEN:
                self._money.foreseen.inc(signal.entry.profit)

    @listen.register
    def _(self, signal: BalanceSeen) -> None:
        self._money.balance.set(signal.balance)
        self._money.is_low.set(signal.is_low)

    @listen.register
    def _(self, signal: Unprofitable) -> None:
        self._work.unprofitable.set(signal.blocks)

    @listen.register
    def _(self, signal: CycleEnded) -> None:
        self._life.cycle.labels(signal.bot).observe(signal.seconds)
        self._life.failures_in_row.labels(signal.bot).set(0)

    @listen.register
    def _(self, signal: CycleFailed) -> None:
        self._life.cycle_failures.labels(signal.bot, signal.error).inc()
        self._life.failures_in_row.labels(signal.bot).set(signal.failures_in_row)

    def _book_pending(self, entry: LedgerEntry) -> None:
        self._pending[entry.tx_hash] = entry.profit
        self._money.pending.set(sum(self._pending.values()))
        self._work.mined.labels(entry.kind.value).inc()
        self._work.reverted.inc(entry.reverted)

    def _book_final(self, entry: LedgerEntry) -> None:
        self._settle(entry)
        self._money.profit.inc(entry.profit)
        self._money.cost.inc(entry.cost)
        self._money.reimbursed.inc(entry.reimbursed)
        self._money.gas.inc(entry.gas_used)
        self._money.executed.inc(entry.executed)
        self._money.failed.inc(entry.failed)

    def _settle(self, entry: LedgerEntry) -> None:
        # Unknown when it was mined before this process began.
        self._pending.pop(entry.tx_hash, None)
        self._money.pending.set(sum(self._pending.values()))
