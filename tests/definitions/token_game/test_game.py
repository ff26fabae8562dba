"""The model's own rules, on the smallest diagrams that show them."""

from __future__ import annotations

import pytest

from runner.definitions.token_game import IllegalMove, Move, NotModelled, State, TokenGame, fold
from tests.engine.spiff.diagrams import processes


def game(main: str, **others: str) -> TokenGame:
    return TokenGame(processes(main=main, **others))


def settled(found: TokenGame, state: State | None = None) -> State:
    """Plays what goes on by itself, first choices first."""
    state = found.initial("main") if state is None else state
    for _ in range(500):
        moves = [move for move in found.enabled(state) if not move.outside]
        if not moves:
            return state
        state = found.apply(state, moves[0])
    raise AssertionError("goes on for ever")


def do(found: TokenGame, state: State, kind: str, name: str) -> State:
    """The outside move of this kind at the element or event ``name``, then all that follows."""
    for move in found.enabled(state):
        if move.kind == kind and name in (move.element, move.event, move.code) and move.outside:
            return settled(found, found.apply(state, move))
    raise AssertionError(f"no {kind} {name} among {found.enabled(state)}")


def work(state: State) -> list[str]:
    return sorted(node.element for node in state.nodes if node.phase == "work")


def explore(found: TokenGame) -> set[State]:
    first = fold(found.initial("main"))
    reached, todo = {first}, [first]
    while todo:
        state = todo.pop()
        for move in found.enabled(state):
            after = fold(found.apply(state, move))
            if after not in reached:
                reached.add(after)
                todo.append(after)
        assert len(reached) < 5_000
    return reached


def test_a_parallel_join_waits_for_every_branch() -> None:
    found = game("f: and\nj: and\nstart > f\nf > a > j\nf > b > j\nj > c > end")
    state = settled(found)
    assert work(state) == ["a", "b"]
    state = do(found, state, "leave", "a")
    assert work(state) == ["b"]
    state = do(found, state, "leave", "b")
    assert work(state) == ["c"]
    assert do(found, state, "leave", "c").completed


def test_two_tokens_on_one_flow_do_not_open_a_parallel_join() -> None:
    found = game(
        "f: and\nj: and\nx: xor\nstart > f\nf > a > x\nf > b > x\nx > j\nf > c > j\nj > end"
    )
    state = settled(found)
    state = do(found, do(found, state, "leave", "a"), "leave", "b")
    assert state.scopes[0].flows == ("x_to_j", "x_to_j")
    state = do(found, state, "leave", "c")
    assert state.scopes[0].flows == ("x_to_j",)
    assert not found.enabled(state)


def test_an_inclusive_join_waits_only_for_what_can_still_come() -> None:
    found = game(
        "o: or\nj: or\nx: xor\nstart > o\no ?p > a > j\no ?q > b > x\nx > j\nx ?r > c > end2\n"
        "j > d > end"
    )
    split = found.apply(found.initial("main"), found.enabled(found.initial("main"))[0])
    both = Move("pass", 1, "o", "start_to_o", ("o_to_a", "o_to_b"))
    state = settled(found, found.apply(split, both))
    state = do(found, state, "leave", "a")
    assert work(state) == ["b"]
    assert work(do(found, state, "leave", "b")) == ["d"]
    alone = settled(found, found.apply(split, both._replace(flows=("o_to_a",))))
    assert work(do(found, alone, "leave", "a")) == ["d"]


def test_reached_states_are_few_because_equal_instances_fold() -> None:
    one = game("t: user each\nstart > t > end")
    assert len(explore(one)) < 15
    found = game("f: and\nj: and\nstart > f\nf > a > j\nf > b > j\nj > end")
    assert fold(State((), (found.initial("main").scopes[0],))) in explore(found)


def test_a_boundary_event_interrupts_everything_inside() -> None:
    found = game(
        "s: sub {\nf: and\nstart2 > f\nf > a > end2\nf > b > end3\n}\n"
        "t: timer on s\nstart > s > end\nt > c > end4"
    )
    state = settled(found)
    assert work(state) == ["a", "b"]
    state = do(found, state, "happen", "t")
    assert work(state) == ["c"]
    assert len(state.scopes) == 1


def test_a_boundary_event_beside_happens_once_unless_it_repeats() -> None:
    found = game("t: timer beside a\nm: message beside a\nstart > a > end\nt > b > e2\nm > c > e3")
    state = do(found, do(found, settled(found), "happen", "t"), "happen", "m")
    assert {move.event for move in found.enabled(state) if move.kind == "happen"} == {"m"}


def test_an_error_goes_to_the_nearest_that_catches_it() -> None:
    found = game(
        "s: sub {\nstart2 > x\nx: end error E\n}\nany: error on s\nright: error E on s\n"
        "start > s > end\nany > a > e2\nright > b > e3"
    )
    assert work(settled(found)) == ["b"]


def test_an_error_nobody_catches_waits_for_a_person() -> None:
    found = game("x: end error E\nstart > x")
    state = settled(found)
    assert [node.phase for node in state.nodes] == ["uncaught"]
    assert do(found, state, "leave", "x").completed


def test_a_signal_reaches_all_that_wait_at_that_moment() -> None:
    found = game(
        "f: and\ns1: signal S\ns2: signal S on a\nx: throw signal S\nstart > f\nf > s1 > b > e1\n"
        "f > a > e2\nf > w > x > s3 > e3\ns3: signal S\ns2 > c > e4"
    )
    state = do(found, settled(found), "leave", "w")
    assert work(state) == ["b", "c", "s3"]


def test_terminating_takes_only_its_own_scope() -> None:
    found = game(
        "s: sub {\nf: and\nx: end terminate\nstart2 > f\nf > a > end2\nf > b > x\n}\n"
        "start > s > c > end"
    )
    assert work(do(found, settled(found), "leave", "b")) == ["c"]


def test_instances_begin_one_after_the_other_and_stop_early() -> None:
    found = game("t: user each sequential until\nstart > t > end")
    state = found.initial("main")
    for kind, number in (("leave", 0), ("enter", 0), ("begin", 3)):
        move = next(m for m in found.enabled(state) if m.kind == kind)
        state = found.apply(state, move._replace(number=number))
    assert work(state) == ["t"]
    state = found.apply(state, next(m for m in found.enabled(state) if m.kind == "leave"))
    assert {m.yes for m in found.enabled(state) if m.kind == "judge"} == {False, True}
    more = found.apply(state, next(m for m in found.enabled(state) if m.kind == "judge"))
    assert work(more) == ["t"]
    enough = next(m for m in found.enabled(state) if m.kind == "judge" and m.yes)
    assert settled(found, found.apply(state, enough)).completed


def test_what_is_not_possible_is_refused() -> None:
    found = game("start > a > end")
    state = settled(found)
    with pytest.raises(IllegalMove, match="not awaited"):
        found.apply(state, Move("happen", 1, "a", event="t"))
    with pytest.raises(IllegalMove, match="cannot be left"):
        found.apply(state, Move("leave", state.nodes[0].id, "a", flows=("nowhere",)))


def test_what_has_no_meaning_is_refused_by_name() -> None:
    with pytest.raises(NotModelled, match="complexGateway"):
        game("g: complex\nstart > g > end")
    with pytest.raises(NotModelled, match="not there"):
        game("c: call nobody\nstart > c > end")
