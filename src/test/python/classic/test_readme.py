"""The Python of both READMEs and of the pages runs as printed. The blocks of a page run in their order, in an empty
folder; a page that defines no df begins with the block of the quickstart that does. A process of their own runs all,
as a session has the working folder of its start."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path("README.md")
QUICKSTART = Path("src/docs/quickstart.md")
# Runs in test_mlflow.py.
ELSEWHERE = {Path("src/docs/mlflow.md")}
PAGES = [README, Path("src/main/python/README.md"), *sorted({*Path("src/docs").glob("*.md")} - ELSEWHERE)]

# PyTorch takes gigabytes; the files that it reads and writes are tested with libtorch's numbers in Java.
NOT_RUN = {Path("src/docs/interop.md"): "import safetensors.torch\n"}

RUNNER = """
import json, os, shutil, sys, traceback
from pathlib import Path

failures = {}
for page, blocks in json.load(open(sys.argv[1])).items():
    for path in Path().iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    names = {}
    try:
        for block in blocks:
            exec(compile(block, page, "exec"), names)
    except Exception:
        failures[page] = traceback.format_exc()
json.dump(failures, open(sys.argv[2], "w"))
"""


def blocks_of(page):
    return re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)


def run_blocks_of(page):
    return [block for block in blocks_of(page) if not (page in NOT_RUN and block.startswith(NOT_RUN[page]))]


def needs_data(blocks):
    return bool(blocks) and not any(re.search(r"^df = ", block, re.MULTILINE) for block in blocks)


def programs():
    data = blocks_of(QUICKSTART)[0]
    found = {page: run_blocks_of(page) for page in PAGES}
    return {str(page): [data] * needs_data(blocks) + blocks for page, blocks in found.items() if blocks}


@pytest.fixture(scope="module")
def failures(tmp_path_factory):
    """The traceback of each page that fails."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "conf").mkdir()
    settings = "spark.master local[2]\nspark.ui.enabled false\nspark.sql.shuffle.partitions 2\n"
    (folder / "conf/spark-defaults.conf").write_text(settings)
    (folder / "programs.json").write_text(json.dumps(programs()))
    (folder / "working").mkdir()
    subprocess.run(
        [sys.executable, "-c", RUNNER, folder / "programs.json", folder / "failures.json"],
        cwd=folder / "working",
        env={**os.environ, "SPARK_CONF_DIR": str(folder / "conf")},
        check=True,
    )
    return json.loads((folder / "failures.json").read_text())


@pytest.mark.parametrize("page", programs())
def test_the_python_of_a_page_runs(failures, page):
    assert page not in failures, failures[page]


def test_readmes_and_guides_have_python():
    assert {str(README), str(QUICKSTART), "src/main/python/README.md", "src/docs/python.md"} <= programs().keys()


@pytest.mark.parametrize("page", NOT_RUN)
def test_every_block_that_does_not_run_exists(page):
    assert sum(block.startswith(NOT_RUN[page]) for block in blocks_of(page)) == 1


@pytest.mark.parametrize("page", [page for page in PAGES if needs_data(run_blocks_of(page))])
def test_pages_that_need_the_data_of_the_quickstart_say_where_it_is(page):
    assert "(quickstart.md#the-data-of-these-pages)" in page.read_text("utf-8")
