"""The second act: who plays, what is posted, who does what when, and what must come of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from taskwork.chain.pool_types import Bps, JobStatus, Seconds
from taskwork.chain.types import Wei

MILLIETHER = 10**15

TITLE = "One pool, nine jobs: paid work, and what happens when people do not keep their word"
OPENS = 60  # everything is deployed and funded before this block
ENDS = 300
BLOCK_SECONDS = 12
BASE_FEE = 10**9

OWNER, REQUESTER = "olga", "rita"
WORKERS = ("wanda", "will", "stan")
HOSTILE = "mallory"  # a contract that answers every payment with 100 kB of nothing
JUDGE, SILENT = "vera", "silas"  # a verifier, and one that never says a word
PEOPLE = (OWNER, REQUESTER, *WORKERS, JUDGE, SILENT)

FUNDS = Wei(10 * 10**18)  # of each
TIME_BUDGET = Wei(500 * MILLIETHER)  # what olga prepays for calls on time
BOND = Wei(50 * MILLIETHER)
PREPAID = 3  # bonds that each worker pays in
CLAIM_WINDOW = Seconds(600)
VERIFY_WINDOW = Seconds(1200)
FORFEIT = Bps(5_000)  # of the bond, for a result that is rejected
BUCKET = Seconds(120)


@dataclass(frozen=True)
class Plan:
    """A job, what it is there to show, and how it must end."""

    shows: str
    text: str
    reward: Wei
    hours: float  # from posting to the deadline
    status: JobStatus
    worker: str | None = None  # who has it in the end
    is_secret: bool = False


JOBS = {
    "caption": Plan(
        shows="post, claim, submit, verify, pay",
        text="Caption this photograph in five words.",
        reward=Wei(400 * MILLIETHER),
        hours=1,
        status=JobStatus.SETTLED,
        worker="wanda",
    ),
    "translation": Plan(
        shows="a worker stalls",
        text="Translate: all that glitters is not gold.",
        reward=Wei(300 * MILLIETHER),
        hours=1,
        status=JobStatus.SETTLED,
        worker="will",
    ),
    "poem": Plan(
        shows="a result is rejected",
        text="Four lines about the sea.",
        reward=Wei(200 * MILLIETHER),
        hours=1,
        status=JobStatus.SETTLED,
        worker="wanda",
    ),
    "label-1": Plan(
        shows="one of a batch of three",
        text="Cat or dog? image 1",
        reward=Wei(100 * MILLIETHER),
        hours=1,
        status=JobStatus.SETTLED,
        worker="wanda",
    ),
    "label-2": Plan(
        shows="its worker attacks whoever pays it",
        text="Cat or dog? image 2",
        reward=Wei(100 * MILLIETHER),
        hours=1,
        status=JobStatus.SETTLED,
        worker=HOSTILE,
    ),
    "label-3": Plan(
        shows="one of a batch of three",
        text="Cat or dog? image 3",
        reward=Wei(100 * MILLIETHER),
        hours=1,
        status=JobStatus.SETTLED,
        worker="will",
    ),
    "diary": Plan(
        shows="input and result that nobody else can read",
        text="Summarise: today I told nobody where the gold is.",
        reward=Wei(250 * MILLIETHER),
        hours=1,
        status=JobStatus.SETTLED,
        worker="wanda",
        is_secret=True,
    ),
    "forecast": Plan(
        shows="the verifier never answers",
        text="Will it rain tomorrow?",
        reward=Wei(500 * MILLIETHER),
        hours=1,
        status=JobStatus.REFUNDED,
        worker="will",
    ),
    "errand": Plan(
        shows="nobody takes it",
        text="Walk my dog.",
        reward=Wei(50 * MILLIETHER),
        hours=0.5,
        status=JobStatus.EXPIRED,
    ),
}

ANSWERS = {
    "caption": "Old lighthouse, calm evening sea.",
    "translation": "Es ist nicht alles Gold, was glänzt.",
    "poem": "The sea, the sea, / it rolls to me, / and back again, / eternally.",
    "label-1": "cat",
    "label-2": "dog",
    "label-3": "cat",
    "diary": "There is gold, and a secret.",
    "forecast": "Yes.",
}


class Verb(Enum):
    """What people do."""

    POST = "posts"
    NAME_VERIFIER = "names as verifier"
    CLAIM = "claims"
    SUBMIT = "submits"
    ACCEPT = "accepts"
    REJECT = "rejects"
    WITHDRAW = "withdraws"


@dataclass(frozen=True)
class Act:
    """Somebody does something at a block, counted from the opening."""

    at: int
    who: str
    verb: Verb
    jobs: tuple[str, ...] = ()
    says: str = ""  # another answer than the right one, or a verifier's name


ACTS = (
    Act(1, REQUESTER, Verb.POST, tuple(name for name in JOBS if name != "forecast")),
    Act(2, OWNER, Verb.NAME_VERIFIER, says=SILENT),
    Act(3, REQUESTER, Verb.POST, ("forecast",)),
    Act(5, "wanda", Verb.CLAIM, ("caption",)),
    Act(5, "stan", Verb.CLAIM, ("translation",)),
    Act(6, "will", Verb.CLAIM, ("poem",)),
    Act(14, "will", Verb.SUBMIT, ("poem",), says="Roses are red."),
    Act(18, "wanda", Verb.SUBMIT, ("caption",)),
    Act(20, JUDGE, Verb.ACCEPT, ("caption",)),
    Act(22, JUDGE, Verb.REJECT, ("poem",)),
    Act(26, "wanda", Verb.CLAIM, ("poem",)),
    Act(32, "wanda", Verb.SUBMIT, ("poem",)),
    Act(35, JUDGE, Verb.ACCEPT, ("poem",)),
    Act(38, "will", Verb.CLAIM, ("forecast",)),
    Act(44, "will", Verb.SUBMIT, ("forecast",)),
    Act(48, "wanda", Verb.CLAIM, ("label-1",)),
    Act(48, HOSTILE, Verb.CLAIM, ("label-2",)),
    Act(49, "will", Verb.CLAIM, ("label-3",)),
    Act(52, "wanda", Verb.SUBMIT, ("label-1",)),
    Act(52, HOSTILE, Verb.SUBMIT, ("label-2",)),
    Act(52, "will", Verb.SUBMIT, ("label-3",)),
    Act(54, JUDGE, Verb.ACCEPT, ("label-1", "label-2", "label-3")),
    Act(80, "will", Verb.CLAIM, ("translation",)),
    Act(86, "will", Verb.SUBMIT, ("translation",)),
    Act(88, JUDGE, Verb.ACCEPT, ("translation",)),
    Act(92, "wanda", Verb.CLAIM, ("diary",)),
    Act(100, "wanda", Verb.SUBMIT, ("diary",)),
    Act(102, JUDGE, Verb.ACCEPT, ("diary",)),
    *(Act(230, who, Verb.WITHDRAW) for who in (REQUESTER, *WORKERS, HOSTILE)),
)
