"""Commands for `ape run`: deploy, schedule, status, cancel, pool, post, pool-status."""
