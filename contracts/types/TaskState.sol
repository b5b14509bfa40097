// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TaskStatus} from "./TaskStatus.sol";

using TaskStateLibrary for TaskState global;

/// @notice All that changes in a task's life, in one word. It is zero once a task's only run has succeeded.
/// @dev Slot 0: 40 + 40 + 32 + 24 + 24 + 27 + 1 + 24 + 4 + 4 + 4 + 12 + 4 + 16 = 256 bits, from the low end
///   uint40 next       block from which the task is due (queued), or was last due
///   uint40 deadline   last block in which it may run; 0 means none
///   uint32 left       runs still to make; all ones mean without end
///   uint24 interval   blocks between ticks
///   uint24 drift      blocks by which `next` is behind its tick, after a deferral or a full block
///   uint27 executed   runs that succeeded; stays at its maximum
///   uint1  single     scheduled for one run: its interval means nothing
///   uint24 failed     runs that failed; stays at its maximum
///   uint4  streak     failures in a row; stays at its maximum
///   uint4  deferrals  deferrals in a row; stays at its maximum
///   uint4  status     a `TaskStatus`
///   uint12 page       where in the block's bucket its id is; see `BlockQueue`
///   uint4  crowd      steps of surcharge it queued with; see `Pricing`
///   uint16 terms      version of the owner's price terms; 0 means the default ones
type TaskState is uint256;

/// @notice Where a task's state is kept; a struct, so that its slot is computed once for several accesses.
struct TaskRecord {
    TaskState state;
}

/// @title Reading and changing a `TaskState`
library TaskStateLibrary {
    uint256 internal constant MAX_BLOCK = type(uint40).max;
    uint256 internal constant ENDLESS = type(uint32).max;
    uint256 internal constant MAX_STREAK = 15;
    uint256 internal constant MAX_DEFERRALS = 15;
    uint256 internal constant MAX_TERMS = type(uint16).max;

    uint256 private constant DEADLINE_AT = 40;
    uint256 private constant LEFT_AT = 80;
    uint256 private constant INTERVAL_AT = 112;
    uint256 private constant DRIFT_AT = 136;
    uint256 private constant EXECUTED_AT = 160;
    uint256 private constant SINGLE_AT = 187;
    uint256 private constant FAILED_AT = 188;
    uint256 private constant STREAK_AT = 212;
    uint256 private constant DEFERRALS_AT = 216;
    uint256 private constant STATUS_AT = 220;
    uint256 private constant PAGE_AT = 224;
    uint256 private constant CROWD_AT = 236;
    uint256 private constant TERMS_AT = 240;

    uint256 private constant MAX_PAGE = (1 << 12) - 1;
    uint256 private constant MAX_EXECUTED = (1 << 27) - 1;
    uint256 private constant MAX_FAILED = (1 << 24) - 1;

    /// @dev The fields from `executed` to `failed`, and what they say of a task with one run, which succeeded.
    uint256 private constant COUNTERS = ((1 << (STREAK_AT - EXECUTED_AT)) - 1) << EXECUTED_AT;
    uint256 private constant ONE_SUCCESS = (1 << EXECUTED_AT) | (1 << SINGLE_AT);

    /* FIELDS */

    function next(TaskState self) internal pure returns (uint256) {
        return TaskState.unwrap(self) & MAX_BLOCK;
    }

    function deadline(TaskState self) internal pure returns (uint256) {
        return _get(self, DEADLINE_AT, MAX_BLOCK);
    }

    function left(TaskState self) internal pure returns (uint256) {
        return _get(self, LEFT_AT, ENDLESS);
    }

    function interval(TaskState self) internal pure returns (uint256) {
        return _get(self, INTERVAL_AT, type(uint24).max);
    }

    function drift(TaskState self) internal pure returns (uint256) {
        return _get(self, DRIFT_AT, type(uint24).max);
    }

    function executed(TaskState self) internal pure returns (uint256) {
        return _get(self, EXECUTED_AT, MAX_EXECUTED);
    }

    function isSingle(TaskState self) internal pure returns (bool) {
        return _get(self, SINGLE_AT, 1) == 1;
    }

    function failed(TaskState self) internal pure returns (uint256) {
        return _get(self, FAILED_AT, MAX_FAILED);
    }

    function streak(TaskState self) internal pure returns (uint256) {
        return _get(self, STREAK_AT, MAX_STREAK);
    }

    function deferrals(TaskState self) internal pure returns (uint256) {
        return _get(self, DEFERRALS_AT, MAX_DEFERRALS);
    }

    function status(TaskState self) internal pure returns (TaskStatus) {
        return TaskStatus(_get(self, STATUS_AT, 15));
    }

    function page(TaskState self) internal pure returns (uint256) {
        return _get(self, PAGE_AT, MAX_PAGE);
    }

    function crowd(TaskState self) internal pure returns (uint256) {
        return _get(self, CROWD_AT, 15);
    }

    function terms(TaskState self) internal pure returns (uint256) {
        return _get(self, TERMS_AT, MAX_TERMS);
    }

    /* WHAT THE FIELDS MEAN */

    /// @notice Whether the task has ended for good.
    function isEnded(TaskState self) internal pure returns (bool) {
        return status(self) >= TaskStatus.Completed;
    }

    /// @notice Whether the task could be revived.
    function isInactive(TaskState self) internal pure returns (bool) {
        TaskStatus now_ = status(self);
        return now_ >= TaskStatus.Paused && now_ <= TaskStatus.Crowded;
    }

    /// @notice Whether `blockNumber` is past the deadline.
    function isExpiredAt(TaskState self, uint256 blockNumber) internal pure returns (bool) {
        uint256 last = deadline(self);
        return last != 0 && blockNumber > last;
    }

    /// @notice Whether nothing is kept of the task, since it was scheduled for one run, and that succeeded.
    function isSpent(TaskState self) internal pure returns (bool) {
        return TaskState.unwrap(self) == 0;
    }

    /// @notice The first tick after `blockNumber`: the cadence is kept, missed ticks are skipped.
    /// @dev Only for a task that recurs: it has an interval.
    function tickAfter(TaskState self, uint256 blockNumber) internal pure returns (uint256) {
        uint256 step = interval(self);
        assert(step != 0);
        unchecked {
            // drift <= next, and the result is at most step after blockNumber or tick: all below 2^41
            uint256 tick = next(self) - drift(self);
            return tick > blockNumber ? tick : tick + ((blockNumber - tick) / step + 1) * step;
        }
    }

    /* CHANGES */

    /// @dev All arguments fit their fields: `TaskManager` has validated them.
    function schedule(
        TaskState self,
        uint256 next_,
        uint256 interval_,
        uint256 left_,
        uint256 deadline_,
        uint256 terms_
    ) internal pure returns (TaskState) {
        uint256 counters = TaskState.unwrap(self)
            & ((MAX_EXECUTED << EXECUTED_AT) | (MAX_FAILED << FAILED_AT) | (15 << STATUS_AT));
        return TaskState.wrap(
            counters | next_ | (deadline_ << DEADLINE_AT) | (left_ << LEFT_AT) | (interval_ << INTERVAL_AT)
                | (terms_ << TERMS_AT) | (left_ == 1 ? 1 << SINGLE_AT : 0)
        );
    }

    /// @notice Puts the task at `next_`, which is `drift_` behind its tick, in `page_` of that block's bucket, at
    /// `crowd_` steps of surcharge.
    function enqueue(TaskState self, uint256 next_, uint256 drift_, uint256 page_, uint256 crowd_)
        internal
        pure
        returns (TaskState)
    {
        uint256 word = TaskState.unwrap(self)
            & ~(MAX_BLOCK | (uint256(type(uint24).max) << DRIFT_AT) | (MAX_PAGE << PAGE_AT) | (15 << CROWD_AT));
        word |= next_ | (drift_ << DRIFT_AT) | (page_ << PAGE_AT) | (crowd_ << CROWD_AT);
        return withStatus(TaskState.wrap(word), TaskStatus.Queued);
    }

    function withStatus(TaskState self, TaskStatus status_) internal pure returns (TaskState) {
        return _set(self, STATUS_AT, 15, uint256(status_));
    }

    /// @notice Ends a task that made its last run. Nothing is kept of one that `restore` can tell.
    function complete(TaskState self) internal pure returns (TaskState) {
        if (TaskState.unwrap(self) & COUNTERS == ONE_SUCCESS) return TaskState.wrap(0);
        return withStatus(self, TaskStatus.Completed);
    }

    /// @notice What the word in storage says of a task that was scheduled: nothing means completed with one success.
    function restore(TaskState self) internal pure returns (TaskState) {
        return isSpent(self) ? withStatus(TaskState.wrap(ONE_SUCCESS), TaskStatus.Completed) : self;
    }

    /// @notice Counts a run that was made.
    function recordRun(TaskState self, bool success) internal pure returns (TaskState) {
        self = _set(self, DEFERRALS_AT, MAX_DEFERRALS, 0);
        if (!success) {
            self = _increase(self, FAILED_AT, MAX_FAILED);
            return _increase(self, STREAK_AT, MAX_STREAK);
        }
        self = _increase(self, EXECUTED_AT, MAX_EXECUTED);
        return _set(self, STREAK_AT, MAX_STREAK, 0);
    }

    /// @notice Takes a run off those still to make, of which there is one.
    function countDown(TaskState self) internal pure returns (TaskState) {
        uint256 runs = left(self);
        unchecked {
            return runs == ENDLESS ? self : _set(self, LEFT_AT, ENDLESS, runs - 1); // runs != 0
        }
    }

    function recordDeferral(TaskState self) internal pure returns (TaskState) {
        return _increase(self, DEFERRALS_AT, MAX_DEFERRALS);
    }

    /// @notice Forgets past failures and deferrals in a row, for a revived task.
    function forgive(TaskState self) internal pure returns (TaskState) {
        return _set(_set(self, STREAK_AT, MAX_STREAK, 0), DEFERRALS_AT, MAX_DEFERRALS, 0);
    }

    function _get(TaskState self, uint256 shift, uint256 mask) private pure returns (uint256) {
        return (TaskState.unwrap(self) >> shift) & mask;
    }

    /// @dev `value` fits `mask`.
    function _set(TaskState self, uint256 shift, uint256 mask, uint256 value) private pure returns (TaskState) {
        return TaskState.wrap((TaskState.unwrap(self) & ~(mask << shift)) | (value << shift));
    }

    function _increase(TaskState self, uint256 shift, uint256 max) private pure returns (TaskState) {
        uint256 value = _get(self, shift, max);
        unchecked {
            return value == max ? self : _set(self, shift, max, value + 1); // value < max
        }
    }
}
