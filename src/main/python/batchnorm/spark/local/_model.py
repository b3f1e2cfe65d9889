"""Local model."""

import copy
import re
import uuid
from typing import Any, Dict, List, Optional

import numpy as np
import numpy.typing as npt

from batchnorm.spark.local import _errors, _frames, _json_model, _saved, _sklearn, _versions
from batchnorm.spark.local._exact import is_enough
from batchnorm.spark.local._files import Folder, PathLike
from batchnorm.spark.local._formula import Recipe, coefficients
from batchnorm.spark.local._groups import GroupNumbers, of_groups
from batchnorm.spark.local._metadata import Metadata
from batchnorm.spark.local._params import Params
from batchnorm.spark.local._saved import SavedGroups
from batchnorm.spark.local._statistics import Learned
from batchnorm.spark.local._transform import Transform

# Name of a column of unnamed features if no input column is set.
_UNNAMED = "feature"

# A folder that a save has not completed, as the Java class AtomicPath names it.
_STAGED = re.compile(r"\.(.+)\.new-([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8})")


class LocalModel:
    """Model that normalizes data in memory, with the results of ``BatchNormModel.transform``, bit for bit.

    Models are created by :meth:`load`, :meth:`from_json` and :meth:`from_sklearn`. They do not change.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.preprocessing import StandardScaler
    >>> model = LocalModel.from_sklearn(StandardScaler().fit([[1.0, 2.0], [3.0, 6.0]]))
    >>> named = model.copy(inputCols=["a", "b"], outputCols=["x", "y"])
    >>> named.transform({"a": np.array([3.0]), "b": np.array([4.0])})["x"]
    array([1.])
    """

    def __init__(
        self, params: Params, learned: Learned, names: Optional[List[str]], groups: Optional[SavedGroups] = None
    ) -> None:
        self._params = params
        self._learned = learned
        self._names = names
        self._groups = groups
        self._statistics = learned.statistics(params.get("correction"))
        self._transform: Optional[Transform] = None

    @staticmethod
    def load(path: PathLike, filesystem: Optional[Any] = None) -> "LocalModel":
        """Reads the model saved at a path by ``BatchNormModel.save``, in Java, Scala or Python, or the newest
        version in a directory of versions. Checksums are compared: a damaged model is an error.

        Parameters
        ----------
        path : str or path
            Folder of the model; a local path, or a URI that Arrow reads, as ``s3://bucket/model``.
        filesystem : pyarrow.fs.FileSystem, optional
            File system of the path, if it needs settings.

        Raises
        ------
        FileNotFoundError
            There is nothing at the path.
        ValueError
            The path has no model, or it is damaged or of a newer format.
        """
        given = Folder.of(path, filesystem)
        if _STAGED.fullmatch(given.base_name):
            raise _errors.unfinished_save(given.name)
        metadata = Metadata(_versions.newest_in(given))
        params = metadata.params()
        learned, names = _saved.model(metadata)
        groups = None
        if params.group_cols is not None or metadata.folder.child("groups").exists():
            features = len(learned.statistics(0).mean)
            groups = _saved.groups(metadata, features, learned.rows or 0)
        return LocalModel(params, learned, names, groups)

    @staticmethod
    def from_json(path: PathLike, filesystem: Optional[Any] = None) -> "LocalModel":
        """Reads the file that ``BatchNormModel.toJson`` wrote."""
        file = Folder.of(path, filesystem)
        params, learned, names = _json_model.read(file)
        model = LocalModel(params, learned, names)
        try:
            model._recipe()
        except ValueError as e:
            raise _errors.not_a_json_model(
                file.name, f"its parameters do not go together ({e})"
            ) from None
        return model

    @staticmethod
    def from_sklearn(scaler: Any) -> "LocalModel":
        """Returns the model that maps like a fitted StandardScaler of scikit-learn, with ``handleInvalid``
        keep. If the scaler knows names of features, the model replaces these columns.
        """
        values, learned, names = _sklearn.from_scaler(scaler)
        params = Params("batchNorm_" + uuid.uuid4().hex[-12:], values)
        return LocalModel(params, learned, names)

    def to_sklearn(self) -> Any:
        """Returns a fitted StandardScaler of scikit-learn that maps like this model, up to rounding: it divides
        where the model multiplies. NaN stays NaN, whatever ``handleInvalid`` is.

        Raises
        ------
        ValueError
            A StandardScaler cannot express the model: it has groups, beta, or integers beyond 2^53, for
            example.
        """
        names = self.feature_names
        return _sklearn.scaler(
            self._learned, self._statistics, self._recipe(), self._params, names, self._names is not None
        )

    def transform(self, data: Any) -> Any:
        """Returns normalized data of the same kind.

        Parameters
        ----------
        data : numpy.ndarray, dict, pandas.DataFrame, pyarrow.Table or pyarrow.RecordBatch
            A matrix has a column for each feature, in the order of the fit. The others have the columns of
            the model's parameters by name, as the data of ``BatchNormModel.transform``: numbers, or arrays
            of numbers for ``inputCol``. Other data that has Arrow's ``__arrow_c_stream__`` becomes a table.

        Raises
        ------
        ValueError
            A column is missing, or values are invalid and ``handleInvalid`` is error.
        TypeError
            The data is of another kind.
        """
        if self._transform is None:
            self._transform = self._planned()
        if isinstance(data, np.ndarray):
            return self._transform.matrix(data)
        return self._transform.frame(_frames.of(data))

    def inverse(self) -> "LocalModel":
        """Returns the model that maps normalized values back. It reads the output columns of this model and
        writes its input columns.
        """
        inverse = self.copy(inverted=not self._params.get("inverted"))
        inverse._require_invertible()
        return inverse

    def copy(self, **params: Any) -> "LocalModel":
        """Returns this model with other values of parameters, as ``handleInvalid="keep"``; None clears one."""
        other = copy.copy(self)
        other._params = self._params.with_values(params)
        other._statistics = self._learned.statistics(other._params.get("correction"))
        other._transform = None
        return other

    @property
    def params(self) -> Dict[str, Any]:
        """The parameters that are set or were saved, by name."""
        return self._params.values()

    @property
    def num_features(self) -> int:
        """The number of features."""
        return len(self._statistics.mean)

    @property
    def feature_names(self) -> List[str]:
        """The names of the features."""
        if self._names is not None:
            return list(self._names)
        column = self._params.get("inputCol") or _UNNAMED
        return [f"{column}_{j}" for j in range(self.num_features)]

    @property
    def mean(self) -> npt.NDArray[np.float64]:
        """The mean of each feature; of a model with groups, that of all rows."""
        return self._statistics.mean.copy()

    @property
    def variance(self) -> npt.NDArray[np.float64]:
        """The variance of each feature, for the correction of the model."""
        return self._statistics.variance.copy()

    @property
    def count(self) -> int:
        """The number of fitted rows, or their total weight, rounded; 0 for known statistics."""
        return round(self._learned.weight)

    def __repr__(self) -> str:
        return f"LocalModel: uid={self._params.uid}, numFeatures={self.num_features}"

    def _recipe(self) -> Recipe:
        features = self.num_features
        gamma = self._params.numbers("gamma", features)
        beta = self._params.numbers("beta", features)
        return Recipe(
            self._params.get("withMean"),
            self._params.get("withStd"),
            float(self._params.get("eps")),
            np.ones(features) if gamma is None else np.array(gamma, np.float64),
            np.zeros(features) if beta is None else np.array(beta, np.float64),
            self._params.get("inverted"),
        )

    def _planned(self) -> Transform:
        self._require_enough_rows()
        self._require_invertible()
        recipe = self._recipe()
        all_rows = coefficients(self._statistics, self.num_features, recipe)
        if self._params.group_cols is None:
            if self._groups is not None:
                kind = self._groups.keys.type
                raise _errors.group_cols_not_set([kind.field(i).name for i in range(kind.num_fields)])
            return Transform(all_rows, None, self._params)
        if self._groups is None:
            raise _errors.no_groups(self._params.uid)
        correction, small = self._params.get("correction"), self._params.get("smallGroup")
        maps = of_groups(self._groups, recipe, correction, small, all_rows)
        return Transform(maps, GroupNumbers(self._groups), self._params)

    def _require_enough_rows(self) -> None:
        rows, weight = self._learned.rows, self._learned.weight
        if rows is None:
            return
        if not is_enough(rows, weight, 0):
            raise _errors.model_of_one_row(self._params.uid, weight)
        if self._learned.is_pooled and not is_enough(rows, weight, self._params.get("correction")):
            raise _errors.model_of_small_weights(self._params.uid, weight)

    def _require_invertible(self) -> None:
        gamma = self._params.get("gamma")
        if self._params.get("inverted") and gamma is not None and 0 in gamma:
            raise _errors.zero_gamma(self.feature_names[gamma.index(0)])
