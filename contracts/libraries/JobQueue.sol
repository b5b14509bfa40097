// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {JobHead} from "../types/JobHead.sol";
import {JobId} from "../types/JobId.sol";
import {Priority} from "../types/Priority.sol";
import {QueueWord} from "../types/QueueWord.sol";

/// @title First in, first out, and out of the middle: each in one step
/// @notice Linked in the words of the jobs themselves. The link back of the first one is not kept: nobody follows it.
library JobQueue {
    /// @notice Puts an open job behind the last one of its priority.
    /// @return The queues, which the caller stores.
    function push(mapping(JobId id => JobHead head) storage heads, QueueWord queues, JobId id, JobHead head)
        internal
        returns (QueueWord)
    {
        Priority priority = head.priority();
        JobId last = queues.last(priority);
        heads[id] = head.withPrevious(last).withNext(JobId.wrap(0));
        return link(heads, queues, priority, last, id, id).countIn(1);
    }

    /// @notice Links a chain of jobs, from `first` to `last`, behind `before`, which was the last of its queue.
    function link(
        mapping(JobId id => JobHead head) storage heads,
        QueueWord queues,
        Priority priority,
        JobId before,
        JobId first,
        JobId last
    ) internal returns (QueueWord) {
        if (JobId.unwrap(before) == 0) queues = queues.withFirst(priority, first);
        else heads[before] = heads[before].withNext(first);
        return queues.withLast(priority, last);
    }

    /// @notice Takes a job out of its queue. Its own word is the caller's to write.
    /// @return The queues, which the caller stores.
    function remove(mapping(JobId id => JobHead head) storage heads, QueueWord queues, JobId id, JobHead head)
        internal
        returns (QueueWord)
    {
        Priority priority = head.priority();
        (JobId previous, JobId next) = (head.previous(), head.next());
        bool isFirst = JobId.unwrap(queues.first(priority)) == JobId.unwrap(id);
        bool isLast = JobId.unwrap(next) == 0;
        if (isFirst) {
            queues = queues.withFirst(priority, next);
            if (isLast) queues = queues.withLast(priority, next);
        } else {
            heads[previous] = heads[previous].withNext(next);
            if (isLast) queues = queues.withLast(priority, previous);
            else heads[next] = heads[next].withPrevious(previous);
        }
        return queues.countOut();
    }
}
