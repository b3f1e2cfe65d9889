"""Statistics of a saved model in formats 1, 2 and 3, as the Java classes of these names read them."""

import math
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import numpy as np
import pyarrow as pa

from batchnorm.spark.local._exact import ZERO, Dyadic, FeatureSums, Sums
from batchnorm.spark.local._metadata import Metadata
from batchnorm.spark.local._statistics import Known, Learned, Pooled, Rounded
from batchnorm.spark.local._tables import EXACT, SavedTable, exact, sized

NEWEST = 3

_SHARED = {"formatVersion": "int", "features": "int", "index": "int", "mean": "double"}
_FORMAT_1 = {**_SHARED, "missing": "double", "m2": "double"}
_FORMAT_1_NULLABLE = {"rows": "double", "name": "string", "count": "double"}
_FORMAT_2 = {**_SHARED, "variance": "double"}
_COUNTS = {"rows": "bigint", "notANumber": "bigint", "infinite": "bigint"}
_EXACT = {"weight": EXACT, "sum": EXACT, "squares": EXACT, "missingWeight": EXACT}
_FORMAT_2_NULLABLE = {"name": "string", **_COUNTS, **_EXACT}
_BATCHES = f"struct<sum:{EXACT},squares:{EXACT},notANumber:bigint,infinite:bigint>"
_FORMAT_3 = {**_FORMAT_2, "batches": "bigint", "runningMean": "double", "runningVariance": "double"}
_FORMAT_3_NULLABLE = {**_FORMAT_2_NULLABLE, "batchMeans": _BATCHES, "batchVariances": _BATCHES}

_GROUPS = {
    "formatVersion": "int",
    "rows": "bigint",
    "weight": EXACT,
    "mean": "array<double>",
    "variance": "array<double>",
    "sum": f"array<{EXACT}>",
    "squares": f"array<{EXACT}>",
    "notANumber": "array<bigint>",
    "infinite": "array<bigint>",
}
_GROUPS_NULLABLE = {"missingWeight": f"array<{EXACT}>"}

_MIXED = "its data has rows that do not belong together"


class SavedModel(NamedTuple):
    """Statistics of all rows, and the names of the features, if they have any."""

    learned: Learned
    names: Optional[List[str]]


class SavedGroups(NamedTuple):
    """Statistics of groups.

    :ivar keys: values of the group columns, as a struct of Arrow
    :ivar types: types of the group columns as Spark names them
    """

    keys: Any
    types: List[Any]
    learned: Pooled


def model(metadata: Metadata) -> SavedModel:
    """Reads the statistics of all rows."""
    table = SavedTable(metadata, "data")
    table.require_columns({"formatVersion": "int"})
    if len(table) == 0:
        raise table.error("its data is empty")
    table.require_version(NEWEST)
    is_old = "sum" not in table
    is_running = not is_old and all(name in table for name in (*_FORMAT_3, *_FORMAT_3_NULLABLE))
    required = _FORMAT_1 if is_old else _FORMAT_3 if is_running else _FORMAT_2
    nullable = _FORMAT_1_NULLABLE if is_old else _FORMAT_3_NULLABLE if is_running else _FORMAT_2_NULLABLE
    table.require_columns({**required, **nullable})
    table.require_checksums()
    table.require_values(required, nullable)
    _require_rows(table, (1,) if is_old else (2, 3) if is_running else (2,))
    return _format_1(table) if is_old else _format_2(table, is_running)


def _require_rows(table: SavedTable, versions: Tuple[int, ...]) -> None:
    """Requires a row for each feature, all of one model, and puts them in order."""
    found = {name: table.values(name) for name in ("formatVersion", "features", "rows", "index")}
    features = found["features"][0]
    unnamed = {name is None for name in table.values("name")}
    if any(len(set(found[name])) > 1 for name in ("formatVersion", "features", "rows")) or len(unnamed) > 1:
        raise table.error(_MIXED)
    if found["formatVersion"][0] not in versions or not all(0 <= j < features for j in found["index"]):
        raise table.error(_MIXED)
    distinct = len(set(found["index"]))
    if distinct != features:
        raise table.error(f"its data has {distinct} of {features} features")
    if len(table) != features:
        raise table.error(f"its data has {len(table)} rows of {features} features")
    table.sort_by(np.argsort(found["index"], kind="stable"))


def _names(table: SavedTable) -> Optional[List[str]]:
    names = table.values("name")
    return None if names[0] is None else names


def _format_1(table: SavedTable) -> SavedModel:
    mean, m2, missing = (table.doubles(name) for name in ("mean", "m2", "missing"))
    total, counts = table.values("rows")[0], table.values("count")
    if any((count is None) != (total is None) for count in counts):
        raise table.error(_MIXED)
    weight = np.array([0.0 if count is None else count for count in counts])
    weights = np.stack([weight, missing, np.full(len(mean), total or 0.0)])
    possible = np.all((weights >= 0) & np.isfinite(weights), axis=0) & ~np.isinf(mean) & ~(m2 < 0)
    possible &= ~(np.isnan(mean) & ((weight > 0) | (total is None)))
    if not possible.all():
        feature = int(np.argmin(possible))
        raise table.error(f"its data has numbers of feature {feature} that cannot be")
    learned = Known(mean, m2) if total is None else Rounded(total, mean, m2, weight)
    return SavedModel(learned, _names(table))


def _format_2(table: SavedTable, is_running: bool) -> SavedModel:
    mean, variance = table.doubles("mean"), table.doubles("variance")
    sums = _sums(table)
    if "min" in table or "max" in table:
        table.require_columns({"min": "double", "max": "double"})
        is_pooled = sums is not None and table.values("formatVersion")[0] == 2
        lows, highs = table.values("min"), table.values("max")
        _require_extremes(table, "data", len(table), lows, highs, mean.tolist() if is_pooled else None)
    # A model of format 2 may have columns of format 3 that are not its own.
    if not is_running or table.values("formatVersion")[0] == 2:
        if sums is None:
            return SavedModel(Known(mean, variance), _names(table))
        pooled = Pooled(sums, mean, variance)
        _require_statistics(table, "data", pooled)
        return SavedModel(pooled, _names(table))
    _require_running(table, sums is None)
    return SavedModel(Known(mean, variance, sums), _names(table))


def _sums(table: SavedTable) -> Optional[Sums]:
    """Returns the exact sums of all rows; none for known statistics."""
    nulls = {table.column(name).null_count for name in (*_COUNTS, *_EXACT)}
    if nulls == {len(table)}:
        return None
    if nulls != {0}:
        raise table.error(_MIXED)
    numbers = {name: table.exact(name) for name in _EXACT}
    counts = {name: table.values(name) for name in _COUNTS}
    if len(set(numbers["weight"])) > 1 or any(min(count) < 0 for count in counts.values()):
        raise table.error(_MIXED)
    if not all(number.is_of_doubles() for column in numbers.values() for number in column):
        raise table.error(_MIXED)
    return Sums(
        len(table),
        counts["rows"][:1],
        numbers["weight"][:1],
        numbers["sum"],
        numbers["squares"],
        [a + b for a, b in zip(counts["notANumber"], counts["infinite"])],
        numbers["missingWeight"],
        table.values("integers") if "integers" in table else None,
    )


def _require_statistics(table: SavedTable, part: str, pooled: Pooled) -> None:
    """Requires that mean and variance are those of the sums, if no checksum was compared."""
    if table.is_checked:
        return
    features = pooled.sums.features
    for at, (mean, variance) in enumerate(zip(pooled.mean.tolist(), pooled.variance.tolist())):
        sums = pooled.sums.feature(at)
        if not (_same(sums.mean(), mean) and _same(sums.variance(0), variance)):
            raise _not_of_its_sums(table, part, at % features)


def _require_extremes(
    table: SavedTable,
    part: str,
    features: int,
    lows: List[Any],
    highs: List[Any],
    means: Optional[List[float]],
) -> None:
    """Requires possible minima and maxima, which no local model uses, if no checksum was compared."""
    if table.is_checked:
        return
    for at, (low, high) in enumerate(zip(lows, highs)):
        if low is None and high is None:
            continue
        mean = low if means is None else means[at]
        finite = low is not None and high is not None and math.isfinite(low) and math.isfinite(high)
        if not finite or not low <= mean <= high:
            which = f"minimum and maximum of feature {at % features} in its {part}"
            raise table.error(f"{which} are not those of its values")


def _require_running(table: SavedTable, are_known: bool) -> None:
    """Requires possible running statistics, and those of the batches."""
    batches, mean, variance = (table.values(name) for name in ("batches", "runningMean", "runningVariance"))
    means, variances = table.column("batchMeans"), table.column("batchVariances")
    cumulative = means.null_count == 0
    if means.null_count not in (0, len(table)) or means.null_count != variances.null_count:
        raise table.error(_MIXED)
    if len(set(batches)) > 1 or batches[0] < 0 or (are_known and cumulative):
        raise table.error(_MIXED)
    if any(math.isnan(m) or not v >= 0 for m, v in zip(mean, variance)):
        raise table.error(_MIXED)
    if table.is_checked:
        return
    expected = list(zip(mean, variance))
    if cumulative:
        expected = list(zip(_averages(means, batches[0], 0.0), _averages(variances, batches[0], 1.0)))
    for j, (m, v) in enumerate(zip(table.values("mean"), table.values("variance"))):
        if not (_same(m, expected[j][0]) and _same(v, expected[j][1])):
            raise _not_of_its_sums(table, "data", j)


def _averages(values: Any, batches: int, none: float) -> List[float]:
    """Returns the mean of the means or variances of the batches."""
    parts: Dict[str, Any] = {values.type.field(i).name: part for i, part in enumerate(values.flatten())}
    sums = exact(parts["sum"])
    missing, infinite = parts["notANumber"].to_pylist(), parts["infinite"].to_pylist()
    averages = []
    for j, total in enumerate(sums):
        weight = batches - missing[j] - infinite[j]
        mean = FeatureSums(Dyadic(weight, 0), total, ZERO, weight, False).mean() if weight else none
        averages.append(math.inf if none == 1.0 and infinite[j] else mean)
    return averages


def groups(metadata: Metadata, features: int, rows: int) -> SavedGroups:
    """Reads the statistics of groups."""
    table = SavedTable(metadata, "groups")
    table.require_version(NEWEST)
    if "group" not in table or not pa.types.is_struct(table.column("group").type):
        raise table.error("its groups have no struct 'group'")
    optional = {"integers": "array<boolean>"} if "integers" in table else {}
    if "min" in table or "max" in table:
        optional.update(min="array<double>", max="array<double>")
    table.require_columns({**_GROUPS, **_GROUPS_NULLABLE, **optional})
    found = sum(table.values("rows"))
    if found != rows:
        raise table.error(f"its groups have {found} of {rows} rows")
    table.require_checksums()
    table.require_values(_GROUPS, {**_GROUPS_NULLABLE, **optional})
    for name, kind in {**_GROUPS, **_GROUPS_NULLABLE, **optional}.items():
        if kind.startswith("array"):
            for size in sized(table.column(name)):
                if size not in (features, None):
                    raise table.error(f"a group has {size} of {features} features")
    keys = table.column("group")
    if keys.null_count:
        raise table.lacks("a null in 'group'")
    pooled = Pooled(_group_sums(table, features), table.doubles("mean"), table.doubles("variance"))
    _require_statistics(table, "groups", pooled)
    if "min" in optional:
        lows, highs = (
            [None if x is None or math.isnan(x) else x for x in _all_elements(table, name, features)]
            for name in ("min", "max")
        )
        _require_extremes(table, "groups", features, lows, highs, pooled.mean.tolist())
    return SavedGroups(keys, _key_types(table, keys), pooled)


def _group_sums(table: SavedTable, features: int) -> Sums:
    exacts = [table.exact("weight"), table.exact("sum"), table.exact("squares")]
    missing_weight = _all_elements(table, "missingWeight", features)
    missing = [ZERO if number is None else _dyadic(number) for number in missing_weight]
    for numbers in (*exacts, missing):
        if not all(number.is_of_doubles() for number in numbers):
            raise table.error("its groups have sums that cannot be")
    counts = zip(table.values("notANumber"), table.values("infinite"))
    return Sums(
        features,
        table.values("rows"),
        exacts[0],
        exacts[1],
        exacts[2],
        [a + b for a, b in counts],
        missing,
        _all_elements(table, "integers", features) if "integers" in table else None,
    )


def _dyadic(number: Dict[str, Any]) -> Dyadic:
    return Dyadic(int.from_bytes(number["significand"], "big", signed=True), number["exponent"])


def _all_elements(table: SavedTable, name: str, features: int) -> List[Any]:
    """Returns the elements of arrays; a null array has as many nulls."""
    elements: List[Any] = []
    for array in table.column(name).to_pylist():
        elements.extend([None] * features if array is None else array)
    return elements


def _key_types(table: SavedTable, keys: Any) -> List[Any]:
    """Returns the types of the group columns, as Spark names them or else of Arrow."""
    described = table.spark_type("group")
    if described is not None:
        return [field["type"] for field in described["fields"]]
    return [keys.type.field(i).type for i in range(keys.type.num_fields)]


def _not_of_its_sums(table: SavedTable, part: str, feature: int) -> ValueError:
    return table.error(f"mean and variance of feature {feature} in its {part} are not those of its sums")


def _same(a: float, b: float) -> bool:
    return a == b or (math.isnan(a) and math.isnan(b))
