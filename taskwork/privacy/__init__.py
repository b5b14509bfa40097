"""Inputs and results of jobs that only requester and worker can read.

Two phases: the input is posted encrypted under a key of its own; once a worker holds the claim, the
requester seals that key to the worker. The worker seals the result to the requester. The chain
sees ciphertexts and their hashes; their length is all that they tell.

    posted = encrypt_input(b"What is AI?", InputContext(chain_id, pool, requester))  # then post it
    sealed = seal_key(posted, worker_key, ClaimContext(chain_id, pool, job, worker))  # then send it

    key = open_key(sealed, own_key, job_context, posted_text)
    prompt = open_input(posted_text, key, input_context)
    result = seal_result(b"An answer.", requester_key, job_context)

Install it with the extra `privacy`.
"""
