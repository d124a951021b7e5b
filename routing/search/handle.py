"""One pointer for many arrays: how `Problem` and `State` reach the compiled functions.

Numba hands a named tuple to each function array by array, hundreds of words a call, and counts references to each
array it touches. Here a function gets one pointer to a record of borrowed arrays instead: the same attribute names,
no copies and no counting, which makes the search several times as fast. The arrays belong to a `Core`, and the
pointers are good as long as it lives.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    NativeValue,
    infer_getattr,
    intrinsic,
    lower_getattr_generic,
    models,
    register_model,
    typeof_impl,
    unbox,
)
from numba.np.arrayobj import make_array

from routing.search.arrays import Problem
from routing.search.borrowed import BorrowedArray
from routing.search.compiled import compiled
from routing.search.state import State


class Record(types.Type):  # type: ignore[misc]
    """Type of a pointer to a record with these fields."""

    def __init__(self, fields: tuple[tuple[str, Any], ...]) -> None:
        self.fields = fields
        super().__init__(name=f"Record({fields})")

    @property
    def key(self) -> Any:
        """What makes two record types the same."""
        return self.fields


@register_model(Record)
class _RecordModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, cgutils.voidptr_t)


class Handle:
    """A pointer to a record, as Python holds it."""

    def __init__(self, kind: Record, words: np.ndarray[Any, Any]) -> None:
        self.kind, self.words, self.address = kind, words, words.ctypes.data


@typeof_impl.register(Handle)  # type: ignore[untyped-decorator]
def _typeof_handle(handle: Handle, _context: Any) -> Record:
    return handle.kind


@unbox(Record)  # type: ignore[untyped-decorator]
def _unbox_handle(_kind: Any, value: Any, c: Any) -> Any:
    number = c.pyapi.object_getattr_string(value, "address")
    pointer = c.pyapi.long_as_voidptr(number)
    c.pyapi.decref(number)
    return NativeValue(pointer)


@infer_getattr
class _RecordAttributes(AttributeTemplate):  # type: ignore[misc]
    key = Record

    def generic_resolve(self, kind: Record, name: str) -> Any:
        return dict(kind.fields).get(name)


@lower_getattr_generic(Record)  # type: ignore[untyped-decorator]
def _load_field(context: Any, builder: Any, kind: Record, pointer: Any, name: str) -> Any:
    index = [field for field, _ in kind.fields].index(name)
    return builder.load(_field(context, builder, tuple(each for _, each in kind.fields), pointer, index))


def _field(context: Any, builder: Any, kinds: tuple[Any, ...], pointer: Any, index: int) -> Any:
    record = ir.LiteralStructType([context.get_value_type(kind) for kind in kinds])
    return cgutils.gep_inbounds(builder, builder.bitcast(pointer, record.as_pointer()), 0, index)


@intrinsic  # type: ignore[untyped-decorator]
def _write_record(_typing: Any, address: Any, fields: Any) -> Any:
    """Write the fields of a tuple to memory as a record, arrays without their owners."""
    kinds = tuple(fields)

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        pointer = builder.inttoptr(arguments[0], cgutils.voidptr_t)
        for index in range(len(kinds)):
            value = builder.extract_value(arguments[1], index)
            if isinstance(kinds[index], types.Array):
                array = make_array(kinds[index])(context, builder, value)
                array.meminfo = cgutils.get_null_value(array.meminfo.type)
                array.parent = cgutils.get_null_value(array.parent.type)
                value = array._getvalue()
            builder.store(value, _field(context, builder, kinds, pointer, index))
        return context.get_dummy_value()

    return types.void(address, fields), generate


@compiled
def _write(address: int, fields: Any) -> None:
    _write_record(address, fields)


def _handle(fields: NamedTuple) -> Handle:
    from numba import typeof

    kinds = [typeof(value) for value in fields]
    borrowed = [BorrowedArray(kind) if isinstance(kind, types.Array) else kind for kind in kinds]
    # An array is five words and two for each dimension: owner, parent, counts, data, shape and strides.
    words = sum(5 + 2 * kind.ndim if isinstance(kind, types.Array) else 1 for kind in kinds)
    record = np.zeros(words, np.int64)
    _write(record.ctypes.data, tuple(fields))
    return Handle(Record(tuple(zip(fields._fields, borrowed, strict=True))), record)


class Core:
    """A problem and a state, and the handles that compiled functions take in their place."""

    def __init__(self, problem: Problem, state: State) -> None:
        self.problem, self.state = problem, state
        self.handles: tuple[Any, Any] = _handle(problem), _handle(state)
