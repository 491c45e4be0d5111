"""Asks about pictures by their addresses.

The rows are messages lists as an older program would have sent them, shorthand and all: `"image_url": "https://..."`
becomes the object that today's endpoints want, and `max_tokens` gets the name that the model takes.
"""

import snellen

BOARDWALK = (
    "https://upload.wikimedia.org/wikipedia/commons/thumb/d/dd/Gfp-wisconsin-madison-the-nature-boardwalk.jpg"
    "/2560px-Gfp-wisconsin-madison-the-nature-boardwalk.jpg"
)
LAKESIDE = "https://example.org/first_look/lakeside.png"  # pyproject.toml pins it to a file, so it needs no network


def ask_about(url):
    text = {"type": "text", "text": "이 그림에 대해 설명해줘."}
    return [{"role": "user", "content": [text, {"type": "image_url", "image_url": url}]}]


ROWS = [
    {
        "id": "boardwalk",
        "messages": ask_about(BOARDWALK),
        "expect": ["산책로|보드워크|나무 길|데크|boardwalk", "풀|풀밭|잔디|초원|들판|grass|meadow", "하늘|sky"],
        "live": True,  # the picture is somewhere else: skipped, with that reason, until an answer has been recorded
    },
    {
        "id": "lakeside-by-url",
        "messages": ask_about(LAKESIDE),
        "expect": ["산|산맥|산봉우리|설산|mountain", "호수|호숫가|lake", "하늘|sky"],
    },
]


@snellen.cases(ROWS, params={"max_tokens": 300})
def eval_describes_a_picture_by_url(case, response): ...
