"""Every sound node of a draft is counted exactly, and what is wrong is said where it is."""

import pytest

from user360.conditions import CountTimeout
from user360.conditions import count as count_exactly
from user360.selectors import node_counts

PARIS = {"property": "city", "op": "is", "value": "Paris"}
GOLD = {"tag": "Tier", "op": "is", "value": "Gold"}
ADULT = {"property": "age", "op": "gte", "value": 30}
WRONG = {"property": "age", "op": "gte", "value": "many"}


def test_every_node_is_counted_by_itself(count):
    answer = count({"all": [PARIS, {"any": [GOLD, {"not": {"any": [ADULT, PARIS]}}]}]})
    assert answer["errors"] == []
    assert answer["counts"] == {
        (): 1,
        ("all", 0): 2,
        ("all", 1): 4,
        ("all", 1, "any", 0): 2,
        ("all", 1, "any", 1): 3,
        ("all", 1, "any", 1, "not"): 2,
        ("all", 1, "any", 1, "not", "any", 0): 2,
        ("all", 1, "any", 1, "not", "any", 1): 2,
    }


def test_the_whole_is_said_in_words_and_so_is_each_condition(count):
    answer = count({"all": [PARIS, GOLD]})
    assert answer["words"] == "City is Paris, and Tier is Gold"
    assert [node["words"] for node in answer["nodes"]] == ["", "City is Paris", "Tier is Gold"]


def test_a_fault_is_told_with_its_path_and_the_sound_rest_is_counted(count):
    answer = count({"all": [PARIS, {"any": [WRONG, GOLD]}, {"any": [GOLD, PARIS]}]})
    assert [error["path"] for error in answer["errors"]] == [["all", 1, "any", 0, "value"]]
    assert answer["words"] == ""
    assert answer["counts"] == {
        ("all", 0): 2,
        ("all", 1, "any", 1): 2,
        ("all", 2): 3,
        ("all", 2, "any", 0): 2,
        ("all", 2, "any", 1): 2,
    }


@pytest.mark.parametrize("definition", ["x", [], {"all": "x"}, {"nothing": 1}, {"not": WRONG}, {"all": [[[]]]}])
def test_what_is_no_definition_is_refused_and_nobody_is_counted(count, definition):
    answer = count(definition)
    assert answer["errors"]
    assert answer["counts"] == {}


@pytest.mark.parametrize(
    "sent", [{}, {"conditions": "{"}, {"conditions": "[" * 100_000}, {"conditions": "{}", "paths": "[1]"}]
)
def test_what_is_no_json_is_said_to_be_unreadable(ask, sent):
    assert [error["code"] for error in ask("condition_counts", sent)["errors"]] == ["invalid_json"]


def test_only_the_nodes_asked_for_are_counted(count):
    answer = count({"all": [PARIS, GOLD]}, paths=[[], ["all", 1]])
    assert answer["counts"] == {(): 1, ("all", 1): 2}
    assert [node["words"] for node in answer["nodes"]] == ["", "City is Paris", "Tier is Gold"]


def test_the_hundred_and_first_condition_is_refused_and_the_hundred_counted(count):
    answer = count({"all": [{"any": [PARIS] * 60}, {"any": [PARIS] * 41}]}, paths=[["all", 0], ["all", 1, "any", 39]])
    assert [error["path"] for error in answer["errors"]] == [["all", 1, "any", 40]]
    assert answer["counts"] == {("all", 0): 2, ("all", 1, "any", 39): 2}


def test_personal_data_is_not_found_bit_by_bit_by_who_may_not_see_it(count):
    guess = {"property": "email", "op": "starts_with", "value": "a"}
    whole = {"all": [PARIS, guess]}
    assert count(whole)["counts"][("all", 1)] == 1
    hidden = count(whole, role="Analyst")
    assert hidden["counts"] == {("all", 0): 2}
    assert [(error["path"], error["code"]) for error in hidden["errors"]] == [(["all", 1], "needs_exact_value")]
    exact = {"property": "email", "op": "is", "value": "ana@example.com"}
    assert count(exact, role="Analyst")["counts"] == {(): 1}


def test_a_count_that_takes_long_is_told_and_the_others_stand(count, monkeypatch):

    def slow(node, **limits):
        if "Gold" in str(node):
            raise CountTimeout("too long")
        return count_exactly(node, **limits)

    monkeypatch.setattr(node_counts, "count", slow)
    answer = count({"all": [PARIS, {"not": GOLD}]})
    assert answer["counts"] == {
        (): None,
        ("all", 0): 2,
        ("all", 1): None,
        ("all", 1, "not"): None,
    }


def test_when_the_time_for_all_is_over_the_rest_is_not_counted(count, monkeypatch):
    monkeypatch.setattr(node_counts, "ALL_SECONDS", 0.0)
    assert count({"all": [PARIS, GOLD]})["counts"] == {(): None, ("all", 0): None, ("all", 1): None}
