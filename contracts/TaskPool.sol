// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SignatureCheckerLib} from "solady/utils/SignatureCheckerLib.sol";

import {IPoolListener} from "./interfaces/IPoolListener.sol";
import {ITaskManager} from "./interfaces/ITaskManager.sol";
import {ITaskPoolCore} from "./interfaces/ITaskPoolCore.sol";
import {AssetTransfer} from "./libraries/AssetTransfer.sol";
import {DeadlineBuckets} from "./libraries/DeadlineBuckets.sol";
import {HookCall} from "./libraries/HookCall.sol";
import {JobData} from "./libraries/JobData.sol";
import {PoolArguments} from "./libraries/PoolArguments.sol";
import {JobQueue} from "./libraries/JobQueue.sol";
import {PoolDomain} from "./libraries/PoolDomain.sol";
import {
    BPS,
    MAX_BYTES,
    MAX_CALLER_SHARE,
    MAX_HOOK_GAS,
    MAX_NAME,
    MAX_PASSED_OVER,
    MAX_WINDOW,
    RELEASE_GAS,
    RESCHEDULE_GAS
} from "./libraries/PoolLimits.sol";
import {TaskPoolBase} from "./TaskPoolBase.sol";
import {TaskPoolPosting} from "./TaskPoolPosting.sol";
import {TaskPoolReads} from "./TaskPoolReads.sol";
import {BucketWord, BucketWordLibrary} from "./types/BucketWord.sol";
import {JobClaim} from "./types/JobClaim.sol";
import {JobContext} from "./types/JobContext.sol";
import {JobHead} from "./types/JobHead.sol";
import {JobId} from "./types/JobId.sol";
import {JobStatus} from "./types/JobStatus.sol";
import {JobTerms} from "./types/JobTerms.sol";
import {PoolAccount} from "./types/PoolAccount.sol";
import {PoolConfig} from "./types/PoolConfig.sol";
import {PoolSetup} from "./types/PoolSetup.sol";
import {Priority} from "./types/Priority.sol";
import {QueueWord} from "./types/QueueWord.sol";
import {Submission} from "./types/Submission.sol";
import {WorkerClaims, WorkerClaimsLibrary} from "./types/WorkerClaims.sol";

/// @title TaskPool
/// @dev See `ITaskPool` for what it promises, docs/specification.md for how it keeps it.
contract TaskPool is TaskPoolPosting {
    using AssetTransfer for address;

    bytes32 private constant CLAIM_TYPE = keccak256("Claim(address user,uint256 taskId,uint256 nonce,uint256 expiry)");
    bytes32 private constant SUBMISSION_TYPE = keccak256(
        "Submission(address user,uint256 taskId,string resultHash,bytes zkpProof,uint256 zkpPublicInput,"
        "uint256 zkpPublicResult,string resultData,uint256 nonce,uint256 expiry)"
    );

    /// @inheritdoc ITaskPoolCore
    address public immutable READS;

    modifier onlyOwner() {
        _requireOwner();
        _;
    }

    constructor(ITaskManager manager, uint256 blockSeconds) TaskPoolBase(manager, blockSeconds) {
        READS = address(new TaskPoolReads(manager, blockSeconds));
    }

    /// @dev Whatever is not declared here is a read, or nothing: the code of `READS` answers, on this storage.
    fallback() external {
        address reads = READS;
        assembly ("memory-safe") {
            // Nothing comes after: what is free may be overwritten.
            let free := mload(0x40)
            calldatacopy(free, 0, calldatasize())
            let success := delegatecall(gas(), reads, free, calldatasize(), 0, 0)
            returndatacopy(free, 0, returndatasize())
            if success { return(free, returndatasize()) }
            revert(free, returndatasize())
        }
    }

    receive() external payable {
        if (msg.sender == address(MANAGER)) return; // a time budget on its way to the owner
        if (PoolArguments.asset() != address(0)) revert TaskPool_NativeNotTaken(msg.sender, msg.value);
        emit PoolFunded(address(this), msg.value);
    }

    /*//////////////////////////////////////////////////////////////
                                WORKING
    //////////////////////////////////////////////////////////////*/

    /// @inheritdoc ITaskPoolCore
    function claimTaskForUser(address user) external nonReentrant returns (uint256 taskId) {
        _requireUserOrRouter(user);
        return _claimNext(user);
    }

    /// @inheritdoc ITaskPoolCore
    function claimTaskForUser(address user, uint256 taskId) external nonReentrant {
        _requireUserOrRouter(user);
        _claimThis(user, JobId.wrap(taskId));
    }

    /// @inheritdoc ITaskPoolCore
    function claimTaskForUser(address user, uint256 taskId, uint256 expiry, bytes calldata signature)
        external
        nonReentrant
        returns (uint256 claimedId)
    {
        bytes32 structHash = keccak256(abi.encode(CLAIM_TYPE, user, taskId, _accounts[user].nonce(), expiry));
        _useSignature(user, structHash, expiry, signature);
        if (taskId == 0) return _claimNext(user);
        _claimThis(user, JobId.wrap(taskId));
        return taskId;
    }

    function _claimThis(address user, JobId id) private {
        (WorkerClaims held, uint256 count) = _roomOf(user);
        JobHead head = _load(id);
        _requireOpen(id, head);
        _claim(user, held.put(count, id).count(), id, head);
    }

    /// @dev The first job that has time left, of the highest priority that has one.
    function _claimNext(address user) private returns (uint256) {
        (WorkerClaims held, uint256 count) = _roomOf(user);
        QueueWord queues = _queues;
        uint256 passed = 0;
        for (uint256 priority = uint256(type(Priority).max) + 1; priority != 0; --priority) {
            JobId id = queues.first(Priority(priority - 1));
            for (; JobId.unwrap(id) != 0 && passed < MAX_PASSED_OVER; ++passed) {
                JobHead head = _heads[id];
                if (block.timestamp <= head.deadline()) {
                    return _claim(user, held.put(count, id).count(), id, head);
                }
                id = head.next();
            }
        }
        if (passed != 0) revert TaskExpired();
        revert TaskNotFound();
    }

    /// @dev Gives `user`, whose claims are `held` from now on, the open job.
    function _claim(address user, WorkerClaims held, JobId id, JobHead head) private returns (uint256) {
        // Check: the bond is there.
        JobTerms storage terms = _terms[head.terms()];
        uint256 bond = terms.claimBond;
        PoolAccount account = _accounts[user];
        if (bond > account.credit()) revert TaskPool_InsufficientCredit(user, account.credit(), bond);

        // Effect: lock the bond, take the job out of its queue.
        if (bond != 0) _accounts[user] = account.take(bond);
        uint256 until = block.timestamp + terms.claimWindow;
        if (until > head.deadline()) until = head.deadline();
        _queues = JobQueue.remove(_heads, _queues, id, head);
        _heads[id] = head.withStatus(JobStatus.Claimed);
        _claims[id] = _claims[id].claim(user, until, terms.isHook);
        _workers[user] = held;
        emit TaskClaimed(user, JobId.unwrap(id));

        if (until != head.deadline()) _enrol(id, until, PoolArguments.bucketSeconds());
        return JobId.unwrap(id);
    }

    /// @inheritdoc ITaskPoolCore
    function submitTaskForUser(
        address user,
        uint256 taskId,
        string calldata resultHash,
        bytes calldata zkpProof,
        uint256 zkpPublicInput,
        uint256 zkpPublicResult,
        string calldata resultData
    ) external nonReentrant {
        _requireUserOrRouter(user);
        _submit(user, taskId, _bundle(resultHash, zkpProof, zkpPublicInput, zkpPublicResult, resultData));
    }

    /// @inheritdoc ITaskPoolCore
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
    ) external nonReentrant {
        Submission memory submission = _bundle(resultHash, zkpProof, zkpPublicInput, zkpPublicResult, resultData);
        _useSignature(user, _hashToSign(user, taskId, submission, expiry), expiry, signature);
        _submit(user, taskId, submission);
    }

    function _bundle(
        string calldata resultHash,
        bytes calldata zkpProof,
        uint256 zkpPublicInput,
        uint256 zkpPublicResult,
        string calldata resultData
    ) private pure returns (Submission memory) {
        return Submission({
            resultHash: resultHash,
            zkpProof: zkpProof,
            zkpPublicInput: zkpPublicInput,
            zkpPublicResult: zkpPublicResult,
            resultData: resultData
        });
    }

    function _submit(address user, uint256 taskId, Submission memory submission) private {
        // Check: the claim is the user's and has time left; the bytes fit.
        JobId id = JobId.wrap(taskId);
        JobClaim claim = _claims[id];
        if (!claim.isActiveOf(user)) {
            _load(id);
            revert TaskNotClaimed();
        }
        if (block.timestamp > claim.deadline()) revert TaskExpired();
        _requireFits(bytes(submission.resultHash).length, MAX_NAME);
        _requireFits(submission.zkpProof.length + bytes(submission.resultData).length, MAX_BYTES);

        // Effect: the result stands.
        bytes32 resultHash = JobData.hashOfResult(submission);
        claim = claim.withStatusSince(JobStatus.Submitted, block.timestamp);
        _claims[id] = claim;
        _resultHashes[id] = resultHash;
        _keepResult(taskId, submission);
        emit TaskSubmitted(user, taskId, submission.resultHash);

        // Interaction: ask the hook, if there is one; what it accepts is paid at once.
        if (claim.hasHook()) _judgeByHook(id, claim, resultHash, submission);
    }

    function _keepResult(uint256 taskId, Submission memory submission) private {
        if (!PoolArguments.isLogged()) {
            _results[JobId.wrap(taskId)] = JobData.writeResult(submission);
        } else {
            emit JobResultLogged(
                taskId,
                submission.zkpProof,
                submission.zkpPublicInput,
                submission.zkpPublicResult,
                submission.resultData
            );
        }
    }

    function _judgeByHook(JobId id, JobClaim claim, bytes32 resultHash, Submission memory submission) private {
        JobHead head = _heads[id];
        JobTerms storage terms = _terms[head.terms()];
        JobContext memory context = JobContext({
            chainId: block.chainid,
            pool: address(this),
            taskId: JobId.unwrap(id),
            worker: claim.worker(),
            jobHash: _jobHashes[id],
            resultHash: resultHash
        });
        uint256 hookGas = terms.hookGas;
        AssetTransfer.requireGas(hookGas);
        if (!HookCall.isProven(terms.verifier, hookGas, context, submission)) revert InvalidZKPProof();
        _settle(id, head, claim, terms.claimBond);
    }

    /*//////////////////////////////////////////////////////////////
                                JUDGING
    //////////////////////////////////////////////////////////////*/

    /// @inheritdoc ITaskPoolCore
    function verifyAndPay(uint256 taskId, bool isValid) external nonReentrant {
        _judge(JobId.wrap(taskId), isValid);
    }

    /// @inheritdoc ITaskPoolCore
    function batchVerifyAndPay(uint256[] calldata taskIds, bool[] calldata isValid) external nonReentrant {
        _requireLength(taskIds.length, isValid.length);
        for (uint256 i = 0; i < taskIds.length; ++i) {
            _judge(JobId.wrap(taskIds[i]), isValid[i]);
        }
    }

    /// @inheritdoc ITaskPoolCore
    function disputeTask(uint256 taskId) external nonReentrant {
        JobId id = JobId.wrap(taskId);
        (JobHead head, JobClaim claim, JobStatus status) = _loadToJudge(id);
        if (status != JobStatus.Submitted) revert TaskPool_WrongStatus(taskId, status);

        _claims[id] = claim.withStatusSince(JobStatus.Disputed, block.timestamp);
        emit JobDisputed(taskId, block.timestamp + _terms[head.terms()].disputeWindow);
    }

    function _judge(JobId id, bool isValid) private {
        (JobHead head, JobClaim claim, JobStatus status) = _loadToJudge(id);
        JobTerms storage terms = _terms[head.terms()];
        if (isValid) _settle(id, head, claim, terms.claimBond);
        else _reject(id, head, claim, status, terms);
    }

    /// @dev A job with a result that the caller may judge now.
    function _loadToJudge(JobId id) private view returns (JobHead head, JobClaim claim, JobStatus status) {
        head = _load(id);
        JobTerms storage terms = _terms[head.terms()];
        if (msg.sender != terms.verifier || terms.isHook) revert Unauthorized();
        claim = _claims[id];
        status = _statusOf(head, claim);
        if (status != JobStatus.Submitted && status != JobStatus.Disputed) {
            revert TaskPool_WrongStatus(JobId.unwrap(id), status);
        }
        uint256 until = _judgedUntil(status, claim, terms);
        if (block.timestamp > until) revert TaskPool_WindowOver(JobId.unwrap(id), until);
    }

    /// @dev Pays the worker for a result that has been accepted.
    function _settle(JobId id, JobHead head, JobClaim claim, uint256 bond) private {
        // Effect: the job has ended; the bond is credit again, the reward is not owed any more.
        (address worker, uint256 reward) = (claim.worker(), head.reward());
        _claims[id] = claim.withStatus(JobStatus.Settled);
        _pool = _pool.end().countReward(reward).pay(reward);
        _credit(worker, bond);
        emit TaskVerified(JobId.unwrap(id), true, reward);

        // Interaction: push the reward; what is not taken becomes credit.
        if (PoolArguments.asset().push(worker, reward)) {
            emit RewardPaid(worker, JobId.unwrap(id), reward);
        } else {
            _pool = _pool.owe(reward);
            _credit(worker, reward);
        }
    }

    /// @dev Refuses a result. A dispute about it leaves no second attempt.
    function _reject(JobId id, JobHead head, JobClaim claim, JobStatus status, JobTerms storage terms) private {
        // Effect: count it, share the bond.
        claim = claim.reject();
        emit TaskVerified(JobId.unwrap(id), false, 0);
        uint256 bond = terms.claimBond;
        uint256 forfeited = bond * terms.forfeitBps / BPS;
        if (forfeited != 0) emit BondSlashed(JobId.unwrap(id), claim.worker(), forfeited);
        _credit(claim.worker(), bond - forfeited);

        // Effect: another attempt, or the reward back.
        bool isLast = status == JobStatus.Disputed || block.timestamp > head.deadline()
            || (bond != 0 && claim.rejections() >= terms.maxAttempts);
        if (isLast) {
            _endUnaccepted(id, claim);
            forfeited += head.reward();
        } else {
            _reopen(id, head, claim, JobStatus.Rejected);
        }
        _credit(_requesters[head.requester()], forfeited);
    }

    /*//////////////////////////////////////////////////////////////
                                  TIME
    //////////////////////////////////////////////////////////////*/

    /// @inheritdoc ITaskPoolCore
    function releaseExpiredTask(uint256 taskId) external nonReentrant {
        JobId id = JobId.wrap(taskId);
        JobHead head = _load(id);
        if (_release(id, head, msg.sender)) return;
        JobClaim claim = _claims[id];
        JobStatus status = _statusOf(head, claim);
        revert TaskPool_NotOverdue(taskId, status, _until(head, claim, status));
    }

    /// @inheritdoc ITaskPoolCore
    function releaseExpiredTasks(uint256[] calldata taskIds) external nonReentrant returns (uint256 released) {
        for (uint256 i = 0; i < taskIds.length; ++i) {
            JobId id = JobId.wrap(taskIds[i]);
            if (_release(id, _heads[id], msg.sender)) ++released;
        }
    }

    /// @inheritdoc ITaskPoolCore
    function settleBucket(uint256 bucket, uint256 limit) external nonReentrant returns (uint256 released) {
        BucketWord word = _buckets.words[bucket];
        if (word.count() == 0) revert TaskPool_BucketEmpty(bucket);
        uint256 dueFrom = DeadlineBuckets.dueFrom(bucket, _bucketSeconds());
        bool onTime = msg.sender == MANAGER.envoyOf(address(this));
        if (block.timestamp >= dueFrom) {
            (word, released) = _walk(bucket, word, limit, onTime ? address(0) : msg.sender);
        } else if (!onTime) {
            revert TaskPool_BucketNotDue(bucket, dueFrom);
        }
        if (onTime && word.done() != word.count()) word = _schedule(bucket, word, _blockOf(dueFrom));
        _buckets.words[bucket] = word;
    }

    /// @inheritdoc ITaskPoolCore
    function scheduleBucket(uint256 bucket) external nonReentrant {
        uint256 dueFrom = DeadlineBuckets.dueFrom(bucket, _bucketSeconds());
        BucketWord word = _buckets.words[bucket];
        if (word.done() == word.count()) revert TaskPool_BucketEmpty(bucket);
        if (word.schedule() == BucketWordLibrary.SCHEDULED) revert TaskPool_BucketScheduled(bucket);
        _buckets.words[bucket] = _schedule(bucket, word, _blockOf(dueFrom));
    }

    /// @dev Handles the jobs of a bucket whose time has come, as long as there is gas for the next one and the exit.
    function _walk(uint256 bucket, BucketWord word, uint256 limit, address caller)
        private
        returns (BucketWord, uint256 released)
    {
        uint256 index = word.done();
        for (; index < word.count() && limit != 0; --limit) {
            if (gasleft() < RELEASE_GAS + RESCHEDULE_GAS) break;
            JobId id = _buckets.idAt(bucket, word, index);
            JobHead head = _heads[id];
            if (_release(id, head, caller)) ++released;
            else if (!_moveOn(id, head)) break;
            ++index;
        }
        return (word.withDone(index), released);
    }

    /// @dev Puts a job that waits for its verifier into the bucket of that window.
    /// @return done False when the gas does not suffice.
    function _moveOn(JobId id, JobHead head) private returns (bool done) {
        JobClaim claim = _claims[id];
        JobStatus status = _statusOf(head, claim);
        if (status != JobStatus.Submitted && status != JobStatus.Disputed) return true;
        if (gasleft() < RELEASE_GAS + 2 * RESCHEDULE_GAS) return false;
        _enrol(id, _judgedUntil(status, claim, _terms[head.terms()]), _bucketSeconds());
        return true;
    }

    /// @inheritdoc ITaskPoolCore
    function fundTimeBudget() external payable nonReentrant {
        _bucketSeconds();
        _settings.timed = true;
        emit TimeBudgetFunded(msg.sender, msg.value);
        MANAGER.ENVOY_FACTORY().create(address(this)); // else the first schedule would cost more than `SCHEDULE_GAS`
        MANAGER.depositBond{value: msg.value}(address(this));
    }

    /// @inheritdoc ITaskPoolCore
    function withdrawTimeBudget(uint256 amount) external onlyOwner nonReentrant {
        uint256 live = _pool.live();
        if (live != 0) revert TaskPool_JobsLive(live);
        emit TimeBudgetWithdrawn(msg.sender, amount);
        MANAGER.withdrawBond(amount);
        AssetTransfer.send(address(0), msg.sender, amount);
    }

    /// @inheritdoc ITaskPoolCore
    function setTimePrice(uint256 ceiling, uint256 tip, uint256 premiumCap) external onlyOwner nonReentrant {
        emit TimePriceSet(ceiling, tip, premiumCap);
        MANAGER.setPriceTerms(ceiling, tip, premiumCap, 0);
    }

    /*//////////////////////////////////////////////////////////////
                                 MONEY
    //////////////////////////////////////////////////////////////*/

    /// @inheritdoc ITaskPoolCore
    function depositCredit(address account, uint256 amount) external payable nonReentrant {
        _pool = _owe(_pool, amount);
        _credit(account, amount);
        _collect(PoolArguments.asset(), amount);
    }

    /// @inheritdoc ITaskPoolCore
    function withdraw() external nonReentrant {
        _withdraw(_accounts[msg.sender].credit(), msg.sender);
    }

    /// @inheritdoc ITaskPoolCore
    function withdraw(uint256 amount, address receiver) external nonReentrant {
        _withdraw(amount, receiver);
    }

    function _withdraw(uint256 amount, address receiver) private {
        // Check: the caller has that much.
        PoolAccount account = _accounts[msg.sender];
        if (amount == 0 || amount > account.credit()) {
            revert TaskPool_InsufficientCredit(msg.sender, account.credit(), amount);
        }

        // Effect: it is not owed any more.
        _accounts[msg.sender] = account.take(amount);
        _pool = _pool.pay(amount);
        emit CreditWithdrawn(msg.sender, receiver, amount);

        // Interaction: pay.
        PoolArguments.asset().send(receiver, amount);
    }

    /*//////////////////////////////////////////////////////////////
                                 OWNER
    //////////////////////////////////////////////////////////////*/

    /// @inheritdoc ITaskPoolCore
    function initialize(PoolSetup calldata setup) external {
        if (_settings.termsVersion != 0) revert TaskPool_AlreadyInitialized();
        PoolConfig memory config_ = PoolArguments.read();
        if (config_.owner == address(0)) revert Unauthorized();
        _requireWithin(config_.maxClaims, 1, WorkerClaimsLibrary.MOST);
        if (config_.asset != address(0)) _requireCode(config_.asset);
        _settings.modelRegistry = setup.modelRegistry;
        _settings.active = true;
        if (msg.sender.code.length != 0) _settings.listener = msg.sender;
        (_category, _metadata) = (setup.category, setup.metadata);
        _setTerms(setup.terms);
        emit PoolActivated(address(this));
    }

    /// @inheritdoc ITaskPoolCore
    function activatePool() external onlyOwner nonReentrant {
        emit PoolActivated(address(this));
        _setActive(true);
    }

    /// @inheritdoc ITaskPoolCore
    function deactivatePool() external onlyOwner nonReentrant {
        emit PoolDeactivated(address(this));
        _setActive(false);
    }

    function _setActive(bool active) private {
        if (_settings.active == active) return;
        _settings.active = active;
        address listener = _settings.listener;
        if (listener != address(0)) IPoolListener(listener).poolStatusChanged(active);
    }

    /// @inheritdoc ITaskPoolCore
    function setModelRegistry(address newModelRegistry) external onlyOwner {
        _settings.modelRegistry = newModelRegistry;
        emit ModelRegistrySet(newModelRegistry);
    }

    /// @inheritdoc ITaskPoolCore
    // forge-lint: disable-next-line(mixed-case-function)
    function setZKPVerifier(address newVerifier) external onlyOwner {
        JobTerms memory terms = _terms[_settings.termsVersion];
        (terms.verifier, terms.isHook, terms.hookGas) = (newVerifier, false, 0);
        _setTerms(terms);
    }

    /// @inheritdoc ITaskPoolCore
    function setTerms(JobTerms calldata terms) external onlyOwner returns (uint256 version) {
        return _setTerms(terms);
    }

    /// @inheritdoc ITaskPoolCore
    function withdrawFunds() external nonReentrant onlyOwner {
        _withdrawFunds(_free(PoolArguments.asset()));
    }

    /// @inheritdoc ITaskPoolCore
    function withdrawFunds(uint256 amount) external nonReentrant onlyOwner {
        if (amount > _free(PoolArguments.asset())) revert InsufficientFunds();
        _withdrawFunds(amount);
    }

    function _withdrawFunds(uint256 amount) private {
        if (amount == 0) revert InsufficientFunds();
        emit FundsWithdrawn(msg.sender, amount);
        PoolArguments.asset().send(msg.sender, amount);
    }

    function _setTerms(JobTerms memory terms) private returns (uint256 version) {
        _checkTerms(terms);
        version = uint256(_settings.termsVersion) + 1;
        if (version > type(uint16).max) revert TaskPool_CounterExhausted(version, type(uint16).max);
        _terms[version] = terms;
        // forge-lint: disable-next-line(unsafe-typecast)
        _settings.termsVersion = uint16(version);
        emit TermsSet(version, terms);
    }

    function _checkTerms(JobTerms memory terms) private view {
        _requireWithin(terms.claimWindow, 1, MAX_WINDOW);
        _requireWithin(terms.verifyWindow, 1, MAX_WINDOW);
        _requireWithin(terms.disputeWindow, 0, MAX_WINDOW);
        _requireWithin(terms.forfeitBps, 0, BPS);
        _requireWithin(terms.callerShareBps, 0, MAX_CALLER_SHARE);
        _requireWithin(terms.maxAttempts, 1, type(uint8).max);
        _requireWithin(terms.hookGas, terms.isHook ? 1 : 0, terms.isHook ? MAX_HOOK_GAS : 0);
        if (terms.isHook) _requireCode(terms.verifier);
    }

    /*//////////////////////////////////////////////////////////////
                                 CHECKS
    //////////////////////////////////////////////////////////////*/

    function _requireOwner() private view {
        if (msg.sender != PoolArguments.owner()) revert Unauthorized();
    }

    function _requireUserOrRouter(address user) private view {
        if (msg.sender != user && msg.sender != PoolArguments.router()) revert Unauthorized();
    }

    /// @dev The claims of `user` and how many they are; an error when there is no room for one more.
    function _roomOf(address user) private view returns (WorkerClaims held, uint256 count) {
        (held, count) = _activeOf(user);
        if (count >= PoolArguments.maxClaims()) revert TaskAlreadyClaimed();
    }

    function _requireWithin(uint256 given, uint256 min, uint256 max) private pure {
        if (given < min || given > max) revert TaskPool_TermOutOfRange(given, min, max);
    }

    function _requireCode(address account) private view {
        if (account.code.length == 0) revert TaskPool_NoCode(account);
    }

    /* SIGNATURES */

    /// @dev Uses up the user's nonce; the signature must be the user's, over `structHash` and in time.
    function _useSignature(address user, bytes32 structHash, uint256 expiry, bytes calldata signature) private {
        if (block.timestamp > expiry) revert TaskPool_SignatureExpired(expiry, block.timestamp);
        _accounts[user] = _accounts[user].useNonce();
        if (!SignatureCheckerLib.isValidSignatureNowCalldata(user, PoolDomain.digest(structHash), signature)) {
            revert TaskPool_InvalidSignature(user);
        }
    }

    function _hashToSign(address user, uint256 taskId, Submission memory submission, uint256 expiry)
        private
        view
        returns (bytes32)
    {
        return keccak256(
            abi.encode(
                SUBMISSION_TYPE,
                user,
                taskId,
                keccak256(bytes(submission.resultHash)),
                keccak256(submission.zkpProof),
                submission.zkpPublicInput,
                submission.zkpPublicResult,
                keccak256(bytes(submission.resultData)),
                _accounts[user].nonce(),
                expiry
            )
        );
    }
}
