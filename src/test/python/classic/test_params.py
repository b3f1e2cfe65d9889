"""The params are those of Java."""

import inspect
import re

import numpy
import pytest
from pyspark.ml.linalg import Vectors
from pyspark.ml.param import TypeConverters

from batchnorm.spark import BatchNorm, BatchNormModel

VALUES = {
    TypeConverters.toString: "text",
    TypeConverters.toListString: ["a", "b"],
    TypeConverters.toListFloat: [1.0, 2.0],
    TypeConverters.toFloat: 0.5,
    TypeConverters.toInt: 1,
    TypeConverters.toBoolean: False,
}

# What Java accepts of these.
CHOICES = {
    "handleInvalid": "keep",
    "maxSliceBytes": 1 << 20,
    "output": "summary",
    "runningStatistics": "cumulative",
    "smallGroup": "unit",
    "unseenGroup": "null",
}


def a_value(param):
    return CHOICES.get(param.name, VALUES[param.typeConverter])


@pytest.fixture(params=["BatchNorm", "BatchNormModel"])
def stages(request, spark, jvm):
    python = {"BatchNorm": BatchNorm, "BatchNormModel": BatchNormModel}[request.param]()
    return python, getattr(jvm.batchnorm.spark, request.param)(python.uid)


def test_params_have_the_names_docs_and_defaults_of_java(stages):
    python, java = stages
    found = {
        param.name: (param.doc, python.getOrDefault(param) if python.hasDefault(param) else None)
        for param in python.params
    }
    expected = {}
    for param in java.params():
        default = java.getDefault(param)
        expected[param.name()] = (param.doc(), default.get() if default.isDefined() else None)
    assert len(expected) >= 20
    assert found == expected


def test_params_reach_java_with_the_value_that_was_set(stages, jvm):
    python, java = stages
    if isinstance(python, BatchNormModel):
        python._java_obj = java
    for param in python.params:
        python.set(param, a_value(param))
    python._transfer_params_to_java()
    for param in python.params:
        value = python._java_obj.getOrDefault(python._java_obj.getParam(param.name))
        found = list(value) if isinstance(a_value(param), list) else value
        assert found == a_value(param), param.name


def test_every_param_has_a_setter_a_getter_and_an_argument_of_the_constructor(stages):
    python, _ = stages
    for param in python.params:
        name = param.name[0].upper() + param.name[1:]
        if param.name != "inverted":
            assert getattr(python, "set" + name)(a_value(param)) is python
            assert getattr(python, "get" + name)() == a_value(param)
    if isinstance(python, BatchNorm):
        names = sorted(param.name for param in python.params)
        for method in (BatchNorm.__init__, BatchNorm.setParams):
            assert sorted(set(inspect.signature(method).parameters) - {"self"}) == names


def test_defaults_of_the_constructor_are_those_of_the_params(spark):
    stage = BatchNorm()
    for name, argument in inspect.signature(BatchNorm.__init__).parameters.items():
        if name not in ("self", "outputCol"):
            param = stage.getParam(name)
            assert argument.default == (
                stage.getOrDefault(param) if stage.hasDefault(param) else None
            )


def documented(stage):
    """Kind and text of each parameter that the help on a class tells."""
    section = re.search(r"^Parameters\n-+\n(.*?)\n\n", inspect.getdoc(stage), re.DOTALL | re.MULTILINE).group(1)
    entries = re.findall(r"^(\w+) : (.+)\n((?: {4}.*\n?)+)", section, re.MULTILINE)
    return {name: (kind, " ".join(text.split())) for name, kind, text in entries}


def test_help_tells_what_each_param_does_and_its_default(stages):
    python, _ = stages
    found = documented(type(python))
    if isinstance(python, BatchNorm):
        assert list(found) == list(inspect.signature(BatchNorm.__init__).parameters)[1:]
    else:
        shared = documented(BatchNorm).keys() - {"initialModel"}
        assert sorted([*found, *shared]) == [param.name for param in python.params]
    for name, (kind, text) in found.items():
        param = python.getParam(name)
        assert text.startswith(param.doc[0].upper() + param.doc[1:] + ".")
        if python.hasDefault(param):
            default = eval(kind.partition(", default ")[2], {"uid": python.uid})
            assert default == python.getOrDefault(param), name
        else:
            assert kind.endswith(", optional"), name
        if kind.startswith("{"):
            for value in eval(kind[: kind.index("}") + 1]):
                python._set(**{name: value})


def test_help_has_an_example_of_each_param(spark):
    names = {"model": BatchNormModel.of([0.5], [4.0])}
    for stage in (BatchNorm, BatchNormModel):
        for name, (_, text) in documented(stage).items():
            example = re.search("Example: ``(.+?)``", text).group(1)
            if stage is BatchNorm:
                assert name in eval(f"dict({example})")
                example = f"BatchNorm({example})"
            made = eval(example, {"BatchNorm": BatchNorm, **names})
            assert made.isSet(made.getParam(name)), name


# PySpark 3.5 frees what was never made.
@pytest.mark.filterwarnings("ignore:.*JavaWrapper.__del__:pytest.PytestUnraisableExceptionWarning")
def test_arguments_without_names_are_refused(spark):
    with pytest.raises(TypeError, match="forces keyword arguments"):
        BatchNorm("a")


@pytest.mark.parametrize("kind", [list, tuple, numpy.array, Vectors.dense])
def test_a_number_for_each_feature_comes_in_any_sequence(spark, kind):
    stage = BatchNorm(gamma=kind([2.0, 0.5])).setBeta(kind([0.0, 1.0]))
    assert (stage.getGamma(), stage.getBeta()) == ([2.0, 0.5], [0.0, 1.0])


def test_an_argument_of_none_is_not_set(spark):
    stage = BatchNorm(inputCol="a", outputCols=None).setParams(eps=0.5, weightCol=None)
    assert sorted(param.name for param in stage._paramMap) == ["eps", "inputCol"]


def test_values_of_the_wrong_type_are_refused_when_they_are_set(spark):
    with pytest.raises(TypeError, match='Invalid param value given for param "eps"'):
        BatchNorm(eps="much")
    with pytest.raises(TypeError, match='Invalid param value given for param "gamma"'):
        BatchNorm().setGamma(["a"])


def test_wrong_values_are_refused_with_the_text_of_java(spark):
    frame = spark.createDataFrame([(1.0,), (2.0,)], ["a"])
    with pytest.raises(Exception, match="eps is -1.0; expected a finite number of at least 0"):
        BatchNorm(inputCol="a", eps=-1.0).fit(frame)


PROBES = {
    TypeConverters.toString: ["", " ", "drop", "error", "global", "null", "pooled", "skip", "unit", "summary"],
    TypeConverters.toListString: [[], ["a"], ["a", ""]],
    TypeConverters.toListFloat: [[], [1.0], [0.0, float("inf")], [float("nan")]],
    TypeConverters.toFloat: [-1.0, 0.0, 0.5, 1.0, 2.5, float("inf"), float("nan")],
    TypeConverters.toInt: [-1, 0, 1, 2, 1 << 20],
    TypeConverters.toBoolean: [True],
}


def test_values_are_refused_as_java_refuses_them(stages):
    python, java = stages
    refused = 0
    for param in python.params:
        for value in PROBES[param.typeConverter]:
            try:
                java.getParam(param.name).w(value)
                expected = None
            except Exception as error:
                expected = str(error).replace("Infinity", "inf").replace("NaN", "nan")
            if expected is None:
                python._set(**{param.name: value})
                continue
            refused += 1
            before = python.extractParamMap()
            with pytest.raises(ValueError) as error:
                python._set(**{param.name: value})
            assert str(error.value) == expected
            with pytest.raises(ValueError):
                python.set(param, value)
            assert python.extractParamMap() == before
    assert refused > 50


def test_the_default_output_column_is_named_after_the_uid(spark, tmp_path):
    frame = spark.createDataFrame([(1.0,), (2.0,)], ["a"])
    stage = BatchNorm(inputCol="a")
    model = stage.fit(frame)
    expected = ["a", stage.uid + "__output"]
    assert model.transform(frame).columns == expected
    model.save(str(tmp_path / "model"))
    loaded = BatchNormModel.load(str(tmp_path / "model"))
    assert loaded.getOutputCol() == expected[1]
    assert loaded.transform(frame).columns == expected
