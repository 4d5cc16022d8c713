"""What a killed process leaves behind does not stand in the way of the next one."""

import json
import os

from tutorhub.core import embedded


def test_a_lock_of_another_program_is_forgotten(tmp_path):
    lock = tmp_path / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{tmp_path}\n")
    embedded._forget_stale_lock(tmp_path)
    assert not lock.exists()


def test_a_lock_of_nobody_is_left_to_the_server(tmp_path):
    lock = tmp_path / "postmaster.pid"
    lock.write_text("4194304\n")
    embedded._forget_stale_lock(tmp_path)
    assert lock.exists()
    embedded._forget_stale_lock(tmp_path / "absent")


def test_killed_users_are_struck_off_the_list(tmp_path):
    users = tmp_path / ".handle_pids.json"
    users.write_text(json.dumps([os.getpid(), 4194304]))
    embedded._forget_dead_users(tmp_path)
    assert json.loads(users.read_text()) == [os.getpid()]


def test_only_the_embedded_owner_is_exchanged_for_the_application_role():
    owner = "postgresql://postgres@/tutorhub?host=/x"
    assert embedded.app_url(owner) == "postgresql://tutorhub_app@/tutorhub?host=/x"
    assert embedded.app_url("postgresql://me@db/x") == "postgresql://me@db/x"
