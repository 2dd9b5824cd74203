"""ansible-lint at its strictest profile, and the syntax of every playbook."""

import os
import subprocess

import pytest

from tests.drill.provisioning.machine import ANSIBLE
from tests.drill.provisioning.roots import PROJECT

pytestmark = [pytest.mark.drill, pytest.mark.playbook, pytest.mark.timeout(900)]

PROVISIONING = PROJECT / "provisioning"


def ansible(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    subprocess.run(
        [PROJECT / "scripts/provisioning"], cwd=PROJECT, check=True, capture_output=True, timeout=900
    )
    return subprocess.run(
        [str(ANSIBLE.with_name(program)), *arguments],
        cwd=PROVISIONING,
        env=os.environ | {"NO_COLOR": "1", "LC_ALL": "C.UTF-8"},
        check=False,
        capture_output=True,
        text=True,
        timeout=600,
    )


def test_ansible_lint_finds_nothing_at_profile_production() -> None:
    done = ansible("ansible-lint", "--offline", "--nocolor", "--profile", "production")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Passed: 0 failure(s), 0 warning(s)" in done.stdout + done.stderr


@pytest.mark.parametrize("playbook", ["site.yml", "replace.yml", "reset.yml"])
def test_a_playbook_is_well_formed_with_the_example_inventory(playbook: str) -> None:
    done = ansible("ansible-playbook", "-i", "inventory.example", "--syntax-check", playbook)
    assert done.returncode == 0, done.stdout + done.stderr
