"""What jupyter_kernel_test leaves out: comms, stdin, shutdown, expressions,
silent and unstored cells, aborts, interrupts, and messages that are wrong."""

import time

from jupyter_client.manager import KernelManager
from jupyter_client.session import Session



def texts(outputs, name="stdout"):
    return "".join(
        m["content"]["text"] for m in outputs if m["msg_type"] == "stream" and m["content"]["name"] == name
    )


def test_variables_persist(kernel):
    kernel.run("x := 20")
    kernel.run("func double(n int) int { return 2 * n }")
    assert kernel.value("double(x) + 2") == "42"


def test_user_expressions(kernel):
    kernel.run("x := 6")
    reply, _ = kernel.run("y := 7", user_expressions={"good": "x * y", "bad": "nosuch", "panics": "[]int{}[x]"})
    got = reply["user_expressions"]
    assert got["good"]["status"] == "ok"
    assert got["good"]["data"]["text/plain"] == "42"
    for name in ("bad", "panics"):
        assert got[name]["status"] == "error"
        assert got[name]["ename"] and got[name]["evalue"]
    assert kernel.value("x") == "6"


def test_silent_cell_publishes_nothing_and_is_not_counted(kernel):
    reply, outputs = kernel.run('fmt.Println("a"); Display("b"); 42', silent=True)
    assert reply["status"] == "ok"
    assert outputs == []
    reply, _ = kernel.run("1")
    assert reply["execution_count"] == 1


def test_unstored_cell_is_shown_and_not_remembered(kernel):
    kernel.run("1")
    _, outputs = kernel.run("2", store_history=False)
    assert outputs[0]["msg_type"] == "execute_result"
    reply, _ = kernel.run("3")
    assert reply["execution_count"] == 2
    msg_id = kernel.client.history(hist_access_type="tail", n=10)
    history = kernel.client._recv_reply(msg_id, timeout=10)["content"]["history"]
    assert [h[2] for h in history] == ["1", "3"]


def test_failure_aborts_the_cells_behind_it(kernel):
    client = kernel.client
    ids = [client.execute(code) for code in ('time.Sleep(200 * time.Millisecond); panic("no")', "x := 1", "y := 2")]
    replies = [client._recv_reply(i, timeout=20)["content"] for i in ids]
    assert [r["status"] for r in replies] == ["error"] * 3
    assert [r["ename"] for r in replies[1:]] == ["Aborted"] * 2
    kernel.until_idle(ids[-1])
    reply, _ = kernel.run("x")  # never declared
    assert reply["status"] == "error"
    assert kernel.value("3") == "3"


def test_failure_without_stop_on_error(kernel):
    client = kernel.client
    ids = [client.execute(code, stop_on_error=False) for code in ('panic("no")', "x := 1")]
    replies = [client._recv_reply(i, timeout=20)["content"] for i in ids]
    assert [r["status"] for r in replies] == ["error", "ok"]


def test_stdin(kernel):
    client = kernel.client
    msg_id = client.execute('name := Input("Who? "); fmt.Println("hello", name)', allow_stdin=True)
    request = client.get_stdin_msg(timeout=20)
    assert request["msg_type"] == "input_request"
    assert request["content"] == {"prompt": "Who? ", "password": False}
    assert request["parent_header"]["msg_id"] == msg_id
    client.input("Ada")
    assert client._recv_reply(msg_id, timeout=20)["content"]["status"] == "ok"
    assert texts(kernel.until_idle(msg_id)) == "hello Ada\n"

    reply, _ = kernel.run('Input("Who? ")', allow_stdin=False)
    assert reply["status"] == "error"


def test_interrupt_of_a_cell(kernel):
    kernel.run("x := 7")
    for code in ("for { }", "time.Sleep(time.Hour)", "<-make(chan int)", "select {}"):
        msg_id = kernel.client.execute(f'fmt.Println("runs"); {code}')
        while kernel.client.get_iopub_msg(timeout=20)["msg_type"] != "stream":
            pass
        assert kernel.control("interrupt_request")["content"]["status"] == "ok"
        reply = kernel.client._recv_reply(msg_id, timeout=20)["content"]
        assert reply["status"] == "error", code
        assert reply["ename"] == "Interrupted"
        kernel.until_idle(msg_id)
    assert kernel.value("x") == "7"


def test_control_answers_while_a_cell_runs(kernel):
    msg_id = kernel.client.execute("time.Sleep(time.Hour)")
    while kernel.client.get_iopub_msg(timeout=20)["msg_type"] != "execute_input":
        pass
    assert kernel.control("kernel_info_request")["content"]["implementation"] == "setun"
    assert kernel.client.is_alive()  # the heartbeat
    kernel.control("interrupt_request")
    kernel.client._recv_reply(msg_id, timeout=20)


def test_shutdown_is_answered_and_ends_the_process(kernel):
    reply = kernel.control("shutdown_request", {"restart": False})
    assert reply["content"] == {"status": "ok", "restart": False}
    deadline = time.time() + 20
    while kernel.manager.is_alive():
        assert time.time() < deadline, "the process lives on"
        time.sleep(0.05)


def test_restart_gives_a_fresh_session(kernel):
    kernel.run("x := 1")
    kernel.manager.restart_kernel()
    kernel.client.wait_for_ready(timeout=30)
    reply, _ = kernel.run("x")
    assert reply["status"] == "error"
    assert reply["execution_count"] == 1


def test_comm_of_an_unknown_target_is_closed(kernel):
    msg_id = kernel.shell("comm_open", {"comm_id": "c", "target_name": "nobody", "data": {}})
    (closed,) = kernel.until_idle(msg_id)
    assert closed["msg_type"] == "comm_close"
    assert closed["content"]["comm_id"] == "c"
    msg_id = kernel.client.comm_info()
    assert kernel.client._recv_reply(msg_id, timeout=10)["content"] == {"status": "ok", "comms": {}}


def test_display_is_updated_in_place(kernel):
    _, outputs = kernel.run('fmt.Println("a"); Display("b"); fmt.Println("c")')
    assert [m["msg_type"] for m in outputs] == ["stream", "display_data", "stream"]
    assert [m["content"].get("text") for m in outputs] == ["a\n", None, "c\n"]


def test_output_is_whole_and_in_order(kernel):
    reply, outputs = kernel.run("for i := range 10_000 { fmt.Println(i) }")
    assert reply["status"] == "ok"
    assert texts(outputs) == "".join(f"{i}\n" for i in range(10_000))
    assert len(outputs) < 100


def test_cursor_positions_count_code_points(kernel):
    code = 's := "ä𝄞"; strings.ToUppe'
    msg_id = kernel.client.complete(code, len(code))
    reply = kernel.client._recv_reply(msg_id, timeout=20)["content"]
    start, end = reply["cursor_start"], reply["cursor_end"]
    assert "ToUpper" in [code[start:end] and m.split(".")[-1] for m in reply["matches"]]
    assert code[start:end] in ("ToUppe", "strings.ToUppe")


def test_wrong_messages_do_no_harm(kernel):
    kernel.run("x := 1")
    client = kernel.client

    # Signed with another key: dropped, without so much as a state.
    stranger = Session(key=b"another key")
    stranger.send(client.shell_channel.socket, "execute_request", {"code": "x = 2", "silent": False})
    # No message at all.
    client.shell_channel.socket.send_multipart([b"nonsense"])
    client.shell_channel.socket.send_multipart([b"<IDS|MSG>", b"", b"{", b"{}", b"{}", b"{}"])

    msg_id = kernel.shell("no_such_request")
    reply = client._recv_reply(msg_id, timeout=10)
    assert reply["msg_type"] == "no_such_reply"
    assert reply["content"]["status"] == "error"
    kernel.until_idle(msg_id)

    msg_id = kernel.shell("execute_request", {"code": ["not", "text"]})
    assert client._recv_reply(msg_id, timeout=10)["content"]["status"] == "error"

    assert kernel.value("x") == "1"


def test_cells_that_fail_leave_the_session_as_it_was(kernel):
    kernel.run("x := 1")
    for code in (
        "func (",  # a syntax error
        "x = 2\nx = nosuch",  # does not check, so nothing of it runs
        'x := "text"\nvar y int = x',
        "[]int{}[x]",  # a panic
        "os.Exit(3)",
        "func f() { f() }\nf()",
    ):
        reply, outputs = kernel.run(code)
        assert reply["status"] == "error", code
        assert [m["msg_type"] for m in outputs] == ["error"], code
        assert reply["traceback"]
    assert kernel.value("x") == "1"


def test_two_clients_see_the_same(kernel):
    other = kernel.manager.client()
    other.session = Session(key=kernel.client.session.key)  # a session id of its own
    other.start_channels()
    try:
        while other.get_iopub_msg(timeout=20)["msg_type"] != "iopub_welcome":
            pass
        msg_id = kernel.client.execute("6 * 7")
        kernel.client._recv_reply(msg_id, timeout=20)
        while other.get_iopub_msg(timeout=20)["msg_type"] != "execute_result":
            pass
        assert kernel.until_idle(msg_id)[-1]["msg_type"] == "execute_result"
    finally:
        other.stop_channels()


def test_output_of_a_cell_that_is_sent_before_the_subscription():
    """libzmq connects each socket in its own time; shell may be first."""
    manager = KernelManager(kernel_name="setun")
    manager.start_kernel()
    client = manager.client()
    try:
        client.start_channels(iopub=False)
        msg_id = client.execute("6 * 7")
        client.iopub_channel.start()
        types = []
        while "status" not in types[1:]:
            msg = client.get_iopub_msg(timeout=20)
            if msg["parent_header"].get("msg_id") == msg_id:
                types.append(msg["msg_type"])
        assert types == ["status", "execute_input", "execute_result", "status"]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
