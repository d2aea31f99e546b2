"""When an answer is whole, and what of it is the text: prompts that come late, no echo, pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.lab.ssh_device import SshFaults
from network.platforms.catalogue import get_platform
from network.platforms.definition import Pager
from network.ssh.answers import Answer
from network.ssh.drivers import driver_of
from network.ssh.session import run_commands
from network.ssh.waiting import WaitingChannel

PROMPT, COMMAND = "sw1#", "show version"


def answer_to(*pieces: str, pager: Pager | None = None) -> Answer:
    answer = Answer(COMMAND, PROMPT, pager)
    for piece in pieces:
        answer.add(piece)
    return answer


def test_behind_echo_and_text_the_prompt_ends_the_answer_at_once():
    answer = answer_to("show version\n", "Cisco IOS\nbaris dua\nsw1#")
    assert answer.is_whole(0)
    assert answer.text(is_whole=True) == "Cisco IOS\nbaris dua"


@pytest.mark.parametrize(
    ("text", "patience"),
    [
        ("sw1#", 3.0),
        ("\nsw1#", 3.0),
        ("show version\nsw1#", 0.5),
        ("Cisco IOS\nsw1#", 0.5),
        ("show vers\n ion\nCisco IOS\nsw1#", 0),
        ("show version\nCisco IOS\nsw1# ", 0),
        ("show version\nCisco IOS\nsw1#sw1#", 0),
        ("show version\nCisco IOS\nsw1# show", None),
        ("show version\n description sw1#", None),
        ("show version\nsw11#", None),
    ],
)
def test_a_prompt_that_may_belong_to_something_else_is_waited_for(text, patience):
    answer = answer_to(text)
    if patience is None:
        assert not answer.is_whole(60)
    else:
        assert answer.is_whole(patience)
        assert patience == 0 or not answer.is_whole(patience - 0.01)


def test_a_late_prompt_between_echo_and_text_is_no_end_and_no_part_of_the_text():
    answer = answer_to("show version\nsw1#")
    assert not answer.is_whole(0.1)
    answer.add("Cisco IOS\nsw1#")
    assert answer.is_whole(0)
    assert answer.text(is_whole=True) == "Cisco IOS"


def test_a_page_is_asked_for_once_each_and_leaves_no_trace():
    pager = Pager(text="--More--", key=" ")
    answer = answer_to("show version\nbaris satu\n--More-- ", pager=pager)
    assert (answer.page_key(), answer.page_key()) == (" ", None)
    answer.add("\n         \nbaris dua\n--More-- ")
    assert answer.page_key() == " "
    answer.add("\n         \nbaris tiga\nsw1#")
    assert answer.page_key() is None
    assert answer.text(is_whole=True) == "baris satu\nbaris dua\nbaris tiga"


@given(
    st.lists(st.text("ab #>\t", max_size=12).filter(lambda line: not line.startswith("sw1#")), min_size=1),
    st.lists(st.integers(1, 9)),
)
def test_in_whatever_pieces_a_text_comes_it_is_whole_at_its_end_and_never_before(lines, sizes):
    text = "\n".join(["x", *lines, "x"])
    whole = f"{COMMAND}\n{text}\n{PROMPT}"
    answer, position = answer_to(), 0
    for size in sizes:
        answer.add(whole[position : position + size])
        position += size
        if position < len(whole):
            assert not answer.is_whole(0)
    answer.add(whole[position:])
    assert answer.is_whole(0)
    assert answer.text(is_whole=True) == text


def test_a_slow_device_that_echoes_before_it_answers_gives_whole_texts(cisco, target_of):
    device = cisco(SshFaults(think_seconds=0.1, echo_early=True))
    names = ["show version", "show interfaces", "show running-config"]
    result = run_commands(target_of(device), get_platform("cisco_ios"), 30, names)
    assert not result.failures
    lengths = [len(command.output.splitlines()) for command in result.commands]
    assert lengths == [2, 1, 803]


def test_a_device_that_says_nothing_to_a_command_has_said_all(cisco, target_of):
    device = cisco(**{"show interfaces": ""})
    result = run_commands(target_of(device), get_platform("cisco_ios"), 30, ["show interfaces"])
    assert [(command.output, command.complete) for command in result.commands] == [("", True)]


class Scripted(WaitingChannel):
    """A channel on which pieces come one at a time, each when it is waited for."""

    def __init__(self, sent: int, *pieces: str) -> None:
        self.remote_conn, self._held, self.ended, self.is_settled = object(), "", False, False
        self.lines_sent, self.heard, self.pieces = sent, [], list(pieces)

    def wait(self, seconds: float) -> None:
        """Bring the next piece."""
        self._held += self.pieces.pop(0) if self.pieces else ""

    def read_buffer(self) -> str:
        """Return what was brought."""
        held, self._held = self._held, ""
        self.heard.append(held)
        return held


@pytest.mark.parametrize(
    ("sent", "pieces", "left"),
    [
        (2, ("sw1#", "terminal length 0\nsw1#", "\nsw1#", "never asked for"), 1),
        (2, ("\nsw1#\n", "sw1#sw1#", "never asked for"), 1),
        (3, ("sw1#\nsw1#", ""), 0),
    ],
)
def test_before_the_first_command_each_line_sent_has_its_prompt_or_silence_decides(sent, pieces, left):
    connection = driver_of("cisco_ios")(
        device_type="cisco_ios", host="127.0.0.1", username="baca", password="-", auto_connect=False
    )
    connection._waiting_channel = channel = Scripted(sent, *pieces)
    connection.settle(PROMPT)
    assert channel.is_settled
    assert len(channel.pieces) == left
