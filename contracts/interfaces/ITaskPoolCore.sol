// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {JobTerms} from "../types/JobTerms.sol";
import {PoolSetup} from "../types/PoolSetup.sol";
import {PostOptions} from "../types/PostOptions.sol";
import {ITaskPoolBase} from "./ITaskPoolBase.sol";

/// @title What a pool does
/// @notice See `ITaskPool` for the words and assumptions.
interface ITaskPoolCore is ITaskPoolBase {
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
    /// @dev Warning: a gift to the pool. What is not used is the owner's once no job is live; until then the owner says what
    /// calls may cost, and whoever executes them is paid that. Only what scheduled calls have reserved is safe from it.
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

    /// @notice The code that answers what is only read, at the pool's address.
    // forge-lint: disable-next-line(mixed-case-function)
    function READS() external view returns (address);
}
