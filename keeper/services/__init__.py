"""The keeper's decisions about money and timing. Pure: nothing here sees a network or a clock."""
