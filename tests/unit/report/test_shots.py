from report_samples import inline, picture, trial
from snellen._files import digest
from snellen.case import Case, ImageRef
from snellen.report.pictures import gather
from snellen.report.shots import Shot, Shots
from snellen.trial import SentImage

PLACE = ("abc", "c")


def shots_of(*refs, images=()):
    own = trial(Case(id="c", prompt="?", images=refs), images=images)
    return Shots(gather(refs)).of([own], PLACE)


def test_a_shot_in_full(tmp_path):
    ref = picture(tmp_path, "images/a.png", title="Before")
    (shot,) = shots_of(ref)
    assert shot == Shot(
        number=1,
        title="Before",
        name="images/a.png",
        detail=f"320 × 240 px, {ref.path.stat().st_size / 1000:.0f} KB",
        picture=gather([ref]).find(ref),
        is_first=True,
        first_case=PLACE,
        url="",
        is_address=False,
        problem="",
    )


def test_the_same_picture_again_points_to_where_it_stood_first(tmp_path):
    ref = picture(tmp_path, "a.png")
    shots = Shots(gather([ref]))
    case = Case(id="c", prompt="?", images=(ref,))
    (first,) = shots.of([trial(case)], ("one", "case one"))
    (second,) = shots.of([trial(case)], ("two", "case two"))
    assert (first.is_first, second.is_first, second.first_case) == (True, False, ("one", "case one"))
    assert second.picture is first.picture


def test_an_address_is_a_link_and_nothing_more():
    url = "https://example.org/a.jpg"
    (shot,) = shots_of(ImageRef(url=url, name=url))
    assert (shot.picture, shot.url, shot.name, shot.is_address) == (None, url, url, True)
    assert shot.problem == "an address on the web; reports fetch nothing"


def test_an_address_with_a_signature_is_neither_shown_in_full_nor_linked():
    url = "https://example.org/a.jpg?X-Amz-Signature=c0ffee"
    (shot,) = shots_of(ImageRef(url=url, name=url))
    assert (shot.url, shot.name) == ("", "https://example.org/a.jpg?X-Amz-Signature=…")


def test_a_missing_file_keeps_its_place_and_its_reason(tmp_path):
    ref = ImageRef(path=tmp_path / "gone.png", name="images/gone.png")
    (shot,) = shots_of(ref)
    assert (shot.picture, shot.name, shot.problem) == (None, "images/gone.png", "its file is no longer there")


def test_a_file_that_changed_since_it_was_asked_about_says_so():
    ref = inline()
    identity = f"sha256:{digest(ref.data)}"
    same = shots_of(ref, images=(SentImage(identity="sha256:0"), SentImage(identity=identity)))
    other = shots_of(ref, images=(SentImage(identity="sha256:0"),))
    sent_by_address = shots_of(ref, images=(SentImage(identity="https://example.org/a.jpg"),))
    assert "changed" not in same[0].detail
    assert other[0].detail.endswith("; the file has changed since it was asked about")
    assert "changed" not in sent_by_address[0].detail


def test_a_pinned_copy_stands_for_an_address_and_says_so(tmp_path):
    copy = picture(tmp_path, "copy.png").path
    ref = ImageRef(url="https://example.org/a.png", name="https://example.org/a.png")
    own = trial(Case(id="c", prompt="?", images=(ref,)))
    (shot,) = Shots(gather([ref], pinned={"https://example.org/a.png": copy})).of([own], PLACE)
    assert (shot.picture is not None, shot.problem, shot.url) == (True, "", "https://example.org/a.png")
    assert shot.detail.endswith("shown from the project's pinned copy")
