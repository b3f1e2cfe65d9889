"""The package is installed from its wheel, and brings what it needs."""

import doctest
import importlib.metadata
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pyspark
import pytest

import batchnorm.spark


def test_it_is_the_installed_wheel_and_not_the_source_tree():
    assert "site-packages" in batchnorm.spark.__file__


def test_pyspark_is_imported_with_the_first_name_that_needs_it():
    script = (
        "import sys, batchnorm.spark, batchnorm.spark.local\n"
        "print('pyspark' in sys.modules, hasattr(batchnorm.spark, 'Other'), 'jar' in dir(batchnorm.spark))\n"
        "from batchnorm.spark import *\n"
        "print('pyspark' in sys.modules, BatchNorm.__module__, batchnorm.spark.jar is jar)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "False False True\nTrue batchnorm.spark True\n", done.stderr


def test_the_jar_is_that_of_the_line_of_pyspark():
    jar = Path(batchnorm.spark.jar())
    line = "4" if pyspark.__version__.startswith("4.") else "3.5"
    assert jar.name.startswith(f"batchnorm-spark-{line}_")
    names = zipfile.ZipFile(jar).namelist()
    assert "batchnorm/spark/BatchNorm.class" in names


def test_the_version_is_that_of_the_jar():
    version = importlib.metadata.version("batchnorm-spark")
    assert version.split("+")[0].replace(".dev0", "-SNAPSHOT") in Path(batchnorm.spark.jar()).name


@pytest.mark.parametrize("version", ["2.4.8", "3.4.1", "3.50.0", "5.0.0.dev1", "40.1.0"])
def test_a_pyspark_of_another_line_is_told_which_there_are(monkeypatch, version):
    line = "4" if pyspark.__version__.startswith("4.") else "3.5"
    monkeypatch.setattr(pyspark, "__version__", version)
    with pytest.raises(
        RuntimeError,
        match=rf"batchnorm-spark has no jar for pyspark {re.escape(version)}; it has some for Spark .*{line}.*\. Install",
    ):
        batchnorm.spark.jar()


@pytest.mark.parametrize(
    "version, line",
    [("4.0.0", "4"), ("4.1.0.databricks", "4"), ("4.12.3", "4"), ("3.5.0", "3.5"), ("3.5.2-amzn-1", "3.5")],
)
def test_the_jar_of_a_line_is_for_every_version_of_it(monkeypatch, tmp_path, version, line):
    for name in ("4_2.13", "3.5_2.12"):
        (tmp_path / f"batchnorm-spark-{name}-1.0.jar").touch()
    monkeypatch.setattr("batchnorm.spark._jars._JARS", tmp_path)
    monkeypatch.setattr(pyspark, "__version__", version)
    assert Path(batchnorm.spark.jar()).name.startswith(f"batchnorm-spark-{line}_")


def test_the_metadata_is_complete():
    metadata = importlib.metadata.metadata("batchnorm-spark")
    for field in ("Summary", "Author", "Maintainer", "License-Expression", "Keywords", "Requires-Python"):
        assert metadata[field], field
    assert any(url.startswith("Homepage, https://") for url in metadata.get_all("Project-URL"))
    assert metadata["Description-Content-Type"] == "text/markdown"
    description = metadata.get_payload()
    assert description.startswith("# batchnorm-spark\n") and "```python" in description
    assert "Typing :: Typed" in metadata.get_all("Classifier")
    assert Path(batchnorm.spark.__file__).with_name("py.typed").is_file()


def test_pyspark_is_not_installed_by_the_package_itself():
    assert all(
        "extra ==" in requirement
        for requirement in importlib.metadata.requires("batchnorm-spark")
    )


@pytest.mark.parametrize(
    "stage, call", [("BatchNorm", "BatchNorm()"), ("BatchNormModel", "BatchNormModel.load('a')")]
)
def test_a_session_of_a_cluster_without_the_jar_is_told_what_to_do(stage, call):
    script = (
        "from pyspark.sql import SparkSession\n"
        "from batchnorm.spark import BatchNorm, BatchNormModel\n"
        "SparkSession.builder.master('local-cluster[1,1,1024]').config('spark.ui.enabled', 'false').getOrCreate()\n"
        f"{call}\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode != 0
    assert (
        f"RuntimeError: Spark does not find batchnorm.spark.{stage}: this session was started without the "
        "jar. Stop it with spark.stop(), and start it again with "
        "batchnorm.spark.configure(SparkSession.builder).getOrCreate(); on a managed cluster, whose session "
        "is there before the notebook, install the jar of batchnorm.spark.jar() as a library of the "
        "cluster, and restart it."
    ) in done.stderr


@pytest.mark.parametrize(
    "start",
    [
        "# No other line: the package adds it.",
        "spark.sql(f\"ADD JAR '{batchnorm.spark.jar()}'\")",
        "spark.stop(); spark = batchnorm.spark.configure(SparkSession.builder).getOrCreate()",
    ],
)
def test_a_local_session_gets_the_jar_later(start):
    script = (
        "import batchnorm.spark\n"
        "from pyspark.sql import SparkSession\n"
        "builder = SparkSession.builder.master('local[2]').config('spark.ui.enabled', 'false')\n"
        f"spark = builder.getOrCreate()\n{start}\n"
        "df = spark.range(4).selectExpr('double(id) a', 'id % 2 g').repartition(2)\n"
        "stage = batchnorm.spark.BatchNorm(inputCols=['a'], outputCols=['x'], groupCols=['g'])\n"
        "print('rows', stage.fit(df).transform(df).count(), stage.fit(df).transform(df).head(1)[0].x)\n"
        "print('mean', batchnorm.spark.BatchNorm(inputCol='a', outputCol='x').fit(df).mean)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert "mean [1.5]" in done.stdout, done.stderr


def test_a_session_resolves_the_jar_from_a_repository(tmp_path):
    jar = Path(batchnorm.spark.jar())
    with zipfile.ZipFile(jar) as archive:
        pom = next(name for name in archive.namelist() if name.endswith("/pom.xml"))
        group, artifact = pom.split("/")[2:4]
        version = jar.stem[len(artifact) + 1 :]
        folder = tmp_path.joinpath("repository", *group.split("."), artifact, version)
        folder.mkdir(parents=True)
        folder.joinpath(f"{artifact}-{version}.pom").write_bytes(archive.read(pom))
    folder.joinpath(jar.name).symlink_to(jar)
    # No repository but the one that the session names.
    settings = tmp_path / "ivysettings.xml"
    settings.write_text(
        '<ivysettings><settings defaultResolver="none"/>'
        '<resolvers><chain name="none"/></resolvers></ivysettings>'
    )
    script = (
        "from batchnorm.spark import BatchNorm\n"
        "from pyspark.sql import SparkSession\n"
        "spark = (SparkSession.builder.master('local[2]').config('spark.ui.enabled', 'false')\n"
        f"    .config('spark.jars.ivy', {str(tmp_path / 'ivy')!r})\n"
        f"    .config('spark.jars.ivySettings', {str(settings)!r})\n"
        f"    .config('spark.jars.repositories', {(tmp_path / 'repository').as_uri()!r})\n"
        f"    .config('spark.jars.packages', '{group}:{artifact}:{version}').getOrCreate())\n"
        "print(BatchNorm(inputCol='x').fit(spark.range(10).selectExpr('double(id) x')).mean)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.endswith("[4.5]\n"), done.stderr
    assert [path.name for path in (tmp_path / "ivy" / "jars").iterdir()] == [
        f"{group}_{artifact}-{version}.jar"
    ]


def test_jars_that_are_set_stay(spark, monkeypatch):
    ours = batchnorm.spark.jar()
    monkeypatch.delenv("PYSPARK_SUBMIT_ARGS", raising=False)
    builder = type(spark).builder.config("spark.jars", "a.jar, b.jar")
    assert batchnorm.spark.configure(builder) is builder
    assert builder._options["spark.jars"] == f"a.jar,b.jar,{ours}"
    batchnorm.spark.configure(builder)
    assert builder._options["spark.jars"] == f"a.jar,b.jar,{ours}"


@pytest.mark.parametrize(
    "given", ["--jars c.jar", "--jars=c.jar", "--conf spark.jars=c.jar", "--conf=spark.jars=c.jar"]
)
def test_jars_of_the_environment_stay(spark, monkeypatch, given):
    monkeypatch.setenv("PYSPARK_SUBMIT_ARGS", given + " pyspark-shell")
    ours = batchnorm.spark.jar()
    builder = batchnorm.spark.configure(type(spark).builder)
    assert builder._options["spark.jars"] == f"c.jar,{ours}"
    # They come after the builder's, and spark-submit takes the last.
    name, value = re.split("[ =]", given, maxsplit=1)
    assert os.environ["PYSPARK_SUBMIT_ARGS"] == f"{name} {value},{ours} pyspark-shell"


def test_jars_of_the_builder_and_of_the_environment_stay(spark, monkeypatch):
    monkeypatch.setenv("PYSPARK_SUBMIT_ARGS", "--jars c.jar pyspark-shell")
    ours = batchnorm.spark.jar()
    builder = type(spark).builder.config("spark.jars", "a.jar")
    for _ in range(2):
        batchnorm.spark.configure(builder)
        assert builder._options["spark.jars"] == f"a.jar,c.jar,{ours}"
        # Each once: those of the builder came first.
        assert os.environ["PYSPARK_SUBMIT_ARGS"] == f"--jars a.jar,c.jar,{ours} pyspark-shell"


@pytest.mark.parametrize("line", ["spark.jars   d.jar", "spark.jars\td.jar", "spark.jars = d.jar", " spark.jars=d.jar "])
def test_jars_of_the_defaults_file_stay(spark, monkeypatch, tmp_path, line):
    monkeypatch.delenv("PYSPARK_SUBMIT_ARGS", raising=False)
    monkeypatch.setenv("SPARK_CONF_DIR", str(tmp_path))
    (tmp_path / "spark-defaults.conf").write_text(f"# spark.jars x.jar\nspark.jars.packages y\n{line}\n")
    builder = batchnorm.spark.configure(type(spark).builder)
    assert builder._options["spark.jars"] == f"d.jar,{batchnorm.spark.jar()}"


@pytest.mark.parametrize("remote", ["builder", "environment"])
def test_a_session_of_a_running_connect_server_gets_no_jar(spark, monkeypatch, remote):
    builder = type(spark).builder
    if remote == "builder":
        builder.remote("sc://server:15002")
    else:
        monkeypatch.setenv("SPARK_REMOTE", "sc://server:15002")
    before = dict(builder._options)
    with pytest.raises(NotImplementedError) as error:
        batchnorm.spark.configure(builder)
    assert str(error.value) == (
        "Spark Connect does not offer jars for a server that runs already. Start the server with --jars "
        f"{batchnorm.spark.jar()}, and make the session without batchnorm.spark.configure."
    )
    assert builder._options == before


def test_a_connect_server_that_pyspark_starts_gets_the_jar(spark, monkeypatch):
    monkeypatch.delenv("PYSPARK_SUBMIT_ARGS", raising=False)
    builder = batchnorm.spark.configure(type(spark).builder.remote("local[2]"))
    assert builder._options["spark.jars"] == batchnorm.spark.jar()


def test_what_is_no_builder_is_refused(spark):
    with pytest.raises(
        TypeError,
        match=r"^configure got a SparkSession; expected the builder of a session. Give SparkSession.builder\.$",
    ):
        batchnorm.spark.configure(spark)


def test_examples_of_the_documentation_run(spark):
    names = {**vars(batchnorm.spark), "spark": spark}
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    # Whatever module a class says it is of.
    for test in doctest.DocTestFinder().find(batchnorm.spark, module=False, globs=names):
        runner.run(test)
    result = runner.summarize()
    assert result.failed == 0
    assert result.attempted >= 43
