"""Commands for `ape run`: deploy, schedule, status, cancel."""
