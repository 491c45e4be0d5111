"""What an expectation cannot say is said in Python."""

import snellen


@snellen.cases("../datasets/first_pictures")
def eval_answers_briefly(case, response):
    assert len(response.text) < 600
