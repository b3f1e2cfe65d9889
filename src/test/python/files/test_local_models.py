"""Local models read what Java and Python saved, without Spark, and refuse what is damaged."""

import doctest
import json
import math
import pickle
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.fs
import pyarrow.parquet
import pytest
from sklearn.preprocessing import StandardScaler

import batchnorm.spark.local
from batchnorm.spark.local import LocalModel

# A transform of any numbers is silent.
pytestmark = pytest.mark.filterwarnings("error")

FIXTURES = Path("src/test/resources/fixtures")
WRITERS = sorted(path for path in (FIXTURES / "golden").iterdir() if path.is_dir())
FORMS = ["columns", "vectors", "groups", "exponential", "cumulative", "versions", "versions/version=1", "model.json"]

ROWS = pd.read_csv(FIXTURES / "golden" / "rows.csv", keep_default_na=False, na_values={"a": "", "b": ""})
ROWS["store"] = ROWS["store"].replace("", None)
GOLDEN = WRITERS[0] / "columns"


def load(path):
    return LocalModel.from_json(path) if path.suffix == ".json" else LocalModel.load(path)


def data(model):
    """The rows of the golden models, as the model reads them."""
    if "inputCol" not in model.params:
        return ROWS
    return pd.DataFrame({model.params["inputCol"]: list(ROWS[["a", "b"]].to_numpy())})


def bits(array):
    return np.where(np.isnan(array), np.nan, array).view(np.uint64).tolist()


def normalized(model):
    result = model.transform(data(model))
    if "outputCols" in model.params:
        return result[model.params["outputCols"]].to_numpy()
    return np.stack(result[model.params["outputCol"]].to_list())


@pytest.mark.parametrize("form", FORMS)
def test_all_writers_saved_models_of_the_same_results(form):
    models = [load(writer / form) for writer in WRITERS]
    assert len(models) == 8
    results = [bits(normalized(model)) for model in models]
    assert all(result == results[0] for result in results)
    # Without rows of one group all forms of the statistics of all rows are the same.
    if form in ("vectors", "versions", "model.json"):
        assert results[0] == bits(normalized(load(WRITERS[0] / "columns")))


def test_results_are_those_of_the_formula():
    model = load(GOLDEN)
    x = ROWS[["a", "b"]].to_numpy()
    expected = (x - model.mean) * (1 / np.sqrt(model.variance + model.params["eps"])) + 0.0
    assert bits(normalized(model)) == bits(expected)
    assert bits(model.transform(x)) == bits(expected)
    assert model.num_features == 2 and model.feature_names == ["a", "b"] and model.count == 11


def test_every_kind_of_data_gives_the_same_numbers():
    model = load(GOLDEN)
    expected = bits(normalized(model))
    columns = {"a": ROWS["a"].to_numpy(), "b": ROWS["b"].to_numpy()}
    table = pa.table({name: pa.array(values) for name, values in columns.items()})
    assert bits(model.transform(columns)["normalized"]) == expected
    assert bits(np.stack(model.transform(table)["normalized"].to_pylist())) == expected
    batch = model.transform(table.to_batches()[0])
    assert isinstance(batch, pa.RecordBatch) and bits(np.stack(batch["normalized"].to_pylist())) == expected
    assert bits(model.transform(np.asfortranarray(ROWS[["a", "b"]].to_numpy()))) == expected
    assert bits(pickle.loads(pickle.dumps(model)).transform(columns)["normalized"]) == expected
    assert list(columns) == ["a", "b"]


def test_columns_are_replaced_in_place_and_others_stay():
    model = load(GOLDEN).copy(outputCol=None, outputCols=["a", "b"])
    result = model.transform(ROWS)
    assert list(result.columns) == list(ROWS.columns) and result["batch"].equals(ROWS["batch"])
    assert not result["a"].equals(ROWS["a"])
    restored = model.inverse().transform(result)
    assert np.allclose(restored["b"], ROWS["b"], equal_nan=True)


def test_nulls_of_pandas_stay_nulls_of_their_type():
    model = load(GOLDEN).copy(inputCols=["a", "b"], outputCol=None, outputCols=["a", "b"])
    frame = pd.DataFrame({
        "a": pd.array([1, None, 2**53 + 1], "Int64"),
        "b": pd.Series([0.5, None, 1.5], dtype=pd.ArrowDtype(pa.float64())),
    })
    result = model.transform(frame)
    assert str(result["a"].dtype) == "Float64" and result["a"].isna().tolist() == [False, True, False]
    assert str(result["b"].dtype) == "double[pyarrow]" and result["b"].isna().tolist() == [False, True, False]
    with pytest.raises(ValueError, match=r"Column 'a' has a missing value \(null or NaN\); handleInvalid is 'error'"):
        model.copy(handleInvalid="error").transform(frame)
    assert model.copy(handleInvalid="skip").transform(frame).index.tolist() == [0, 2]


def test_a_matrix_drops_or_refuses_rows():
    model = load(GOLDEN)
    x = ROWS[["a", "b"]].to_numpy()
    assert len(model.copy(handleInvalid="skip").transform(x)) == len(x) - 1
    with pytest.raises(ValueError, match="Column 'b' has a missing value"):
        model.copy(handleInvalid="error").transform(x)
    with pytest.raises(ValueError, match="Column 'a' has the value -Infinity"):
        model.copy(handleInvalid="error").transform(np.array([[-math.inf, 1]]))
    for wrong in (x[:, :1], x[:, 0], x.astype(str)):
        with pytest.raises(ValueError, match="expected a matrix|1 input columns"):
            model.transform(wrong)
    for wrong, name in (([[1.0, 2.0]], "list"), (pd.Series([1.0]), "Series")):
        with pytest.raises(TypeError, match=f"transform got a {name}; expected a matrix of NumPy"):
            model.transform(wrong)
    with pytest.raises(ValueError, match="which a matrix has no column for"):
        load(WRITERS[0] / "groups").transform(x)


def test_groups_that_were_not_fitted_on():
    model = load(WRITERS[0] / "groups")
    frame = pd.DataFrame({"store": ["north", "east"], "a": [1.0, 2.0], "b": [3.0, 4.0]})
    with pytest.raises(ValueError, match="Group store=east was not fitted on; unseenGroup is 'error'"):
        model.transform(frame)
    nulls = model.copy(unseenGroup="null").transform(frame)["normalized"]
    assert nulls[1] is None and not np.isnan(nulls[0]).any()
    expected = load(GOLDEN).transform(frame)["normalized"][1]
    assert bits(model.copy(unseenGroup="global").transform(frame)["normalized"][1]) == bits(expected)
    with pytest.raises(ValueError, match="Group column 'store' has type bigint; the model was fitted on groups of type"):
        model.transform(frame.assign(store=[1, 2]))


# What is installed besides, and would be found without this, is not there.
BLOCKED = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {names}:
            raise ModuleNotFoundError("No module named " + name, name=name)
sys.meta_path.insert(0, Blocked())
"""


def run(script, *blocked):
    program = BLOCKED.replace("{names}", repr(set(blocked) or {""})) + script
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)


def test_it_needs_no_spark_no_pandas_and_no_sklearn():
    script = (
        "import numpy\nfrom batchnorm.spark.local import LocalModel\n"
        f"model = LocalModel.load({str(GOLDEN)!r})\n"
        "print(model.transform(numpy.ones((1, 2))).shape, 'pyspark' in sys.modules)\n"
    )
    assert run(script).stdout == "(1, 2) False\n"
    done = run(script, "pyspark", "py4j", "pandas", "sklearn", "scipy")
    assert done.stdout == "(1, 2) False\n", done.stderr


@pytest.mark.parametrize(
    "module, package, script",
    [
        ("pyarrow", "pyarrow", "import batchnorm.spark.local"),
        ("numpy", "numpy", "import batchnorm.spark.local"),
        (
            "sklearn",
            "scikit-learn",
            f"from batchnorm.spark.local import LocalModel\nLocalModel.load({str(GOLDEN)!r}).to_sklearn()",
        ),
    ],
)
def test_a_missing_package_is_named(module, package, script):
    done = run(script, module)
    expected = f"batchnorm.spark.local needs {module}, which is not installed. Install it with: pip install {package}\n"
    assert done.returncode != 0 and done.stderr.endswith(f"ImportError: {expected}")


def test_examples_of_the_documentation_run():
    for module in (batchnorm.spark.local, sys.modules[LocalModel.__module__]):
        result = doctest.testmod(module)
        assert result.failed == 0 and result.attempted >= 4


def test_any_file_system_of_arrow():
    system = pyarrow.fs.SubTreeFileSystem(str(WRITERS[0].resolve()), pyarrow.fs.LocalFileSystem())
    expected = load(GOLDEN).mean.tolist()
    assert LocalModel.load("columns", filesystem=system).mean.tolist() == expected
    assert LocalModel.load(GOLDEN.resolve().as_uri()).mean.tolist() == expected
    assert LocalModel.load("file:" + str(GOLDEN.resolve())).mean.tolist() == expected


def part(folder, name):
    (file,) = [path for path in (folder / name).iterdir() if path.name[0] not in "._"]
    return file


def rewritten(file, change):
    pyarrow.parquet.write_table(change(pyarrow.parquet.read_table(pa.BufferReader(file.read_bytes()))), file)


def with_value(table, column, values):
    return table.set_column(table.schema.names.index(column), table.schema.field(column), pa.array(values, table.schema.field(column).type))


def truncated(file):
    file.write_bytes(file.read_bytes()[:-20])


def flipped(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 3] ^= 4
    file.write_bytes(content)


# Damages of the golden model of groups, each with the error.
DAMAGES = {
    "no metadata": (lambda m: shutil.rmtree(m / "metadata"), "it has no folder 'metadata'"),
    "empty metadata": (lambda m: part(m, "metadata").write_text(""), "its metadata is empty"),
    "truncated metadata": (lambda m: truncated(part(m, "metadata")), "its metadata is not JSON"),
    "flipped bit of metadata": (lambda m: flipped(part(m, "metadata")), "its metadata differs from its checksum|is not JSON"),
    "edited parameter": (
        lambda m: part(m, "metadata").write_text(part(m, "metadata").read_text().replace('"eps":0.25', '"eps":0.5')),
        "its metadata differs from its checksum",
    ),
    "other class": (lambda m: other_class(m), "it holds a batchnorm.spark.BatchNorm"),
    "no data": (lambda m: shutil.rmtree(m / "data"), "it has no folder 'data'"),
    "no file of data": (lambda m: part(m, "data").unlink(), "its folder 'data' has no files"),
    "truncated data": (lambda m: truncated(part(m, "data")), "Folder 'data' of the saved stage at .* cannot be read"),
    "truncated groups": (lambda m: truncated(part(m, "groups")), "Folder 'groups' of the saved stage at .* cannot be read"),
    "no groups": (lambda m: shutil.rmtree(m / "groups"), "it has no folder 'groups'"),
    "changed mean": (
        lambda m: rewritten(part(m, "data"), lambda t: with_value(t, "mean", [1.0, 2.0])),
        "its data has a row that differs from its checksum",
    ),
    "changed checksum": (
        lambda m: rewritten(part(m, "data"), lambda t: with_value(t, "checksum", [1, 2])),
        "its data has a row that differs from its checksum",
    ),
    "missing row": (
        lambda m: rewritten(part(m, "data"), lambda t: t.slice(1)), "its data has other rows than were saved",
    ),
    "missing column": (
        lambda m: rewritten(part(m, "data"), lambda t: t.drop_columns(["sum"])), "its data has no column",
    ),
    "data of another model": (
        lambda m: shutil.copy(part(WRITERS[0] / "exponential", "data"), part(m, "data")),
        "its data has other rows than were saved",
    ),
    "doubled group": (
        lambda m: shutil.copy(part(m, "groups"), part(m, "groups").with_name("part-1.parquet")),
        "its groups have 18 of 9 rows",
    ),
    "changed key": (
        lambda m: rewritten(part(m, "groups"), renamed_store), "its groups have a row that differs from its checksum",
    ),
    "newer format": (
        lambda m: rewritten(part(m, "data"), lambda t: with_value(t, "formatVersion", [4, 4])),
        "has format version 4; this library reads versions up to 3. Update batchnorm-spark",
    ),
}


def other_class(model):
    text = part(model, "metadata").read_text()
    text = text[: text.index(',"checksums"')] + "}"
    part(model, "metadata").write_text(text.replace("spark.BatchNormModel", "spark.BatchNorm"))


def renamed_store(table):
    stores = pa.array([{"store": "west"} for _ in range(len(table))], table.schema.field("group").type)
    return table.set_column(1, table.schema.field("group"), stores)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_model_is_refused_by_name(tmp_path, damage):
    model = tmp_path / "model"
    shutil.copytree(WRITERS[0] / "groups", model, ignore=shutil.ignore_patterns(".*"))
    assert LocalModel.load(model).num_features == 2
    change, expected = DAMAGES[damage]
    change(model)
    with pytest.raises(ValueError, match=expected) as raised:
        LocalModel.load(model)
    assert str(model) in str(raised.value)


@pytest.mark.parametrize("name, values", [
    ("data", [1e300, None]), ("data", [None, None]), ("data", [math.nan, 0.0]), ("groups", [math.inf, 0.0]),
])
def test_minima_that_cannot_be_are_refused_without_checksums(tmp_path, name, values):
    model = tmp_path / "model"
    shutil.copytree(WRITERS[0].with_name(WRITERS[0].name + "-range") / "groups", model, ignore=shutil.ignore_patterns(".*"))
    metadata = part(model, "metadata")
    metadata.write_text(re.sub(r',"checksums":\{[^}]*\}', "", metadata.read_text()))
    for folder in ("data", "groups"):
        rewritten(part(model, folder), lambda t: t.drop_columns(["checksum"]))
    assert LocalModel.load(model).num_features == 2
    rows = 2 if name == "data" else len(pyarrow.parquet.read_table(part(model, name)))
    changed = values if name == "data" else [values] * rows
    rewritten(part(model, name), lambda t: with_value(t, "min", changed))
    with pytest.raises(ValueError, match=f"minimum and maximum of feature [01] in its {name} are not those of its values"):
        LocalModel.load(model)


def test_every_flipped_byte_is_found_or_without_effect(tmp_path):
    """Parquet has parts that no reader uses; whatever a flipped bit changes in a model is an error."""
    model = tmp_path / "model"
    shutil.copytree(WRITERS[0] / "groups", model, ignore=shutil.ignore_patterns(".*"))
    expected = bits(normalized(LocalModel.load(model)))
    refused = 0
    for name in ("metadata", "data", "groups"):
        file = part(model, name)
        content = file.read_bytes()
        for at in range(0, len(content), max(1, len(content) // 60)):
            file.write_bytes(content[:at] + bytes([content[at] ^ 16]) + content[at + 1 :])
            try:
                assert bits(normalized(LocalModel.load(model))) == expected
            except ValueError as e:
                refused += str(model) in str(e)
            file.write_bytes(content)
    assert refused > 60


@pytest.mark.parametrize("change", ["escape", "absolute", "missing", "length", "edited", "damaged"])
def test_an_incomplete_version_is_not_loaded(tmp_path, change):
    versions = tmp_path / "versions"
    shutil.copytree(WRITERS[0] / "versions", versions)
    assert LocalModel.load(versions).mean.tolist() == LocalModel.load(versions / "version=2").mean.tolist()
    description = versions / "version=2" / "_version.json"
    described = json.loads(description.read_text())
    file = next(iter(described["files"]))
    if change in ("escape", "absolute"):
        (tmp_path / "outside").write_text("12345")
        del described["checksum"]
        described["files"] = {"../../outside" if change == "escape" else str(tmp_path / "outside"): 5}
    elif change == "missing":
        (versions / "version=2" / file).unlink()
    elif change == "length":
        (versions / "version=2" / file).write_bytes((versions / "version=2" / file).read_bytes() + b" ")
    else:
        described["batchId"] += 1
    description.write_text(json.dumps(described)[: 20 if change == "damaged" else None])
    assert LocalModel.load(versions).mean.tolist() == LocalModel.load(versions / "version=1").mean.tolist()
    shutil.rmtree(versions / "version=1")
    with pytest.raises(FileNotFoundError, match=f"Model directory {versions} has no complete version"):
        LocalModel.load(versions)


def test_paths_without_a_model(tmp_path):
    with pytest.raises(FileNotFoundError, match=f"Path {tmp_path}/none does not exist; expected a saved BatchNormModel"):
        LocalModel.load(tmp_path / "none")
    with pytest.raises(ValueError, match="it has no folder 'metadata'"):
        LocalModel.load(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match=f"Path {tmp_path}/file is not a saved BatchNormModel: it has no folder 'metadata'"):
        LocalModel.load(tmp_path / "file")
    with pytest.raises(ValueError, match="it holds a org.apache.spark.ml.PipelineModel"):
        LocalModel.load(FIXTURES / "pipeline")
    assert LocalModel.load(FIXTURES / "pipeline" / "stages" / "0_batchNorm_inPipeline").num_features == 2
    staged = tmp_path / ".model.new-0123abcd"
    shutil.copytree(GOLDEN, staged)
    with pytest.raises(ValueError, match="was left by a save that was interrupted"):
        LocalModel.load(staged)


@pytest.mark.parametrize(
    "change, expected",
    [
        (lambda json: json.replace('"batchnorm-spark"', '"other"'), "its format is not batchnorm-spark"),
        (lambda json: json.replace('"formatVersion" : 1', '"formatVersion" : 2'), "has format version 2"),
        (lambda json: json.replace('"mean"', '"average"', 1), "feature 0 has the unknown key 'average'"),
        (lambda json: json[:-20], "is not a model in JSON"),
        (lambda json: json.replace('"eps"', '"epsilon"'), "it has the unknown parameter 'epsilon'"),
        (lambda json: json.replace('"eps" : 0.25', '"eps" : -1'), "its parameters do not go together"),
    ],
)
def test_a_damaged_file_of_json_is_refused_by_name(tmp_path, change, expected):
    file = tmp_path / "model.json"
    text = (WRITERS[0] / "model.json").read_text()
    assert change(text) != text
    file.write_text(change(text))
    with pytest.raises(ValueError, match=expected) as raised:
        LocalModel.from_json(file)
    assert str(file) in str(raised.value)


# One rounding of ours (of the product) and one of the scaler's (of the quotient), and that of 1 / std.
MOST_ULPS = 3


def ulps(a, b):
    return np.nanmax(np.abs(a - b) / np.spacing(np.maximum(np.abs(a), np.abs(b))))


@pytest.mark.parametrize("correction", [0, 1])
@pytest.mark.parametrize("eps", [0.0, 1e-5])
def test_a_scaler_of_a_model_maps_like_it(correction, eps):
    model = load(GOLDEN).copy(correction=correction, eps=eps, gamma=[1.0, -2.0])
    scaler = model.to_sklearn()
    x = np.random.default_rng(11).normal(0, 1e4, (10_000, 2))
    frame = pd.DataFrame(x, columns=["a", "b"])
    assert ulps(model.transform(x), scaler.transform(frame)) <= MOST_ULPS
    assert ulps(x, scaler.inverse_transform(scaler.transform(frame))) < 1e6
    assert scaler.mean_.tolist() == model.mean.tolist() and scaler.var_.tolist() == model.variance.tolist()
    assert scaler.n_features_in_ == 2 and scaler.feature_names_in_.tolist() == ["a", "b"]
    assert scaler.n_samples_seen_.tolist() == pytest.approx([10.55, 8.55])


@pytest.mark.parametrize("options", [{}, {"with_mean": False}, {"with_std": False}])
def test_a_model_of_a_scaler_maps_like_it(options):
    x = np.random.default_rng(5).normal(1e3, 7, (1000, 3))
    x[:, 2] = 4.0
    x[::7, 1] = np.nan
    scaler = StandardScaler(**options).fit(pd.DataFrame(x, columns=list("abc")))
    model = LocalModel.from_sklearn(scaler)
    result = model.transform(pd.DataFrame(x, columns=list("abc")))
    assert list(result.columns) == ["a", "b", "c"]
    assert ulps(result.to_numpy(), scaler.transform(pd.DataFrame(x, columns=list("abc")))) <= MOST_ULPS
    again = model.to_sklearn()
    for name in ("mean_", "scale_"):
        if getattr(scaler, name) is not None and (name != "mean_" or scaler.with_mean):
            assert getattr(again, name).tolist() == getattr(scaler, name).tolist()


def test_a_scaler_of_numpy_gives_a_model_of_matrices():
    x = np.random.default_rng(3).normal(size=(50, 4))
    model = LocalModel.from_sklearn(StandardScaler().fit(x))
    assert ulps(model.transform(x), StandardScaler().fit_transform(x)) <= MOST_ULPS
    with pytest.raises(ValueError, match="Neither inputCol nor inputCols is set"):
        model.transform({"a": x[:, 0]})


def test_what_a_scaler_cannot_express_is_refused_with_the_reason():
    model = load(GOLDEN)
    for params, reason in [
        (dict(beta=[0.0, 1.0]), "beta of 'b' is 1.0"),
        (dict(gamma=[0.0, 1.0]), "gamma of 'a' is 0"),
        (dict(handleInvalid="skip"), "a scaler drops no rows"),
    ]:
        with pytest.raises(ValueError, match="A StandardScaler cannot express this model: .*" + reason):
            model.copy(**params).to_sklearn()
    with pytest.raises(ValueError, match="it has groups"):
        load(WRITERS[0] / "groups").to_sklearn()
    with pytest.raises(ValueError, match="it maps normalized values back"):
        model.inverse().to_sklearn()
    with pytest.raises(TypeError, match="from_sklearn got a dict; expected a StandardScaler"):
        LocalModel.from_sklearn({})
    with pytest.raises(ValueError, match="The StandardScaler is not fitted"):
        LocalModel.from_sklearn(StandardScaler())
    scaler = StandardScaler().fit([[1.0], [3.0]])
    scaler.scale_[0] = -1.0
    with pytest.raises(ValueError, match=r"scale_\[0\] of the StandardScaler is -1.0"):
        LocalModel.from_sklearn(scaler)


def test_parameters_are_checked_as_in_spark():
    model = load(GOLDEN)
    for params, error, text in [
        (dict(eps=-1.0), ValueError, "eps is -1.0; expected a finite number of at least 0"),
        (dict(eps="x"), TypeError, "eps is 'x'; expected a number"),
        (dict(epsilon=1.0), TypeError, "A model has no parameter 'epsilon'"),
        (dict(handleInvalid="drop"), ValueError, "handleInvalid is 'drop'; expected 'error', 'skip' or 'keep'"),
    ]:
        with pytest.raises(error, match=text):
            model.copy(**params)
    with pytest.raises(ValueError, match="gamma of 'b' is 0, so its values cannot be restored"):
        model.copy(gamma=[1.0, 0.0]).inverse()
    with pytest.raises(ValueError, match="gamma has 1 values and the data has 2 features"):
        model.copy(gamma=[1.0]).transform(ROWS)
