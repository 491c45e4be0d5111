"""Asks about two pictures at once: what a repair changed on the front of a house. Their titles are in the dataset."""

import re

import snellen


@snellen.cases("../datasets/first_look", only="facades")
def eval_compares_two_facades(case, response):
    assert re.search("[가-힣]", response.text), "asked in Korean, so the answer should be Korean too"
