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
    mapping(uint256 bucketKey => BucketHead) heads;
    mapping(uint256 pageKey => BucketPage) pages;
    BlockBitmap marks;
}

using BlockQueueLibrary for BlockQueue global;

/// @title Putting ids into a `BlockQueue` and taking them out
library BlockQueueLibrary {
    /// @notice Whether the bucket can admit a task that counts `kilogas`.
    function hasRoom(BlockQueue storage self, SizeClass class, uint256 blockNumber, uint256 kilogas)
        internal
        view
        returns (bool)
    {
        BucketHead head = self.heads[_bucketKey(class, blockNumber)];
        return head.kilogas() + kilogas <= CAPACITY_KILOGAS && head.last() < BucketLibrary.MAX_PAGE;
    }

    /// @notice Whether a task may be put at `blockNumber` while `word` tells what else is pending.
    function isInSpan(ManagerWord word, SizeClass class, uint256 blockNumber) internal pure returns (bool) {
        uint256 oldest = word.due(class);
        return oldest == ManagerWordLibrary.NEVER || blockNumber < oldest + BITMAP_SPAN;
    }

    /// @notice Puts `id` last into a bucket that has room and is in the span.
    /// @return The manager word, with the class's oldest block brought up to date.
    /// @return page Where the id is; `remove` wants to know.
    function insert(
        BlockQueue storage self,
        ManagerWord word,
        SizeClass class,
        uint256 blockNumber,
        TaskId id,
        uint256 kilogas
    ) internal returns (ManagerWord, uint256 page) {
        uint256 key = _bucketKey(class, blockNumber);
        BucketHead head = self.heads[key];
        if (head.count() == 0) {
            self.marks.set(class, blockNumber);
            if (blockNumber < word.due(class)) word = word.withDue(class, blockNumber);
        }
        head = head.admit(kilogas);
        page = head.last();
        if (page == 0 && BucketLibrary.hasRoom(BucketHead.unwrap(head))) {
            head = BucketHead.wrap(BucketLibrary.append(BucketHead.unwrap(head), id));
        } else {
            (head, page) = _appendToPages(self, key, head, id);
        }
        self.heads[key] = head;
        return (word, page);
    }

    /// @notice Takes `id` out of `page` of a bucket.
    /// @param kilogas What to give back to the bucket's capacity; nothing when the task is executed, since no task can
    /// be admitted to a block that is due, and its fullness prices the others.
    /// @return The manager word, with the class's oldest block brought up to date.
    function remove(
        BlockQueue storage self,
        ManagerWord word,
        SizeClass class,
        uint256 blockNumber,
        TaskId id,
        uint256 page,
        uint256 kilogas
    ) internal returns (ManagerWord) {
        uint256 key = _bucketKey(class, blockNumber);
        BucketHead head = self.heads[key].uncount().discharge(kilogas);
        if (page == 0) head = BucketHead.wrap(BucketLibrary.remove(BucketHead.unwrap(head), id));
        else head = _removeFromPage(self, key, head, id, page);

        if (head.count() != 0) {
            self.heads[key] = head;
            return word;
        }
        self.heads[key] = BucketHead.wrap(0);
        self.marks.clear(class, blockNumber);
        if (word.due(class) == blockNumber) {
            (bool found, uint256 oldest) = self.marks.findFrom(class, blockNumber);
            word = word.withDue(class, found ? oldest : ManagerWordLibrary.NEVER);
        }
        return word;
    }

    /// @notice How many words of storage became zero when an id left `page` of a bucket.
    /// @dev For the refund (EIP-3529). To be asked when all else is done: a word that is in use again is not refunded.
    function countEmptied(BlockQueue storage self, SizeClass class, uint256 blockNumber, uint256 page)
        internal
        view
        returns (uint256 emptied)
    {
        uint256 key = _bucketKey(class, blockNumber);
        if (page != 0 && BucketPage.unwrap(self.pages[_pageKey(key, page)]) == 0) ++emptied;
        if (BucketHead.unwrap(self.heads[key]) == 0) emptied += 1 + self.marks.countEmpty(class, blockNumber);
    }

    /// @notice The id that is first in a bucket, and its page; 0 when the bucket is empty.
    function front(BlockQueue storage self, SizeClass class, uint256 blockNumber)
        internal
        view
        returns (TaskId id, uint256 page)
    {
        uint256 key = _bucketKey(class, blockNumber);
        BucketHead head = self.heads[key];
        if (BucketLibrary.hasLanes(BucketHead.unwrap(head))) return (BucketLibrary.front(BucketHead.unwrap(head)), 0);
        page = head.first();
        if (page != 0) id = BucketLibrary.front(BucketPage.unwrap(self.pages[_pageKey(key, page)]));
    }

    /// @notice The head of a bucket.
    function headOf(BlockQueue storage self, SizeClass class, uint256 blockNumber) internal view returns (BucketHead) {
        return self.heads[_bucketKey(class, blockNumber)];
    }

    /// @notice A page of a bucket.
    function pageOf(BlockQueue storage self, SizeClass class, uint256 blockNumber, uint256 page)
        internal
        view
        returns (BucketPage)
    {
        return self.pages[_pageKey(_bucketKey(class, blockNumber), page)];
    }

    /// @dev Page numbers grow along the links, so the one after the last is free.
    function _appendToPages(BlockQueue storage self, uint256 key, BucketHead head, TaskId id)
        private
        returns (BucketHead, uint256 page)
    {
        uint256 last = head.last();
        if (last != 0) {
            BucketPage tail = self.pages[_pageKey(key, last)];
            if (BucketLibrary.hasRoom(BucketPage.unwrap(tail))) {
                self.pages[_pageKey(key, last)] = BucketPage.wrap(BucketLibrary.append(BucketPage.unwrap(tail), id));
                return (head, last);
            }
            self.pages[_pageKey(key, last)] = tail.withNext(last + 1);
        }
        page = last + 1;
        self.pages[_pageKey(key, page)] = BucketPage.wrap(TaskId.unwrap(id)).withPrev(last);
        if (last == 0) head = head.withFirst(page);
        return (head.withLast(page), page);
    }

    /// @dev Unlinks the page when the id was its last.
    function _removeFromPage(BlockQueue storage self, uint256 key, BucketHead head, TaskId id, uint256 page)
        private
        returns (BucketHead)
    {
        BucketPage content =
            BucketPage.wrap(BucketLibrary.remove(BucketPage.unwrap(self.pages[_pageKey(key, page)]), id));
        if (BucketLibrary.hasLanes(BucketPage.unwrap(content))) {
            self.pages[_pageKey(key, page)] = content;
            return head;
        }
        self.pages[_pageKey(key, page)] = BucketPage.wrap(0);
        (uint256 next, uint256 prev) = (content.next(), content.prev());
        if (prev == 0) head = head.withFirst(next);
        else self.pages[_pageKey(key, prev)] = self.pages[_pageKey(key, prev)].withNext(next);
        if (next == 0) head = head.withLast(prev);
        else self.pages[_pageKey(key, next)] = self.pages[_pageKey(key, next)].withPrev(prev);
        return head;
    }

    function _bucketKey(SizeClass class, uint256 blockNumber) private pure returns (uint256) {
        return (uint256(class) << 40) | blockNumber;
    }

    function _pageKey(uint256 bucketKey, uint256 page) private pure returns (uint256) {
        return (page << 48) | bucketKey;
    }
}
