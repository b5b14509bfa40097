"""What task pools say, in Python types. Times are seconds of chain time."""

from __future__ import annotations

from typing import NewType

JobId = NewType("JobId", int)  # `taskId` in a pool's ABI; 1 is a pool's first
