"""Transform of a dataset by coefficients, as the Java package transform does it."""

from dataclasses import replace
from typing import Any, List, NamedTuple, Optional, Sequence

import numpy as np
import numpy.typing as npt

from batchnorm.spark.local import _errors, _images
from batchnorm.spark.local._arrays import Numbers, Vectors, numeric
from batchnorm.spark.local._formula import Coefficients
from batchnorm.spark.local._frames import Frame, Values
from batchnorm.spark.local._groups import GroupNumbers, described
from batchnorm.spark.local._params import Columns, Params

_Maps = npt.NDArray[np.intp]


class Transform(NamedTuple):
    """Coefficients and parameters of a transform.

    :ivar groups: None if all rows have the same coefficients; else the last map is that of all rows
    """

    coefficients: Coefficients
    groups: Optional[GroupNumbers]
    params: Params

    def matrix(self, matrix: Any) -> Any:
        """Returns the images of a matrix of NumPy."""
        if self.groups is not None:
            raise _errors.matrix_has_no_groups(self.params.group_cols or [])
        numbers = numeric(matrix)
        if matrix.ndim != 2 or numbers is None:
            raise _errors.not_a_matrix(f"{matrix.ndim} dimensions of {matrix.dtype}")
        if np.ma.isMaskedArray(matrix):
            numbers = np.where(np.ma.getmaskarray(matrix), np.nan, numbers)
        features = self.coefficients.features
        if matrix.shape[1] != features:
            raise _errors.wrong_column_count(matrix.shape[1], features)
        if numbers.dtype.kind == "i":
            images = np.empty(numbers.shape)
            for j in range(features):
                images[:, j] = _images.of_column(self.coefficients, j, numbers[:, j])
            return images
        handling = self.params.get("handleInvalid")
        if handling != "keep" and not np.isfinite(numbers).all():
            finite = np.isfinite(numbers).all(axis=1)
            if handling == "error":
                row = numbers[np.argmin(finite)]
                j = int(np.argmin(np.isfinite(row)))
                raise _errors.invalid_value(self._matrix_name(j), float(row[j]))
            numbers = numbers[finite]
        return _images.of_matrix(self.coefficients, numbers)

    def _matrix_name(self, j: int) -> str:
        try:
            columns = self.params.columns()
        except ValueError:
            return str(j)
        return _name(columns.inputs, j, self.coefficients.features)

    def frame(self, frame: Frame) -> Any:
        """Returns a dataset with the output columns."""
        columns = self.params.columns()
        names = [frame.column(name) for name in columns.inputs]
        inputs = self._inputs(frame, columns, names)
        outputs = _outputs(frame, columns, names, self.params.get("inverted"))
        if self.params.get("handleInvalid") == "skip":
            finite = np.logical_and.reduce([values.is_finite() for values in inputs])
            if not finite.all():
                frame = frame.kept(finite)
                inputs = [values.kept(finite) for values in inputs]
        maps = self._maps(frame)
        if self.params.get("handleInvalid") == "error":
            self._require_finite(inputs, names, maps)
        images = self._images(inputs, maps)
        if columns.one_output != columns.one_input:
            images = [_together(images)] if columns.one_output else _apart(images[0])
        absent = None if maps is None else maps < 0
        if absent is not None and absent.any():
            images = [_without(each, absent) for each in images]
        sources = names if len(names) == len(outputs) else names[:1] * len(outputs)
        return frame.with_columns(list(zip(outputs, images, sources)))

    def _inputs(self, frame: Frame, columns: Columns, names: Sequence[str]) -> List[Values]:
        features = self.coefficients.features
        inputs = []
        for name in names:
            values = frame.values(name)
            if values is None or (isinstance(values, Vectors) and not columns.one_input):
                make = _errors.not_a_feature_column if columns.one_input else _errors.not_a_numeric_column
                raise make(name, frame.type_of(name))
            inputs.append(values)
        if isinstance(inputs[0], Vectors):
            width = inputs[0].values.shape[1]
            if width != features and (len(frame) > 0 and not _all_absent(inputs[0])):
                raise _errors.wrong_width(names[0], width, features)
            if width != features:
                absent = np.ones(len(frame), bool)
                inputs = [Vectors(np.full((len(frame), features), np.nan), absent)]
        elif len(inputs) != features:
            raise _errors.wrong_column_count(len(inputs), features)
        return inputs

    def _maps(self, frame: Frame) -> Optional[_Maps]:
        """Returns the number of the map of each row, -1 for one that becomes null; none without groups."""
        if self.groups is None:
            return None
        names = [frame.column(name) for name in self.params.group_cols or []]
        keys = [frame.key(name) for name in names]
        maps = self.groups.of_rows(names, keys)
        unseen = np.flatnonzero(maps < 0)
        policy = self.params.get("unseenGroup")
        if len(unseen) and policy == "error":
            values = [key[int(unseen[0])].as_py() for key in keys]
            raise _errors.unseen_group(described(self.params.group_cols or [], values))
        if policy == "global":
            maps[unseen] = len(self.coefficients.center) - 1
        return maps

    def _require_finite(
        self, inputs: Sequence[Values], names: Sequence[str], maps: Optional[_Maps]
    ) -> None:
        finite = np.logical_and.reduce([values.is_finite() for values in inputs])
        if maps is not None:
            finite |= maps < 0
        if finite.all():
            return
        row = int(np.argmin(finite))
        first = inputs[0]
        if isinstance(first, Vectors):
            if first.absent is not None and first.absent[row]:
                raise _errors.invalid_value(names[0], float("nan"))
            j = int(np.argmin(np.isfinite(first.values[row])))
            raise _errors.invalid_value(f"{names[0]}[{j}]", float(first.values[row, j]))
        for name, values in zip(names, inputs):
            if isinstance(values, Numbers) and not values.is_finite()[row]:
                missing = values.nulls is not None and values.nulls[row]
                raise _errors.invalid_value(name, float("nan") if missing else float(values.values[row]))

    def _images(self, inputs: Sequence[Values], maps: Optional[_Maps]) -> List[Values]:
        return [self._image(j, values, maps) for j, values in enumerate(inputs)]

    def _image(self, j: int, values: Values, maps: Optional[_Maps]) -> Values:
        if isinstance(values, Numbers):
            images = _images.of_column(self.coefficients, j, values.values, maps)
            return replace(values, values=images)
        if maps is None:
            return replace(values, values=_images.of_matrix(self.coefficients, values.values))
        matrix = np.empty(values.values.shape)
        for k in range(self.coefficients.features):
            matrix[:, k] = _images.of_column(self.coefficients, k, values.values[:, k], maps)
        return replace(values, values=matrix)


def _outputs(frame: Frame, columns: Columns, names: Sequence[str], inverted: bool) -> List[str]:
    """Returns the names of the written columns: new ones, or those of the columns that they replace."""
    outputs = []
    for i, name in enumerate(columns.outputs):
        existing = frame.find(name)
        in_place = len(names) == len(columns.outputs) and existing == names[i]
        if existing is not None and not in_place and not inverted:
            raise _errors.output_column_exists(name)
        outputs.append(name if existing is None else existing)
    return outputs


def _together(images: Sequence[Values]) -> Values:
    """Returns one column of all features; a null among numbers becomes NaN."""
    return Vectors(np.stack([each.with_nan() for each in images if isinstance(each, Numbers)], axis=1))


def _apart(images: Values) -> List[Values]:
    """Returns a column of each feature."""
    if isinstance(images, Numbers):
        return [images]
    return [Numbers(column, images.absent) for column in images.values.T]


def _without(values: Values, absent: Any) -> Values:
    """Returns values with more nulls."""
    if isinstance(values, Vectors):
        return replace(values, absent=absent if values.absent is None else absent | values.absent)
    return replace(values, nulls=absent if values.nulls is None else absent | values.nulls)


def _all_absent(values: Vectors) -> bool:
    return values.absent is not None and bool(values.absent.all())


def _name(names: Sequence[str], j: int, features: int) -> str:
    return names[j] if len(names) == features else f"{names[0]}[{j}]"
