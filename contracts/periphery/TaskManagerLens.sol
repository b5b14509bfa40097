// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITaskManager} from "../interfaces/ITaskManager.sol";
import {ITaskManagerBase} from "../interfaces/ITaskManagerBase.sol";
import {ITaskManagerLens} from "../interfaces/ITaskManagerLens.sol";
import {GasCosts} from "../libraries/GasCosts.sol";
import {CAPACITY_KILOGAS, classOf, kilogasOf, LARGE_GAS} from "../libraries/Limits.sol";
import {Pricing} from "../libraries/Pricing.sol";
import {TaskCode} from "../libraries/TaskCode.sol";
import {PriceTerms} from "../types/PriceTerms.sol";
import {SizeClass} from "../types/SizeClass.sol";
import {Task} from "../types/Task.sol";
import {TaskDefinition} from "../types/TaskDefinition.sol";
import {TaskInfo} from "../types/TaskInfo.sol";
import {TaskStatus} from "../types/TaskStatus.sol";
import {Terms, TermsLibrary} from "../types/Terms.sol";

/// @title TaskManagerLens
contract TaskManagerLens is ITaskManagerLens {
    uint256 private constant MAX_WINDOW = 1024;

    /// @inheritdoc ITaskManagerLens
    ITaskManager public immutable MANAGER;

    constructor(ITaskManager manager) {
        MANAGER = manager;
    }

    /// @inheritdoc ITaskManagerLens
    function quote(uint64 startBlock, uint64 window, uint64 gas)
        external
        view
        returns (uint64 blockNumber, uint256 admittedGas, uint256 pricePerGas)
    {
        if (window == 0 || window > MAX_WINDOW) revert TaskManagerLens_WindowOutOfRange(window, MAX_WINDOW);
        if (gas == 0 || gas > LARGE_GAS) revert ITaskManagerBase.TaskManager_GasOutOfRange(gas, LARGE_GAS);
        (blockNumber, admittedGas) = _leastCrowded(startBlock, window, gas);
        if (blockNumber == 0) return (0, 0, 0);
        PriceTerms memory terms = MANAGER.priceTermsOf(msg.sender);
        pricePerGas =
            Pricing.price(_pack(terms)) + Pricing.premium(_pack(terms), 0, Pricing.crowdAt(admittedGas / 1000));
    }

    /// @inheritdoc ITaskManagerLens
    function runway(bytes32 taskHash) external view returns (uint256 atLeast, uint256 atThisPrice) {
        return _runway(MANAGER.getTaskStatus(taskHash), MANAGER.getTaskInfo(taskHash), MANAGER.taskPriceTerms(taskHash));
    }

    /// @inheritdoc ITaskManagerLens
    function runwayCommitted(Task calldata task) external view returns (uint256 atLeast, uint256 atThisPrice) {
        TaskStatus status = MANAGER.getTaskStatus(MANAGER.committedHashOf(task));
        return _runway(status, MANAGER.getCommittedInfo(task), MANAGER.committedPriceTerms(task));
    }

    /// @inheritdoc ITaskManagerLens
    function explain(bytes32 taskHash) external view returns (Explanation memory) {
        TaskStatus status = MANAGER.getTaskStatus(taskHash);
        if (status == TaskStatus.None) return _explanation(Reason.Unknown, status, 0, 0, 0);
        if (TaskCode.isCommitted(taskHash)) return _explanation(Reason.Committed, status, 0, 0, 0);
        return _explain(status, MANAGER.getTaskInfo(taskHash), MANAGER.taskPriceTerms(taskHash));
    }

    /// @inheritdoc ITaskManagerLens
    function explainCommitted(Task calldata task) external view returns (Explanation memory) {
        TaskStatus status = MANAGER.getTaskStatus(MANAGER.committedHashOf(task));
        if (status == TaskStatus.None) return _explanation(Reason.Unknown, status, 0, 0, 0);
        return _explain(status, MANAGER.getCommittedInfo(task), MANAGER.committedPriceTerms(task));
    }

    function _runway(TaskStatus status, TaskInfo memory info, PriceTerms memory terms)
        private
        view
        returns (uint256 atLeast, uint256 atThisPrice)
    {
        if (status >= TaskStatus.Completed) return (0, 0);
        (uint256 bond, uint256 reserved) = MANAGER.bondOf(info.definition.task.from);
        uint256 available = bond - reserved + info.metrics.reservedBond;
        uint256 required = _reserveOf(info.definition, terms);
        if (available < required) return (0, 0);

        // The last of the runs needs the whole reserve, those before it only what they cost.
        uint256 gas = _mostGas(info.definition);
        uint256 rate = Pricing.price(_pack(terms)) + Pricing.premium(_pack(terms), 0, 0);
        uint256 feeBps = MANAGER.FEE_BPS();
        uint256 most = Pricing.withFee(gas * (uint256(terms.ceiling) + terms.premiumCap), feeBps);
        uint256 left = info.definition.schedule.executions;
        atLeast = _least(left, 1 + (available - required) / _atLeastOne(most));
        atThisPrice = _least(left, 1 + (available - required) / _atLeastOne(Pricing.withFee(gas * rate, feeBps)));
    }

    function _explain(TaskStatus status, TaskInfo memory info, PriceTerms memory terms)
        private
        view
        returns (Explanation memory)
    {
        uint64 next = info.definition.schedule.startBlock;
        if (status == TaskStatus.Queued) return _explainQueued(info, terms, next);
        if (status == TaskStatus.Starved) return _explainStarved(info, terms, next);
        uint256 failures = status == TaskStatus.Failing ? info.metrics.failures : 0;
        return _explanation(_reasonOf(status), status, next, failures, 0);
    }

    function _leastCrowded(uint64 startBlock, uint64 window, uint64 gas)
        private
        view
        returns (uint64 blockNumber, uint256 admittedGas)
    {
        SizeClass class = classOf(gas);
        uint256 room = (CAPACITY_KILOGAS - kilogasOf(gas)) * 1000;
        admittedGas = room + 1;
        if (startBlock <= block.number) {
            // forge-lint: disable-next-line(unsafe-typecast)
            uint64 next = uint64(block.number) + 1;
            if (window <= next - startBlock) return (0, 0);
            (startBlock, window) = (next, window - (next - startBlock));
        }
        uint64 last = startBlock > type(uint64).max - window ? type(uint64).max : startBlock + window;
        for (uint64 candidate = startBlock; candidate < last && admittedGas != 0; ++candidate) {
            (, uint256 admitted) = MANAGER.blockLoad(candidate, class);
            if (admitted < admittedGas) (blockNumber, admittedGas) = (candidate, admitted);
        }
    }

    function _explainQueued(TaskInfo memory info, PriceTerms memory terms, uint64 next)
        private
        view
        returns (Explanation memory)
    {
        uint64 deadline = info.definition.schedule.deadline;
        uint64 ceiling = terms.ceiling;
        Reason reason = Reason.Due;
        (uint256 have, uint256 need) = (block.number, next);
        if (block.number < next) {
            reason = Reason.NotDue;
        } else if (deadline != 0 && block.number > deadline) {
            (reason, need) = (Reason.DeadlinePassed, deadline);
        } else if (block.basefee > ceiling) {
            (reason, have, need) = (Reason.BaseFeeAboveCeiling, ceiling, block.basefee);
        }
        return _explanation(reason, TaskStatus.Queued, next, have, need);
    }

    function _explainStarved(TaskInfo memory info, PriceTerms memory terms, uint64 next)
        private
        view
        returns (Explanation memory)
    {
        (uint256 bond, uint256 reserved) = MANAGER.bondOf(info.definition.task.from);
        uint256 required = _reserveOf(info.definition, terms);
        return _explanation(Reason.InsufficientBond, TaskStatus.Starved, next, bond - reserved, required);
    }

    function _explanation(Reason reason, TaskStatus status, uint64 next, uint256 have, uint256 need)
        private
        pure
        returns (Explanation memory)
    {
        return Explanation({reason: reason, status: status, nextBlock: next, have: have, need: need});
    }

    function _reserveOf(TaskDefinition memory definition, PriceTerms memory terms) private view returns (uint256) {
        return Pricing.reserve(_mostGas(definition), terms.ceiling, terms.premiumCap, MANAGER.FEE_BPS());
    }

    function _mostGas(TaskDefinition memory definition) private pure returns (uint256 most) {
        (, most) = GasCosts.ofTask(definition.task.gas, definition.task.data.length);
    }

    function _pack(PriceTerms memory terms) private pure returns (Terms) {
        return TermsLibrary.pack(terms.ceiling, terms.tip, terms.premiumCap, terms.failureLimit, terms.version);
    }

    function _reasonOf(TaskStatus status) private pure returns (Reason) {
        if (status == TaskStatus.Running) return Reason.Running;
        if (status == TaskStatus.Paused) return Reason.Paused;
        if (status == TaskStatus.Failing) return Reason.FailedTooOften;
        if (status == TaskStatus.Crowded) return Reason.NoRoom;
        if (status == TaskStatus.Completed) return Reason.Completed;
        return status == TaskStatus.Cancelled ? Reason.Cancelled : Reason.Expired;
    }

    function _least(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }

    function _atLeastOne(uint256 amount) private pure returns (uint256) {
        return amount == 0 ? 1 : amount;
    }
}
