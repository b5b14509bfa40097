"""Zero-knowledge proofs of jobs: keys, proofs, provers, and the verifiers that go on chain.

Groth16 on BN254 (EIP-196, EIP-197), circuits in circom. Import from the modules:

    curve       points of BN254 and the two fields
    keys        verification keys, and their hash on chain
    proofs      proofs, encoded as the contracts take them
    verify      checks a proof without a chain
    prove       makes one
    generator   writes the Solidity of a verification key
    digits      the digit model that the circuits prove
"""
