"""What sets the toolchain up and checks the tree. Nothing here is needed at run time."""
