"""What the keeper must not forget: the journal, the books and the event index.

`database.Store` opens it; `journal`, `books`, `index` and `blocks` are queries to run in it:

    entries = await store.read(lambda db: books.entries(db, since=day))
"""
