"""A body is put together, hashed and counted while it comes, wherever its parts are cut."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from miatel.api.decoding import BodyBuffer

MARK = b'"time"'


@given(st.lists(st.sampled_from([MARK, b'"ti', b'me"', b'"', b"{},"])), st.data())
def test_a_body_is_the_same_however_it_is_cut(tokens: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(tokens)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)))))
    buffer = BodyBuffer(MARK)
    for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        buffer.add(whole[start:end])

    assert buffer.body() == whole
    assert buffer.digest.hexdigest() == sha256(whole).hexdigest()
    assert buffer.count == whole.count(MARK)
