"""The rules of the root conftest, tried on tests of their own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

pytest_plugins = ("pytester",)
pytestmark = pytest.mark.integration

CONFTEST = Path(__file__).parents[2] / "conftest.py"
NEEDY = """
import pytest

@pytest.mark.needs("no-such-program")
def test_needy():
    pass
"""


@pytest.fixture
def project(pytester):
    shutil.copy(CONFTEST, pytester.path / "conftest.py")
    pytester.makeini("[pytest]\nmarkers =\n  unit\n  integration\n  needs(program)\n")
    return pytester


@pytest.fixture
def run(project):
    return lambda: project.runpytest_subprocess("-p", "no:ape_test", "-ra")


def test_needs__without_the_program__skips_with_the_reason(project, run, monkeypatch):
    monkeypatch.delenv("TASKWORK_NO_SKIPS", raising=False)
    project.makepyfile(test_needy=NEEDY)
    result = run()
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines("*needs no-such-program, which is not installed*")


@pytest.mark.parametrize(
    "text", [NEEDY, "import pytest\npytest.importorskip('no_such_module')\n"], ids=["test", "file"]
)
def test_skip__where_none_is_allowed__fails(project, run, monkeypatch, text):
    monkeypatch.setenv("TASKWORK_NO_SKIPS", "1")
    project.makepyfile(test_it=text)
    result = run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines("*TASKWORK_NO_SKIPS=1, but:*")


def test_unit__that_opens_a_socket__fails(project, run):
    project.makepyfile("""
        import socket, pytest

        @pytest.mark.unit
        def test_reaching_out():
            socket.socket()
    """)
    run().assert_outcomes(failed=1)


def test_package_test__without_a_kind__is_refused(project, run):
    folder = project.mkpydir("tests") / "keeper"
    folder.mkdir()
    (folder / "test_it.py").write_text("def test_unmarked():\n    pass\n")
    run().stderr.fnmatch_lines("*mark each of these `unit` or `integration`:*")
