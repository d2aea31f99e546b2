"""Every text that a person reads exists in both languages."""

from __future__ import annotations

import ast

from tools import translations


def test_every_text_of_code_and_templates_has_an_indonesian_translation():
    assert translations.problems() == [], "translate them in messages.po, then run `make messages`"


def test_the_message_of_a_refusal_is_collected_without_being_marked():
    source = 'class Refused(Exception):\n    message = "The %(name)s is taken."\n'
    assert list(translations.refusals(ast.parse(source))) == [(2, "The %(name)s is taken.")]


def test_a_sentence_of_a_pure_module_is_collected_and_a_log_line_or_docstring_is_not():
    source = (
        'def problem():\n    """Say what is wrong with it."""\n    logger.info("The job ended.")\n'
        '    raise ValueError("A naive moment.")\n    return "Use more letters."\n'
    )
    assert list(translations.sentences(ast.parse(source))) == [(5, "Use more letters.")]
