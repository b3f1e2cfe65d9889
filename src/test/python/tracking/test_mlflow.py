"""The Python of the page about MLflow runs as printed, and no bit changes on the way. One process has the package and
logs; another one has pyspark and MLflow alone, and loads."""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

PAGE = Path("src/docs/mlflow.md")
QUICKSTART = Path("src/docs/quickstart.md")
WHEEL = Path("target/python")

LOGS = """
import json, sys

data, log, load = json.load(open(sys.argv[1]))
exec(data)
exec(log)
exec(load)
vector = batchnorm.spark.BatchNorm(inputCols=["a", "b"], outputCol="prediction").fit(rows)
requirements = mlflow.spark.get_default_pip_requirements()
of_vector = mlflow.spark.log_model(vector, "vector", code_paths=list(batchnorm.__path__), pip_requirements=requirements)
bare = mlflow.spark.log_model(vector, "bare", pip_requirements=requirements)

def doubles(table):
    return [[row.features.tolist(), row.probability.tolist(), row.prediction] for row in table.collect()]

json.dump(
    {
        "rows": [[row.a, row.b] for row in rows.collect()],
        "pipeline": doubles(model.transform(rows)),
        "pipeline again": doubles(same.transform(rows)),
        "vector": [row.prediction.tolist() for row in vector.transform(rows).collect()],
        "uris": {"pipeline": info.model_uri, "vector": of_vector.model_uri, "bare": bare.model_uri},
    },
    open(sys.argv[2], "w"),
)
"""

LOADS = """
import importlib.util, json, sys

score, logged = json.load(open(sys.argv[1]))
assert importlib.util.find_spec("batchnorm") is None
uri = logged["uris"]["pipeline"]
exec(score)
package = sys.modules["batchnorm.spark"].__file__
given = pandas.DataFrame(logged["rows"], columns=["a", "b"])
table = mlflow.spark.load_model(uri).transform(scorer._model_impl.spark.createDataFrame(given))
found = {
    "package": package,
    "pyfunc": list(scorer.predict(given)),
    "pipeline": [[row.features.tolist(), row.probability.tolist(), row.prediction] for row in table.collect()],
    "vector": [row.tolist() for row in mlflow.pyfunc.load_model(logged["uris"]["vector"]).predict(given)],
}
sys.path[:] = [folder for folder in sys.path if not folder.endswith("/code")]
for name in [name for name in sys.modules if name.split(".")[0] == "batchnorm"]:
    del sys.modules[name]
try:
    mlflow.pyfunc.load_model(logged["uris"]["bare"])
except Exception as error:
    found["bare"] = repr(error)
json.dump(found, open(sys.argv[2], "w"))
"""


def blocks_of(page):
    return re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Runs a program in a process of its own, with an argument and folders of packages; returns its result."""
    folder = tmp_path_factory.mktemp("mlflow")
    settings = "spark.master local[2]\nspark.ui.enabled false\nspark.sql.shuffle.partitions 2\n"
    settings += "spark.sql.execution.arrow.pyspark.enabled false\n"
    (folder / "spark-defaults.conf").write_text(settings)

    def program(text, argument, packages):
        # PySpark takes a program without a file for a test of its own documentation.
        (folder / "program.py").write_text(text)
        (folder / "argument.json").write_text(json.dumps(argument))
        subprocess.run(
            [sys.executable, "program.py", "argument.json", "result.json"],
            cwd=folder,
            env={
                **os.environ,
                "MLFLOW_ALLOW_FILE_STORE": "true",
                "MLFLOW_DISABLE_TELEMETRY": "true",
                "MLFLOW_DFS_TMP": str(folder / "dfs"),
                "MLFLOW_TRACKING_URI": (folder / "store").as_uri(),
                "PYTHONPATH": os.pathsep.join(map(str, packages)),
                "SPARK_CONF_DIR": str(folder),
            },
            check=True,
        )
        return json.loads((folder / "result.json").read_text())

    return program


@pytest.fixture(scope="module")
def pyspark(tmp_path_factory):
    """A folder with pyspark and py4j of another environment, and nothing else of it."""
    folder = tmp_path_factory.mktemp("pyspark")
    for package in Path(os.environ["FOLDER_OF_PYSPARK"]).glob("py[s4]*"):
        (folder / package.name).symlink_to(package)
    return folder


@pytest.fixture(scope="module")
def logged(run, pyspark, tmp_path_factory):
    package = tmp_path_factory.mktemp("package")
    (wheel,) = WHEEL.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(package)
    log, load, _ = blocks_of(PAGE)
    data = next(block for block in blocks_of(QUICKSTART) if "df = " in block)
    return run(LOGS, [data, log, load], [pyspark, package])


@pytest.fixture(scope="module")
def loaded(run, pyspark, logged):
    return run(LOADS, [blocks_of(PAGE)[2], logged], [pyspark])


def test_a_model_that_the_same_session_loads_gives_the_same_bits(logged):
    assert len(logged["pipeline"]) == 50
    assert logged["pipeline again"] == logged["pipeline"]


def test_a_process_without_the_package_takes_it_from_the_model(loaded):
    assert loaded["package"].endswith("/code/batchnorm/spark/__init__.py")


def test_pyfunc_in_another_process_gives_the_same_bits(logged, loaded):
    predictions = [row[-1] for row in logged["pipeline"]]
    assert set(predictions) == {0.0, 1.0}
    assert loaded["pyfunc"] == predictions
    assert loaded["vector"] == logged["vector"]


def test_spark_in_another_process_gives_the_same_bits(logged, loaded):
    assert loaded["pipeline"] == logged["pipeline"]


def test_a_model_that_was_logged_without_the_package_is_the_error_that_the_page_tells(loaded):
    assert loaded["bare"] == "ModuleNotFoundError(\"No module named 'batchnorm'\")"
    assert "`No module named 'batchnorm'`" in PAGE.read_text("utf-8")
