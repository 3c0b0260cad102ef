"""Flags of the guest are taken from the host's where LLVM makes them anew."""

from __future__ import annotations

import pytest

from cosim.cpus.engines.stencils.flags import with_flags

COMPARED = """\
movl $1234567, %eax
movl %esi, %ebx
subl %eax, %ebx
sete 72(%rdi)
setae 76(%rdi)
shrl $31, %ebx
movb %bl, 68(%rdi)
jmp CONT"""

ADDED = """\
movl %r14d, %r13d
addl $-1640531535, %r13d
setb 76(%rdi)
movl %r13d, %eax
shrl $31, %eax
testl %r13d, %r13d
movb %al, 68(%rdi)
sete 72(%rdi)
je CONT
jmp EXIT0"""


def lines(text: str) -> list[str]:
    return with_flags(text).split("\n")


def test_a_difference_that_nobody_uses_is_a_comparison() -> None:
    assert lines(COMPARED) == [
        "cmpl $1234567, %esi",
        "sete 72(%rdi)",
        "setae 76(%rdi)",
        "sets 68(%rdi)",
        "jmp CONT",
    ]


def test_a_sum_is_not_tested_again() -> None:
    assert lines(ADDED) == [
        "movl %r14d, %r13d",
        "addl $-1640531535, %r13d",
        "setb 76(%rdi)",
        "sets 68(%rdi)",
        "sete 72(%rdi)",
        "je CONT",
        "jmp EXIT0",
    ]


def test_what_is_subtracted_twice_is_subtracted_once() -> None:
    text = "movl %esi, %ebx\nsubl %eax, %ebx\nshrl $31, %ebx\nsubl %eax, %esi\nmovb %bl, 68(%rdi)"
    assert lines(text) == ["subl %eax, %esi", "sets 68(%rdi)"]


BETWEEN = "movl %r8d, %r15d\nimull %r13d, %r15d\naddl %ecx, %r15d"


def test_whatever_was_computed_in_between() -> None:
    text = f"movl %esi, %eax\nsubl %ebx, %eax\n{BETWEEN}\nshrl $31, %eax\ncmpl %ebx, %esi\n"
    text += "movb %al, 68(%rdi)\nsete 72(%rdi)"
    after = "cmpl %ebx, %esi\nsets 68(%rdi)\nsete 72(%rdi)"
    assert lines(text) == [*BETWEEN.split("\n"), *after.split("\n")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("addl %ecx, %r15d", "addl %ecx, %esi"),  # which is subtracted from
        ("addl %ecx, %r15d", "addl %ecx, %ebx"),  # which is subtracted
        ("addl %ecx, %r15d", "addl %eax, %r15d"),
        ("addl %ecx, %r15d", "addl %ecx, 72(%rdi)"),
        ("addl %ecx, %r15d", "divl %ecx"),
        ("imull %r13d, %r15d", "setb 76(%rdi)"),
        ("cmpl %ebx, %esi", "testl %ebx, %esi"),
        ("cmpl %ebx, %esi", "cmpl %ecx, %esi"),
    ],
)
def test_but_not_if_that_has_to_do_with_it(old, new) -> None:
    text = f"movl %esi, %eax\nsubl %ebx, %eax\n{BETWEEN}\nshrl $31, %eax\ncmpl %ebx, %esi\n"
    text = f"{text}movb %al, 68(%rdi)\nsete 72(%rdi)".replace(old, new)
    assert with_flags(text) == text


def test_of_what_was_moved_a_test_is_left() -> None:
    text = "movl %r13d, %eax\nshrl $31, %eax\ntestl %r13d, %r13d\nmovb %al, 68(%rdi)"
    assert lines(text) == ["testl %r13d, %r13d", "sets 68(%rdi)"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("jmp CONT", "movl %ebx, 44(%rdi)\njmp CONT"),  # the sign is used once more
        ("shrl $31, %ebx", "addl $5, %ecx\nshrl $31, %ebx"),  # other flags come between
        ("shrl $31, %ebx", "movl %ecx, %ebx\nshrl $31, %ebx"),  # it is another's sign
        ("setae 76(%rdi)\nshrl", "setae 76(%rdi)\n.L1:\nshrl"),  # one gets there from elsewhere
        ("movb %bl", "movb %cl"),  # it is not what is stored
    ],
)
def test_it_is_left_as_it_is_where_that_is_not_all(old, new) -> None:
    text = COMPARED.replace(old, new)
    assert with_flags(text) == text


@pytest.mark.parametrize("user", ["jae CONT", "setb 76(%rdi)", "cmovgl %eax, %r14d"])
def test_a_test_stays_if_more_than_the_result_is_asked_for(user) -> None:
    text = ADDED.replace("je CONT", user)
    assert with_flags(text) == text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sete", "movl %ebx, %ecx\nsete"),  # the difference is used
        ("subl", "movl $5, %esi\nsubl"),  # what it is of has changed
    ],
)
def test_a_subtraction_stays_one_if_it_has_to(old, new) -> None:
    changed = lines(COMPARED.replace(old, new, 1))
    assert "subl %eax, %ebx" in changed
    assert "sets 68(%rdi)" in changed


def test_a_test_of_what_has_changed_since_is_another() -> None:
    text = ADDED.replace("shrl", "movl %ecx, %r13d\nshrl")
    assert with_flags(text) == text
