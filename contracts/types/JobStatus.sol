// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Where a job is in its life. The diagram is in docs/specification.md.
enum JobStatus {
    None, // never posted
    Open, // waits in the queue of its priority
    Claimed, // a worker has the exclusive right to deliver until the claim's deadline
    Submitted, // a result waits for the job's verifier until the verify window ends
    Rejected, // the verifier refused the result; passes to Open or Refunded in the same transaction
    Disputed, // the job's verifier has the result examined until the dispute window ends
    Settled, // ended: the worker has the reward and its bond
    Refunded, // ended: a result came, was not accepted, and the requester has the reward back
    Expired, // ended: no result came until the deadline
    Cancelled // ended: by its requester, while it was open
}
