// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {JobInfo} from "../types/JobInfo.sol";
import {JobStatus} from "../types/JobStatus.sol";
import {JobTerms} from "../types/JobTerms.sol";
import {PoolConfig} from "../types/PoolConfig.sol";
import {PoolSetup} from "../types/PoolSetup.sol";
import {PoolStats} from "../types/PoolStats.sol";
import {PostOptions} from "../types/PostOptions.sol";
import {Priority} from "../types/Priority.sol";
import {ITaskManager} from "./ITaskManager.sol";

/// @title Escrowed work that always ends, on time, with everybody paid what is due
/// @notice Requesters post jobs with an escrowed reward; a worker claims one, submits a result and is paid when the
/// job's verifier accepts it. Time ends what people leave undone, and anyone may call it. Source: seed 004; what the
/// seed leaves open is decided in docs/specification.md.
///
/// Words. A *job* is what the seed calls a task; its id is `taskId`. A *claim* is an exclusive right to deliver a job
/// until its deadline; a *bond* is what a worker loses when it claims and does not deliver. A job's *terms* are those in
/// force when it was posted. *Credit* is what the pool owes an account and pays on demand.
///
/// Time. An act is legal while `block.timestamp <= deadline`, its expiry from `block.timestamp > deadline`.
///
/// Assumptions.
/// - Token: what it says it moves, it moves; fees on transfer and refused transfers are noticed, a balance that shrinks
///   by itself is not. A token that blocks an account leaves that account its credit, for another receiver.
/// - Verifier: trusted by whoever posts or claims under its terms to judge rightly; not trusted to answer, to be there,
///   or to spare gas.
/// - Chain: timestamps do not go backwards; a block comes every `BLOCK_SECONDS` or later; transient storage exists.
/// - Owner: may stop posting, change the terms of jobs to come, and take what nothing is owed for. No more.
interface ITaskPool {
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
    /// @param reason First four bytes of the task manager's error; 0 when the budget is too small.
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
    /// @notice The verifier to be asked inside submissions has no code.
    error TaskPool_HookHasNoCode(address verifier);
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
                                POSTING
    //////////////////////////////////////////////////////////////*/

    /// @notice Posts one job for each place of the arrays, with normal priority, for the caller.
    /// @dev The owner and the model registry, or anyone where posting is open. The rewards are reserved at once: native
    /// coin sent with the call, exactly; the owner may send none and post from what nothing is owed for. Tokens are
    /// pulled from the caller. The terms in force become the jobs' own.
    /// @dev Warning: `deadlines` are seconds. The caller is refunded: it must be able to `withdraw`.
    /// @dev Warning: whoever posts in another's pool names the terms it expects: see the overload.
    /// @param rewards Base units, each above 0.
    /// @param requestIds Whatever the caller wants to find the jobs by.
    /// @param modelIds Which model is to be run; at most 256 bytes each.
    /// @param inputData What is to be worked on; at most 24,000 bytes each.
    /// @param deadlines Last seconds for claims and submissions; after now, at most four years ahead.
    // forge-lint: disable-next-line(mixed-case-function)
    function addAITasks(
        uint256[] calldata rewards,
        uint256[] calldata requestIds,
        string[] calldata modelIds,
        string[] calldata inputData,
        uint256[] calldata deadlines
    ) external payable;

    /// @notice Posts jobs with a priority, for somebody else, or under terms that must not have changed meanwhile.
    /// @return firstTaskId Id of the first; the others follow it.
    // forge-lint: disable-next-line(mixed-case-function)
    function addAITasks(
        uint256[] calldata rewards,
        uint256[] calldata requestIds,
        string[] calldata modelIds,
        string[] calldata inputData,
        uint256[] calldata deadlines,
        PostOptions calldata options
    ) external payable returns (uint256 firstTaskId);

    /// @notice Takes an open job back and credits the reward to its requester.
    /// @dev Only the requester, and only while the job is open and its deadline has not passed.
    function cancelTask(uint256 taskId) external;

    /*//////////////////////////////////////////////////////////////
                                WORKING
    //////////////////////////////////////////////////////////////*/

    /// @notice Claims the first open job of the highest priority for `user` and locks the bond of its terms.
    /// @dev Only `user`, or the router when `user` called it. Passes over at most 16 jobs whose deadline is over;
    /// reverts with `TaskExpired` when it found only such, with `TaskNotFound` when nothing waits, with
    /// `TaskAlreadyClaimed` when `user` holds all the claims it may.
    /// @dev Warning: the claim ends `claimWindow` seconds from now or with the job's deadline, whichever is first; then
    /// the bond is the requester's.
    function claimTaskForUser(address user) external returns (uint256 taskId);

    /// @notice Claims this job for `user`.
    /// @dev Only `user`, or the router when `user` called it.
    function claimTaskForUser(address user, uint256 taskId) external;

    /// @notice Claims a job for `user`, who signed for it.
    /// @dev Anyone may bring the signature, once: `Claim(address user,uint256 taskId,uint256 nonce,uint256 expiry)`
    /// (EIP-712, `eip712Domain`). Contracts sign by ERC-1271.
    /// @param taskId The job; 0 for whichever `claimTaskForUser` would choose.
    /// @param expiry Last second in which the signature may be used.
    /// @return claimedId The job claimed.
    function claimTaskForUser(address user, uint256 taskId, uint256 expiry, bytes calldata signature)
        external
        returns (uint256 claimedId);

    /// @notice Submits the result of a job that `user` has claimed.
    /// @dev Only `user`, or the router when `user` called it, until the claim's deadline. Frees the claim. Where the
    /// terms name a hook, it is asked at once: a result that it accepts is settled and paid in this call, one that it
    /// does not reverts with `InvalidZKPProof`. Otherwise the verifier account has `verifyWindow` seconds.
    /// @dev Warning: results are public; two-phase encryption is the workers' own business.
    /// @param resultHash Text that the worker commits to; at most 256 bytes.
    /// @param zkpProof With `resultData` at most 24,000 bytes.
    function submitTaskForUser(
        address user,
        uint256 taskId,
        string calldata resultHash,
        bytes calldata zkpProof,
        uint256 zkpPublicInput,
        uint256 zkpPublicResult,
        string calldata resultData
    ) external;

    /// @notice Submits the result of a job that `user` has claimed, and signed for.
    /// @dev Anyone may bring the signature, once: `Submission(address user,uint256 taskId,string resultHash,bytes
    /// zkpProof,uint256 zkpPublicInput,uint256 zkpPublicResult,string resultData,uint256 nonce,uint256 expiry)`, with
    /// single spaces.
    function submitTaskForUser(
        address user,
        uint256 taskId,
        string calldata resultHash,
        bytes calldata zkpProof,
        uint256 zkpPublicInput,
        uint256 zkpPublicResult,
        string calldata resultData,
        uint256 expiry,
        bytes calldata signature
    ) external;

    /*//////////////////////////////////////////////////////////////
                                JUDGING
    //////////////////////////////////////////////////////////////*/

    /// @notice Accepts a result and pays the worker, or rejects it.
    /// @dev Only the account that the job's terms name as verifier, within the verify window, or the dispute window if
    /// the job is disputed. Accepted: the reward is pushed to the worker with bounded gas, or credited if it is not
    /// taken; the bond is credited. Rejected: `forfeitBps` of the bond goes to the requester, the rest to the worker;
    /// the job is open again, or refunded when it was disputed, its deadline has passed or its attempts are used up.
    function verifyAndPay(uint256 taskId, bool isValid) external;

    /// @notice Judges many results, as `verifyAndPay` does each.
    /// @dev Reverts as a whole when one of them may not be judged. Payees cannot stop it.
    function batchVerifyAndPay(uint256[] calldata taskIds, bool[] calldata isValid) external;

    /// @notice Takes a submitted result into dispute.
    /// @dev Only the account that the job's terms name as verifier, within the verify window. For verifiers that are
    /// contracts and decide disputes: optimistic verification. A dispute that they do not decide in time is refunded.
    function disputeTask(uint256 taskId) external;

    /*//////////////////////////////////////////////////////////////
                                 TIME
    //////////////////////////////////////////////////////////////*/

    /// @notice Does what time has made due for a job, so that whatever people leave undone ends:
    /// a claim past its deadline: the bond goes to the requester, the job is open again;
    /// an open job past its deadline: the reward goes to the requester;
    /// a result past its verify or dispute window: the reward goes to the requester, the bond to the worker.
    /// @dev Anyone may call and is credited `callerShareBps` of what goes to the requester.
    function releaseExpiredTask(uint256 taskId) external;

    /// @notice The same for many jobs; those for which nothing is due are passed over.
    /// @return released Jobs for which something was due.
    function releaseExpiredTasks(uint256[] calldata taskIds) external returns (uint256 released);

    /// @notice The same for the jobs of a deadline bucket whose time has come, at most `limit` of them and as many as
    /// the gas suffices for.
    /// @dev Anyone may call and earns the caller's shares. The pool's envoy calls it on time, paid from the time budget,
    /// and earns none; it schedules itself again when it comes early or leaves something undone.
    /// @return released Jobs for which something was due.
    function settleBucket(uint256 bucket, uint256 limit) external returns (uint256 released);

    /// @notice Schedules a bucket that has jobs and is not scheduled. Anyone may call.
    function scheduleBucket(uint256 bucket) external;

    /// @notice Pays for calls on time; the value becomes the pool's bond in the task manager. Anyone may pay.
    /// @dev Warning: a gift to the pool. What is not used is the owner's once no job is live.
    function fundTimeBudget() external payable;

    /// @notice Pays what calls on time have not used to the owner.
    /// @dev Only the owner, and only while no job is live.
    function withdrawTimeBudget(uint256 amount) external;

    /// @notice Says what calls on time may cost from now on; see `ITaskManager.setPriceTerms`.
    /// @dev Only the owner.
    function setTimePrice(uint256 ceiling, uint256 tip, uint256 premiumCap) external;

    /*//////////////////////////////////////////////////////////////
                                 MONEY
    //////////////////////////////////////////////////////////////*/

    /// @notice Adds to `account`'s credit, say for the bonds of its claims.
    /// @dev Anyone may pay. Native: `amount` is the value sent. Tokens are pulled from the caller.
    function depositCredit(address account, uint256 amount) external payable;

    /// @notice Pays the caller all its credit.
    function withdraw() external;

    /// @notice Pays `amount` of the caller's credit to `receiver`.
    function withdraw(uint256 amount, address receiver) external;

    /// @notice What an account can withdraw, or lock for claims.
    function creditOf(address account) external view returns (uint256);

    /*//////////////////////////////////////////////////////////////
                                 OWNER
    //////////////////////////////////////////////////////////////*/

    /// @notice Sets up the pool.
    /// @dev Once; the factory does it in the transaction that makes the clone. The implementation itself refuses.
    function initialize(PoolSetup calldata setup) external;

    /// @notice Lets jobs be posted again. Only the owner.
    function activatePool() external;

    /// @notice Lets no job be posted any more; those posted go on. Only the owner.
    function deactivatePool() external;

    /// @notice Names the contract that may post beside the owner. Only the owner.
    function setModelRegistry(address newModelRegistry) external;

    /// @notice Names the account that judges the jobs to come; the other terms stay. Only the owner.
    // forge-lint: disable-next-line(mixed-case-function)
    function setZKPVerifier(address newVerifier) external;

    /// @notice Sets the terms of the jobs to come. Only the owner.
    /// @return version What these terms are called.
    function setTerms(JobTerms calldata terms) external returns (uint256 version);

    /// @notice Pays the owner all that nothing is owed for. Only the owner.
    function withdrawFunds() external;

    /// @notice Pays the owner `amount` of what nothing is owed for. Only the owner.
    function withdrawFunds(uint256 amount) external;

    /*//////////////////////////////////////////////////////////////
                                 READS
    //////////////////////////////////////////////////////////////*/

    /// @notice A job as the seed shows it.
    function getTask(uint256 taskId) external view returns (Task memory task);

    /// @notice The same, field by field.
    function tasks(uint256 id)
        external
        view
        returns (
            uint256 taskId,
            address assignedTo,
            uint256 reward,
            uint256 deadline,
            bool isCompleted,
            bool isVerified,
            uint256 requestId,
            string memory modelId,
            string memory inputData,
            string memory resultData,
            string memory resultHash,
            bytes memory zkpProof,
            uint256 zkpPublicInput,
            uint256 zkpPublicResult
        );

    /// @notice The job that `user` has claimed longest and not delivered; 0 if none. A claim past its deadline counts
    /// until it is released.
    function userActiveTask(address user) external view returns (uint256);

    /// @notice The same with its reward and the claim's deadline; zeros if none.
    function getUserActiveTask(address user) external view returns (uint256 taskId, uint256 reward, uint256 deadline);

    /// @notice All the jobs that `user` has claimed and not delivered, longest first.
    function getUserActiveTasks(address user) external view returns (uint256[] memory taskIds);

    /// @notice How many jobs were ever posted; ids count from 1 to it.
    function taskCounter() external view returns (uint256);

    /// @notice All that the pool knows of a job, but for the bytes. Zeros for an unknown id.
    function getJob(uint256 taskId) external view returns (JobInfo memory);

    /// @notice Where a job is in its life; `None` for an unknown id.
    function getJobStatus(uint256 taskId) external view returns (JobStatus);

    /// @notice At most `limit` of the open jobs of a priority in the order in which they are served, from the one behind
    /// `afterTaskId` on; 0 for the first.
    function getOpenTasks(Priority priority, uint256 afterTaskId, uint256 limit)
        external
        view
        returns (uint256[] memory taskIds);

    /// @notice What the pool counts.
    function getPoolStats() external view returns (PoolStats memory);

    /// @notice The terms of that version. Zeros for one that does not exist.
    function termsAt(uint256 version) external view returns (JobTerms memory);

    /// @notice The version in force.
    function termsVersion() external view returns (uint256);

    /// @notice What never changes of the pool.
    function config() external view returns (PoolConfig memory);

    /// @notice The deadline bucket that a time falls into, and from when it may be called.
    function bucketOf(uint256 timestamp) external view returns (uint256 bucket, uint256 dueFrom);

    /// @notice What a deadline bucket holds.
    /// @return jobs Jobs ever put in.
    /// @return done How many of them have been handled.
    /// @return scheduled Whether the task manager is going to call.
    function bucketState(uint256 bucket) external view returns (uint256 jobs, uint256 done, bool scheduled);

    /// @notice The nonce that `user`'s next signature must carry.
    function nonces(address user) external view returns (uint256);

    /// @notice The domain of the signatures (ERC-5267).
    function eip712Domain()
        external
        view
        returns (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chainId,
            address verifyingContract,
            bytes32 salt,
            uint256[] memory extensions
        );

    /// @notice Who posts, sets the terms of jobs to come and takes what nothing is owed for. Never changes.
    function owner() external view returns (address);

    /// @notice Whether jobs can be posted.
    function isActive() external view returns (bool);

    /// @notice What kind of work the pool is for.
    function category() external view returns (string memory);

    /// @notice What the owner says of the pool.
    function metadata() external view returns (string memory);

    /// @notice The contract that may post beside the owner.
    function modelRegistry() external view returns (address);

    /// @notice The verifier of the terms in force.
    function zkpVerifier() external view returns (address);

    /// @notice Who calls on time.
    // forge-lint: disable-next-line(mixed-case-function)
    function MANAGER() external view returns (ITaskManager);

    /// @notice Seconds from block to block that calls on time reckon with.
    // forge-lint: disable-next-line(mixed-case-function)
    function BLOCK_SECONDS() external view returns (uint256);
}
