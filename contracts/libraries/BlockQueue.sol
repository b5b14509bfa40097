// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BucketHead, BucketLibrary, BucketPage} from "../types/Bucket.sol";
import {ManagerWord, ManagerWordLibrary} from "../types/ManagerWord.sol";
import {SizeClass} from "../types/SizeClass.sol";
import {TaskId} from "../types/TaskId.sol";
import {BlockBitmap} from "./BlockBitmap.sol";
import {BITMAP_SPAN, CAPACITY_KILOGAS} from "./Limits.sol";

/// @notice The queued tasks: a first-in-first-out bucket for each block and size class.
/// @dev A bucket's head holds the first five ids, linked pages of five hold the others. An id leaves in one step,
/// wherever it is, and the others keep their order: nothing dead is ever walked past.
struct BlockQueue {
    mapping(uint256 bucketKey => Bucket bucket) buckets;
    BlockBitmap marks;
}

/// @notice The tasks of one size class that are due from one block on.
struct Bucket {
    BucketHead head;
    mapping(uint256 number => BucketPage page) pages;
}

using BlockQueueLibrary for BlockQueue global;
using BlockQueueLibrary for Bucket global;

/// @title Putting ids into a `BlockQueue` and taking them out
library BlockQueueLibrary {
    /// @notice Whether the bucket can admit a task that counts `kilogas`.
    function hasRoom(BlockQueue storage self, SizeClass class, uint256 blockNumber, uint256 kilogas)
        internal
        view
        returns (bool)
    {
        return _hasRoom(self.bucketAt(class, blockNumber).head, kilogas);
    }

    /// @notice Whether a task may be put at `blockNumber` while `oldest` is the first block pending in its class.
    function isInSpan(uint256 oldest, uint256 blockNumber) internal pure returns (bool) {
        unchecked {
            return oldest == ManagerWordLibrary.NEVER || blockNumber < oldest + BITMAP_SPAN; // oldest < 2^40
        }
    }

    /// @notice Puts `id` last into a bucket of the span, if there is room.
    /// @param oldest The first block pending in the class, as `word` has it.
    /// @return The manager word, with the class's oldest block brought up to date.
    /// @return done False when there is no room; nothing has changed then.
    /// @return page Where the id is; `remove` wants to know.
    /// @return before Thousands of gas admitted before it.
    function tryInsert(
        BlockQueue storage self,
        ManagerWord word,
        uint256 oldest,
        SizeClass class,
        uint256 blockNumber,
        TaskId id,
        uint256 kilogas
    ) internal returns (ManagerWord, bool done, uint256 page, uint256 before) {
        Bucket storage bucket = self.bucketAt(class, blockNumber);
        BucketHead head = bucket.head;
        if (!_hasRoom(head, kilogas)) return (word, false, 0, 0);
        if (head.count() == 0) {
            self.marks.set(class, blockNumber);
            if (blockNumber < oldest) word = word.withDue(class, blockNumber);
        }
        before = head.kilogas();
        head = head.admit(kilogas);
        page = head.last();
        if (page == 0 && BucketLibrary.hasRoom(BucketHead.unwrap(head))) {
            head = BucketHead.wrap(BucketLibrary.append(BucketHead.unwrap(head), id));
        } else {
            (head, page) = _appendToPages(bucket, head, id);
        }
        bucket.head = head;
        return (word, true, page, before);
    }

    /// @notice Takes `id` out of `page` of a bucket. If that empties it, `unmark` must follow.
    /// @param kilogas What to give back to the bucket's capacity; nothing when the task is executed, since no task can
    /// be admitted to a block that is due, and its fullness prices the others.
    /// @return emptied Whether the bucket is empty now.
    /// @return cleared Words of the bucket that became zero.
    function remove(Bucket storage self, TaskId id, uint256 page, uint256 kilogas)
        internal
        returns (bool emptied, uint256 cleared)
    {
        BucketHead head = self.head.uncount().discharge(kilogas);
        if (page == 0) head = BucketHead.wrap(BucketLibrary.remove(BucketHead.unwrap(head), id));
        else (head, cleared) = _removeFromPage(self, head, id, page);

        emptied = head.count() == 0;
        if (emptied) {
            head = BucketHead.wrap(0);
            unchecked {
                ++cleared; // at most two
            }
        }
        self.head = head;
    }

    /// @notice Takes the mark off a block whose bucket became empty.
    /// @return The manager word, with the class's oldest block brought up to date.
    function unmark(BlockQueue storage self, ManagerWord word, SizeClass class, uint256 blockNumber)
        internal
        returns (ManagerWord)
    {
        self.marks.clear(class, blockNumber);
        if (word.due(class) != blockNumber) return word;
        (bool found, uint256 oldest) = self.marks.findFrom(class, blockNumber);
        return word.withDue(class, found ? oldest : ManagerWordLibrary.NEVER);
    }

    /// @notice The id that is first in a bucket; 0 when the bucket is empty.
    function front(Bucket storage bucket) internal view returns (TaskId) {
        uint256 word = BucketHead.unwrap(bucket.head);
        if (!BucketLibrary.hasLanes(word) && word != 0) {
            word = BucketPage.unwrap(bucket.pages[BucketHead.wrap(word).first()]);
        }
        return BucketLibrary.front(word);
    }

    /// @notice The bucket of a block, empty or not.
    function bucketAt(BlockQueue storage self, SizeClass class, uint256 blockNumber)
        internal
        view
        returns (Bucket storage)
    {
        return self.buckets[(uint256(class) << 64) | blockNumber];
    }

    function _hasRoom(BucketHead head, uint256 kilogas) private pure returns (bool) {
        unchecked {
            // both < 2^16
            return head.kilogas() + kilogas <= CAPACITY_KILOGAS && head.last() < BucketLibrary.MAX_PAGE;
        }
    }

    /// @dev Page numbers grow along the links, so the one after the last is free.
    function _appendToPages(Bucket storage bucket, BucketHead head, TaskId id)
        private
        returns (BucketHead, uint256 page)
    {
        uint256 last = head.last();
        if (last != 0) {
            BucketPage tail = bucket.pages[last];
            if (BucketLibrary.hasRoom(BucketPage.unwrap(tail))) {
                bucket.pages[last] = BucketPage.wrap(BucketLibrary.append(BucketPage.unwrap(tail), id));
                return (head, last);
            }
            bucket.pages[last] = tail.withNext(last + 1);
        }
        page = last + 1;
        bucket.pages[page] = BucketPage.wrap(TaskId.unwrap(id)).withPrev(last);
        if (last == 0) head = head.withFirst(page);
        return (head.withLast(page), page);
    }

    /// @dev Unlinks the page when the id was its last.
    function _removeFromPage(Bucket storage bucket, BucketHead head, TaskId id, uint256 page)
        private
        returns (BucketHead, uint256 cleared)
    {
        BucketPage content = BucketPage.wrap(BucketLibrary.remove(BucketPage.unwrap(bucket.pages[page]), id));
        if (BucketLibrary.hasLanes(BucketPage.unwrap(content))) {
            bucket.pages[page] = content;
            return (head, 0);
        }
        bucket.pages[page] = BucketPage.wrap(0);
        (uint256 next, uint256 prev) = (content.next(), content.prev());
        if (prev == 0) head = head.withFirst(next);
        else bucket.pages[prev] = bucket.pages[prev].withNext(next);
        if (next == 0) head = head.withLast(prev);
        else bucket.pages[next] = bucket.pages[next].withPrev(prev);
        return (head, 1);
    }
}
