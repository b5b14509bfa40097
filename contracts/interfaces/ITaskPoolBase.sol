// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {JobStatus} from "../types/JobStatus.sol";
import {JobTerms} from "../types/JobTerms.sol";
import {Priority} from "../types/Priority.sol";
import {ITaskManager} from "./ITaskManager.sol";

/// @title What all parts of a pool have in common: the seed's job, events, errors, and what never changes
interface ITaskPoolBase {
    /// @notice A job as the seed shows it. Assembled on reading.
    /// @dev Warning: in a `Logged` pool the bytes are in events only; request id, model, input, result and proof read as
    /// zero and empty then.
    struct Task {
        uint256 taskId;
        address assignedTo; // worker of the latest claim; zero while open
        uint256 reward; // base units
        uint256 deadline; // last second for claims and submissions
        bool isCompleted; // a result was submitted and has not been rejected
        bool isVerified; // the result was accepted
        uint256 requestId;
        string modelId;
        string inputData;
        string resultData;
        string resultHash;
        bytes zkpProof;
        uint256 zkpPublicInput;
        uint256 zkpPublicResult;
    }

    /*//////////////////////////////////////////////////////////////
                                 EVENTS
    //////////////////////////////////////////////////////////////*/

    /// @notice Jobs were posted by one call.
    event TasksAdded(uint256[] taskIds, uint256[] requestIds, string[] modelIds);

    /// @notice A worker claimed a job and locked the bond of its terms.
    event TaskClaimed(address indexed user, uint256 indexed taskId);

    /// @notice A worker submitted a result.
    event TaskSubmitted(address indexed user, uint256 indexed taskId, string resultHash);

    /// @notice The verifier judged a result. Accepted: the job is settled, and its bond is the worker's credit again.
    /// @param reward Base units that the worker has earned; 0 if the result was rejected.
    event TaskVerified(uint256 indexed taskId, bool isValid, uint256 reward);

    /// @notice Jobs can be posted.
    event PoolActivated(address indexed pool);

    /// @notice No job can be posted any more. Those posted go on.
    event PoolDeactivated(address indexed pool);

    /// @notice Native coin came in that is owed to nobody.
    event PoolFunded(address indexed pool, uint256 amount);

    /// @notice A job was posted.
    /// @param termsVersion Names its terms for good; see `TermsSet`.
    /// @param jobHash See `JobContext`.
    event JobPosted(
        uint256 indexed taskId,
        address indexed requester,
        uint256 reward,
        uint256 deadline,
        uint256 termsVersion,
        Priority priority,
        bytes32 jobHash
    );

    /// @notice The input of a job of a `Logged` pool.
    event JobInputLogged(uint256 indexed taskId, string inputData);

    /// @notice The result of a job of a `Logged` pool.
    event JobResultLogged(
        uint256 indexed taskId, bytes zkpProof, uint256 zkpPublicInput, uint256 zkpPublicResult, string resultData
    );

    /// @notice A job is open again.
    /// @param worker Who had claimed it.
    /// @param from `Claimed` when the claim ended undelivered, `Rejected` when the result was refused.
    event JobReopened(uint256 indexed taskId, address indexed worker, JobStatus from);

    /// @notice The verifier has a result examined.
    /// @param deadline Last second in which the verifier may decide.
    event JobDisputed(uint256 indexed taskId, uint256 deadline);

    /// @notice A job ended without being settled; the requester is credited.
    /// @param status `Refunded`, `Expired` or `Cancelled`.
    event JobEnded(uint256 indexed taskId, JobStatus status);

    /// @notice A worker lost (part of) its bond to the requester. The caller's share is part of `amount`.
    event BondSlashed(uint256 indexed taskId, address indexed worker, uint256 amount);

    /// @notice Somebody earned a share by calling what time had made due.
    event CallerPaid(uint256 indexed taskId, address indexed caller, uint256 amount);

    /// @notice A reward was pushed to the worker.
    event RewardPaid(address indexed user, uint256 indexed taskId, uint256 amount);

    /// @notice An account can withdraw more, or lock more as bonds. A locked bond leaves the credit with `TaskClaimed`,
    /// and comes back with this event.
    event CreditAdded(address indexed account, uint256 amount);

    /// @notice Credit was paid out.
    event CreditWithdrawn(address indexed account, address indexed receiver, uint256 amount);

    /// @notice The owner set the terms of jobs to come.
    event TermsSet(uint256 indexed version, JobTerms terms);

    /// @notice The owner named the model registry.
    event ModelRegistrySet(address modelRegistry);

    /// @notice The owner took what nothing is owed for.
    event FundsWithdrawn(address indexed owner, uint256 amount);

    /// @notice Somebody paid for calls on time.
    event TimeBudgetFunded(address indexed payer, uint256 amount);

    /// @notice The owner took back what calls on time had not used.
    event TimeBudgetWithdrawn(address indexed owner, uint256 amount);

    /// @notice The owner said what calls on time may cost.
    event TimePriceSet(uint256 ceiling, uint256 tip, uint256 premiumCap);

    /// @notice A deadline bucket will be called through the task manager.
    /// @param taskHash The scheduled task.
    /// @param startBlock Block from which it is due.
    event BucketScheduled(uint256 indexed bucket, bytes32 taskHash, uint256 startBlock);

    /// @notice A bucket could not be scheduled; callers remain. `scheduleBucket` tries again.
    /// @param reason First four bytes of the task manager's error.
    event BucketNotScheduled(uint256 indexed bucket, bytes4 reason);

    /*//////////////////////////////////////////////////////////////
                                 ERRORS
    //////////////////////////////////////////////////////////////*/

    /// @notice No job has this id, or none waits to be claimed.
    error TaskNotFound();
    /// @notice The worker holds all the claims it may, or the job is not open.
    error TaskAlreadyClaimed();
    /// @notice The job is not claimed by this worker.
    error TaskNotClaimed();
    /// @notice The deadline has passed.
    error TaskExpired();
    /// @notice The job's verifier, asked inside the submission, did not accept the proof. The claim goes on.
    error InvalidZKPProof();
    /// @notice The value sent, or what nothing is owed for, does not cover it.
    error InsufficientFunds();
    /// @notice The caller may not do this.
    error Unauthorized();

    /// @notice Two arrays that belong together have different lengths.
    error TaskPool_LengthMismatch(uint256 expected, uint256 given);
    /// @notice The pool has been set up, or is the implementation.
    error TaskPool_AlreadyInitialized();
    /// @notice No job was given.
    error TaskPool_NoJobs();
    /// @notice The reward of the job at this place is 0.
    error TaskPool_ZeroReward(uint256 index);
    /// @notice More native coin was sent than is needed, or any to a pool of tokens.
    error TaskPool_ValueMismatch(uint256 given, uint256 expected);
    /// @notice The deadline is not after now, or further away than jobs may be (milliseconds, say).
    error TaskPool_DeadlineOutOfRange(uint256 deadline, uint256 earliest, uint256 latest);
    /// @notice A string, or a proof and its result together, are longer than what can be kept.
    error TaskPool_DataTooLong(uint256 length, uint256 max);
    /// @notice The pool takes no jobs.
    error TaskPool_Inactive();
    /// @notice The terms name no verifier.
    error TaskPool_NoVerifier();
    /// @notice Other terms are in force than the caller expected.
    error TaskPool_TermsChanged(uint256 expected, uint256 inForce);
    /// @notice A term, or a part of a pool's configuration, is out of its range.
    error TaskPool_TermOutOfRange(uint256 given, uint256 min, uint256 max);
    /// @notice The verifier to be asked inside submissions, or the token, has no code.
    error TaskPool_NoCode(address account);
    /// @notice The account's credit does not cover it.
    error TaskPool_InsufficientCredit(address account, uint256 credit, uint256 required);
    /// @notice The job is in another state than this takes.
    error TaskPool_WrongStatus(uint256 taskId, JobStatus status);
    /// @notice The verifier is too late.
    error TaskPool_WindowOver(uint256 taskId, uint256 deadline);
    /// @notice Time has not made anything of this job due.
    error TaskPool_NotOverdue(uint256 taskId, JobStatus status, uint256 deadline);
    /// @notice The signature's time is over.
    error TaskPool_SignatureExpired(uint256 expiry, uint256 timestamp);
    /// @notice The signature is not the user's, or not over this.
    error TaskPool_InvalidSignature(address user);
    /// @notice Not enough gas to give all that was promised to a verifier, a payee or the task manager.
    error TaskPool_InsufficientGas(uint256 available, uint256 required);
    /// @notice A token moved another amount than it was told to.
    error TaskPool_TransferMismatch(address token, uint256 expected, uint256 received);
    /// @notice The pool would owe more than it can count.
    error TaskPool_AmountTooLarge(uint256 amount, uint256 max);
    /// @notice A payment was refused by its receiver, or by the token.
    error TaskPool_PaymentRefused(address receiver, uint256 amount);
    /// @notice Native coin was sent to a pool of tokens.
    error TaskPool_NativeNotTaken(address sender, uint256 amount);
    /// @notice The bucket has nothing in it.
    error TaskPool_BucketEmpty(uint256 bucket);
    /// @notice The bucket's time has not come.
    error TaskPool_BucketNotDue(uint256 bucket, uint256 dueFrom);
    /// @notice The bucket is scheduled already.
    error TaskPool_BucketScheduled(uint256 bucket);
    /// @notice The pool cannot be called on time: it has no buckets, or no budget was ever paid.
    error TaskPool_NotTimed();
    /// @notice The time budget stays while jobs are live.
    error TaskPool_JobsLive(uint256 live);
    /// @notice A counter would not fit its storage any more.
    error TaskPool_CounterExhausted(uint256 given, uint256 max);

    /*//////////////////////////////////////////////////////////////
                         WHAT NEVER CHANGES
    //////////////////////////////////////////////////////////////*/

    /// @notice Who calls on time.
    // forge-lint: disable-next-line(mixed-case-function)
    function MANAGER() external view returns (ITaskManager);

    /// @notice Seconds from block to block that calls on time reckon with.
    // forge-lint: disable-next-line(mixed-case-function)
    function BLOCK_SECONDS() external view returns (uint256);
}
