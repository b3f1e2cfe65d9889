"""What the README shows in Python runs, with a df of columns a and b."""

import re
from pathlib import Path

import pytest

ALL = re.findall(r"```python\n(.*?)```", Path("README.md").read_text(), re.DOTALL)

# PyTorch takes gigabytes; the files that it reads and writes are tested with libtorch's numbers in Java.
SNIPPETS = [snippet for snippet in ALL if "torch." not in snippet]


def test_there_are_snippets_on_the_first_screen_and_below():
    assert len(SNIPPETS) >= 2


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_python_snippets_run(spark, snippet, tmp_path, monkeypatch, capfd):
    snippet = snippet.replace("target/readme", str(tmp_path))
    frame = spark.createDataFrame([(i / 10, float(i * i)) for i in range(10)], ["a", "b"])
    exec(compile(snippet, "README.md", "exec"), {"spark": spark, "df": frame})
    assert "|" in capfd.readouterr().out
