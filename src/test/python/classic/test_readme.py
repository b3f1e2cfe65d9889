"""The Python of both READMEs and of the pages runs, with a df of columns a and b."""

import re
from pathlib import Path

import pytest

PAGES = [Path("README.md"), Path("src/main/python/README.md"), *sorted(Path("src/docs").glob("*.md"))]
ALL = [block for page in PAGES for block in re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)]

# PyTorch takes gigabytes; the files that it reads and writes are tested with libtorch's numbers in Java.
SNIPPETS = [snippet for snippet in ALL if "torch." not in snippet]


def test_there_are_snippets_in_readme_and_in_pages():
    assert len(SNIPPETS) >= 2


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_python_snippets_run(spark, snippet, tmp_path, monkeypatch, capfd):
    snippet = snippet.replace("target/readme", str(tmp_path))
    frame = spark.createDataFrame([(i / 10, float(i * i)) for i in range(10)], ["a", "b"])
    exec(compile(snippet, "README.md", "exec"), {"spark": spark, "df": frame})
    assert "|" in capfd.readouterr().out
