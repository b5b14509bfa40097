"""What Taskwork's contracts say and understand, in Python types. Imports nothing of ape's."""
