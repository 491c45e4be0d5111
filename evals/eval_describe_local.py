"""Asks about a local file. It is sent as base64; nobody has to open, encode or show it."""

import snellen

ROW = {
    "id": "lakeside",
    "images": ["../datasets/first_look/images/lakeside.png"],
    "prompt": "이 사진에 대해 설명해줘",
    "expect": ["산이|산과|산들|산맥|산봉우리|설산|mountain", "호수|호숫가|lake", "돛단배|요트|보트|범선|boat"],
}


@snellen.cases([ROW])
def eval_describes_a_local_picture(case, response):
    assert response.stop == "stop", "the answer was cut off or refused"
