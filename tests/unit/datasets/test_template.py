from __future__ import annotations

import resource
from pathlib import Path

import pytest

from snellen.case import Case, Expectation, ImageRef
from snellen.datasets.template import case_fields, check_template, render
from snellen.errors import InputError, Problem

FIELDS: dict[str, object] = {
    "id": "a",
    "prompt": "What is {{ 7*7 }}?",
    "n": 3,
    "tags": ["x", "y"],
    "none": None,
    "items": "a field",
    "metadata": {"items": [1, 2], "options": {"A": "cat", "B": "dog"}},
    "long": "x" * 1_000_000,
    "many": list(range(5_000)),
}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("no template", "no template"),
        ("{{ prompt }} Answer with the number only.", "What is {{ 7*7 }}? Answer with the number only."),
        ("{{ prompt | upper }}\n", "WHAT IS {{ 7*7 }}?\n"),
        ("{{ prompt[:4] }}", "What"),
        ("{{ n + 1 }} {{ n * 2 }} {{ n - 1 }} {{ n / 2 }} {{ n // 2 }} {{ n % 2 }}", "4 6 2 1.5 1 1"),
        ("{{ items }} {{ metadata.items }} {{ metadata['items'][0] }}", "a field [1, 2] 1"),
        ("{{ tags | join(', ') }} {{ metadata.options | join }}", "x, y AB"),
        ("{% for key, value in metadata.options | items %}{{ key }}. {{ value }}\n{% endfor %}", "A. cat\nB. dog\n"),
        (
            "{% for a in tags %}{% for b in tags %}{{ a }}{{ b }}{{ loop.index }} {% endfor %}{% endfor %}",
            "xx1 xy2 yx1 yy2 ",
        ),
        ("{% for a in tags | reverse %}{{ a }}{% if not loop.last %}, {% endif %}{% endfor %}", "y, x"),
        ("{%- if 'x' in tags and not n > 5 -%} yes {%- else -%} no {%- endif -%}", "yes"),
        ("{{ 'few' if n < 5 else 'many' }} {{ missing | default('none') }}", "few none"),
        ("{% if missing is defined %}a{% endif %}{% raw %}{{ raw }}{% endraw %}{# comment #}", "{{ raw }}"),
        ("<b>{{ '<i>' }}</b>", "<b><i></b>"),
        ("{single}", "{single}"),
    ],
)
def test_a_template_is_filled_with_fields(template: str, text: str) -> None:
    assert render(template, FIELDS) == text


@pytest.mark.parametrize(
    ("template", "message"),
    [
        (
            "{{ promt }}",
            "names 'promt', which the case does not have. It has: id, items, long, many, metadata, n, none,",
        ),
        ("{{ metadata.foo }}", "there is no 'foo' in a mapping that has: items, options"),
        ("{{ metadata.options.keys }}", "there is no 'keys' in a mapping that has: A, B"),
        ("{{ tags[7] }}", "cannot be filled in"),
        ("{{ n / 0 }}", "division by zero"),
        ("{{ prompt", "is wrong: unexpected end of template"),
        ("a\n{{ prompt | nope }}", "No filter named 'nope'. (line 2 of the template)"),
        ("{% for a in n %}{% endfor %}", "'int' object is not iterable"),
        ("{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}", "nested too deeply"),
        ("{{ n }}" + " " * 20_000, "has 20,007 characters; 20,000 may be"),
    ],
)
def test_a_template_that_cannot_be_filled_says_why(template: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        render(template, FIELDS)
    assert message in caught.value.problems[0].message


@pytest.mark.parametrize(
    "template",
    [
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ prompt.__class__ }}",
        "{{ prompt['__class__'] }}",
        "{{ n.real }}",
        "{{ self }}",
        "{{ self.__init__ }}",
        "{{ lipsum }}",
        "{{ range }}",
        "{{ namespace(x=1) }}",
        "{{ prompt.format() }}",
        "{{ prompt.upper() }}",
        "{{ tags | sort(attribute='__class__') }}",
        "{{ tags | map('upper') | list }}",
        "{{ tags | attr('append') }}",
        "{% set x = 1 %}",
        "{% set x %}{{ long }}{% endset %}",
        "{% macro a() %}{% endmacro %}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% from 'os' import system %}",
        "{% extends 'x' %}",
        "{% block a %}{% endblock %}",
        "{% filter upper %}x{% endfilter %}",
        "{% with x = 1 %}{% endwith %}",
        "{% autoescape true %}{{ prompt }}{% endautoescape %}",
        "{% for a in tags recursive %}{{ loop(tags) }}{% endfor %}",
    ],
)
def test_nothing_but_the_case_can_be_reached(template: str) -> None:
    with pytest.raises(InputError):
        render(template, FIELDS)


@pytest.mark.parametrize(
    "template",
    [
        "{{ 'a' * 100000000 }}",
        "{{ 100000000 * 'a' }}",
        "{{ [1] * 100000000 }}",
        "{{ '%100000000s' | format('a') }}",
        "{{ '%100000000s' % 'a' }}",
        "{{ 'a' | center(100000000) }}",
        "{{ 2 ** 100000000 }}",
        "{{ long ~ long }}",
        "{{ long + long }}",
        "{{ long }}{{ long }}",
        "{{ long | join(long) }}",
        "{{ long | replace('x', long) }}",
        "{% for i in range(100000000) %}a{% endfor %}",
        "{% for a in long %}{% for b in long %}{% endfor %}{% endfor %}",
        "{% for a in many %}{% for b in many %}{% endfor %}{% endfor %}",
        "{% for a in long | list %}{% endfor %}",
        "{% for a in tags %}{% for b in tags %}{% for c in tags %}{% endfor %}{% endfor %}{% endfor %}",
    ],
)
def test_no_template_grows_without_bound(template: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InputError):
        render(template, FIELDS)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kilobytes


def test_a_slip_in_a_field_comes_with_what_was_probably_meant() -> None:
    where = Problem("prompt variant 'terse'", file="signs.eval.yaml", line=4, case_id="a")
    with pytest.raises(InputError) as caught:
        render("{{ promt }}!", {"prompt": "?", "id": "a"}, where=where)
    assert caught.value.problems == (
        Problem(
            "prompt variant 'terse': the prompt template names 'promt', which the case does not have. "
            "It has: id, prompt.",
            file="signs.eval.yaml",
            line=4,
            case_id="a",
            hint="Did you mean 'prompt'?",
        ),
    )


def test_only_plain_values_are_let_in() -> None:
    with pytest.raises(InputError, match="field 'client' holds a PosixPath; templates take text, numbers, lists"):
        render("{{ id }}", {"id": "a", "client": {"deep": [Path("/")]}})


def test_a_template_is_checked_before_any_case_is_there() -> None:
    check_template("{{ anything }}")
    check_template("plain {text}")
    with pytest.raises(InputError, match="is wrong: No filter named 'nope'"):
        check_template("{{ anything | nope }}")


def test_fields_of_a_case_are_plain_and_metadata_never_hides_them() -> None:
    case = Case(
        id="a",
        prompt="?",
        images=(ImageRef(url="https://example.org/a.png", name="a.png"),),
        expect=Expectation(all=(("cat", "고양이"),), regex=("x",)),
        tags=("t",),
        metadata={"prompt": "mine", "width": 3},
    )
    assert case_fields(case) == {
        "id": "a",
        "prompt": "?",
        "images": ["a.png"],
        "expect": {"all": [["cat", "고양이"]], "any": [], "none": []},
        "answer": None,
        "choices": {},
        "system": None,
        "tags": ["t"],
        "group": None,
        "metadata": {"prompt": "mine", "width": 3},
        "width": 3,
    }
