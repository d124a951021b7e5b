"""One pointer for many arrays: how `Problem` and `State` reach the compiled functions.

Numba hands a named tuple to each function array by array, hundreds of words a call. A structref is one pointer, with
the same attribute names inside compiled code; the arrays themselves are shared, not copied.
"""

from __future__ import annotations

from typing import Any

import numba
from numba.core import cgutils, types
from numba.core.imputils import impl_ret_untracked
from numba.experimental import structref
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

from routing.search.arrays import Problem
from routing.search.state import State


class _Fields(types.StructRef):  # type: ignore[misc]
    def preprocess_fields(self, fields: Any) -> Any:
        return tuple((name, types.unliteral(kind)) for name, kind in fields)


@structref.register
class ProblemType(_Fields):
    """Type of a problem's handle in compiled code."""


@structref.register
class StateType(_Fields):
    """Type of a state's handle in compiled code."""


class ProblemHandle(structref.StructRefProxy):  # type: ignore[misc]
    """A problem as compiled code sees it."""


class StateHandle(structref.StructRefProxy):  # type: ignore[misc]
    """A state as compiled code sees it."""


structref.define_proxy(ProblemHandle, ProblemType, list(Problem._fields))
structref.define_proxy(StateHandle, StateType, list(State._fields))


@intrinsic  # type: ignore[untyped-decorator]
def _borrowed(_typing: Any, fields: Any) -> Any:
    """Return the same arrays without an owner, so that compiled code counts no references to them."""
    kinds = tuple(fields)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        values = []
        for i, kind in enumerate(kinds):
            value = builder.extract_value(arguments[0], i)
            if isinstance(kind, types.Array):
                view = make_array(kind)(context, builder, value)
                view.meminfo = cgutils.get_null_value(view.meminfo.type)
                view.parent = cgutils.get_null_value(view.parent.type)
                value = view._getvalue()
            values.append(value)
        made = context.make_tuple(builder, signature.return_type, values)
        return impl_ret_untracked(context, builder, signature.return_type, made)

    return types.Tuple(kinds)(fields), generate


@numba.njit  # type: ignore[untyped-decorator]
def _problem_handle(fields: Any) -> Any:
    return ProblemHandle(*_borrowed(fields))


@numba.njit  # type: ignore[untyped-decorator]
def _state_handle(fields: Any) -> Any:
    return StateHandle(*_borrowed(fields))


class Core:
    """A problem and a state with the pointers that compiled functions take in their place.

    The pointers are good as long as this object lives: it keeps the arrays.
    """

    def __init__(self, problem: Problem, state: State) -> None:
        self.problem, self.state = problem, state
        self.handles = _problem_handle(tuple(problem)), _state_handle(tuple(state))
