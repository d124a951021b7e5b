"""Arrays that somebody else owns, as compiled code sees them: no references are counted, no index is negative."""

from __future__ import annotations

import operator
from typing import Any

from numba.core import types
from numba.extending import lower_builtin, models, register_model
from numba.np.arrayobj import getitem_array_tuple, getitem_arraynd_intp, setitem_array


class BorrowedArray(types.Array):  # type: ignore[misc]
    """An array that somebody else owns; so are its parts."""

    def __init__(self, like: Any) -> None:
        name = f"borrowed({like.name})"
        super().__init__(like.dtype, like.ndim, like.layout, not like.mutable, name=name, aligned=like.aligned)

    def copy(self, *arguments: Any, **changes: Any) -> BorrowedArray:
        """Return the type of a part."""
        return BorrowedArray(super().copy(*arguments, **changes))


@register_model(BorrowedArray)
class _BorrowedModel(models.ArrayModel):  # type: ignore[misc]
    def has_nrt_meminfo(self) -> bool:
        return False

    def get_nrt_meminfo(self, _builder: Any, _value: Any) -> None:
        return None

    def traverse(self, _builder: Any) -> list[Any]:
        return []


def _from_start(index: Any) -> Any:
    """Return the index type without a sign: compiled code then need not ask whether it counts from the end."""
    if isinstance(index, types.BaseTuple):
        return types.Tuple([_from_start(each) for each in index])
    return types.Integer.from_bitwidth(index.bitwidth, signed=False) if isinstance(index, types.Integer) else index


@lower_builtin(operator.getitem, BorrowedArray, types.Integer)  # type: ignore[untyped-decorator]
def _item(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    array, index = signature.args
    signature = signature.replace(args=(array, _from_start(index)))
    return getitem_arraynd_intp(context, builder, signature, arguments)


@lower_builtin(operator.getitem, BorrowedArray, types.BaseTuple)  # type: ignore[untyped-decorator]
def _item_of_many(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    array, index = signature.args
    return getitem_array_tuple(context, builder, signature.replace(args=(array, _from_start(index))), arguments)


@lower_builtin(operator.setitem, BorrowedArray, types.Any, types.Any)  # type: ignore[untyped-decorator]
def _set_item(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    array, index, value = signature.args
    signature = signature.replace(args=(array, _from_start(index), value))
    return setitem_array(context, builder, signature, arguments)
