"""What the log page says, in which order, and how it follows work that goes on."""

import datetime as dt
from itertools import chain
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from imports.logs import listing
from tests.imports.logs.reading import subjects
from user360.models import Job

VIEW = "data.logs.view"
LIST = "/w/acme/logs/"
START = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)


def test_without_the_permission_there_is_no_page(make_job, sign_in) -> None:
    job = make_job()
    client = sign_in("insight.user360.view")
    for address in (LIST, f"{LIST}{job.pk}/"):
        assert client.get(address).status_code == 403
    assert client.post(f"{LIST}{job.pk}/cancel/").status_code == 403


def test_an_empty_page_says_what_will_be_here(sign_in) -> None:
    assert "No long work yet" in sign_in(VIEW).get(LIST).text


def test_a_job_is_told_in_words(make_job, make_member, sign_in) -> None:
    member = make_member(VIEW)
    make_job(
        state=Job.State.COMPLETED_WITH_ERRORS,
        actor=member.user,
        counts={"failed": 12, "total": 1000, "new": 988, "updated": 0},
        started_at=START,
        finished_at=START + dt.timedelta(minutes=2, seconds=5),
    )
    page = sign_in(member=member).get(LIST).text
    for words in ("CSV import", "customers.csv", "Completed with errors", member.user.email, "2 min 5 s"):
        assert words in page
    assert "1,000 rows: 988 new, 12 failed" in page


def test_words_of_members_are_not_markup(make_job, sign_in) -> None:
    job = make_job(subject="<script>alert(1)</script>", error="<img src=x>", state=Job.State.FAILED)
    client = sign_in(VIEW)
    for address in (LIST, f"{LIST}{job.pk}/"):
        page = client.get(address).text
        assert "<script>alert" not in page
        assert "<img src=x>" not in page


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ({}, ["late", "queued", "other kind"]),
        ({"kind": "import_users"}, ["late", "queued"]),
        ({"kind": "gone"}, ["other kind"]),
        ({"state": "queued"}, ["queued"]),
        ({"since": "2026-03-11"}, ["late", "queued"]),
        ({"until": "2026-03-10"}, ["other kind"]),
        ({"since": "2026-03-11", "until": "2026-03-11", "state": "completed"}, ["late"]),
    ],
)
def test_filters_are_in_the_address_and_days_are_those_of_the_workspace(make_job, sign_in, filters, left) -> None:
    # 23:30 UTC is the next day in Paris.
    make_job(subject="other kind", kind="gone", state="completed", created_at=START)
    make_job(subject="queued", created_at=START.replace(hour=23, minute=30))
    make_job(subject="late", state="completed", created_at=START.replace(hour=23, minute=45))
    assert subjects(sign_in(VIEW).get(f"{LIST}?{urlencode(filters)}").text) == left


def test_jobs_of_one_member_are_found(make_job, make_member, sign_in) -> None:
    one, other = make_member(VIEW), make_member()
    make_job(subject="mine", actor=one.user)
    make_job(subject="theirs", actor=other.user)
    assert subjects(sign_in(member=one).get(f"{LIST}?member={one.user.pk}").text) == ["mine"]


@pytest.mark.parametrize("query", ["state=nonsense", "since=31.12.2026", "member=999999", "kind=%00"])
def test_a_filter_that_makes_no_sense_is_named(make_job, sign_in, query) -> None:
    make_job()
    response = sign_in(VIEW).get(f"{LIST}?{query}")
    assert response.status_code == 200
    assert "field-error" in response.text


@pytest.mark.parametrize(
    "cursor",
    [
        "after=",
        "after=x",
        "before=1",
        "after=1_99999999999999999999999",
        "before=-9_-9",
        "after=999999999999999999999_1",
    ],
)
def test_a_cursor_that_makes_no_sense_does_no_harm(make_job, sign_in, cursor) -> None:
    make_job()
    assert sign_in(VIEW).get(f"{LIST}?{cursor}").status_code == 200


def walk(client: Client, address: str, towards: str) -> list[tuple[list[str], str]]:
    """The subjects of each page from this one on, with the page's address."""
    pages = []
    while address:
        page = client.get(LIST + address).context["page"]
        pages.append(([job.subject for job in page.jobs], address))
        address = getattr(page, towards)
    return pages


def test_pages_show_every_job_once_in_both_directions(make_job, sign_in, monkeypatch) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", 3)
    # Several in the same moment: the id decides.
    for number in range(8):
        make_job(subject=f"job {number}", created_at=START + dt.timedelta(seconds=number // 4))
    client = sign_in(VIEW)
    every = [f"job {number}" for number in reversed(range(8))]
    forwards = walk(client, "?state=queued", "next")
    assert [len(shown) for shown, _ in forwards] == [3, 3, 2]
    assert list(chain.from_iterable(shown for shown, _ in forwards)) == every
    assert all("state=queued" in address for _, address in forwards)
    last = forwards[-1][1]
    assert [shown for shown, _ in walk(client, last, "previous")] == [shown for shown, _ in reversed(forwards)]


def test_only_work_that_goes_on_is_asked_for_again(make_job, sign_in) -> None:
    job, done = make_job(state="running", started_at=START), make_job(state="completed")
    client = sign_in(VIEW)
    page = client.get(LIST).text
    assert page.count('hx-trigger="every 2s"') == 1
    for target in (f"log-{job.pk}", "log"):
        response = client.get(f"{LIST}{job.pk}/", headers={"HX-Request": "true", "HX-Target": target})
        assert response.status_code == 200
        assert "every 2s" in response.text
        assert "<html" not in response.text
        Job.objects.filter(pk=job.pk).update(state="completed", finished_at=timezone.now())
        response = client.get(f"{LIST}{job.pk}/", headers={"HX-Request": "true", "HX-Target": target})
        assert response.status_code == 286
        assert "every 2s" not in response.text
        Job.objects.filter(pk=job.pk).update(state="running")
    assert "<html" in client.get(f"{LIST}{done.pk}/").text


def test_progress_is_said_with_rate_and_time_left(make_job, sign_in) -> None:
    started = timezone.now() - dt.timedelta(seconds=10)
    job = make_job(state="running", started_at=started, processed=40_000, total=100_000)
    page = sign_in(VIEW).get(f"{LIST}{job.pk}/").text
    assert "40,000 of 100,000" in page
    assert "a second" in page
    assert "left" in page


def test_a_failure_is_explained(make_job, sign_in) -> None:
    job = make_job(state="failed", error="The file has no header.")
    assert "The file has no header." in sign_in(VIEW).get(f"{LIST}{job.pk}/").text


def test_members_stop_their_own_work_and_administrators_any(make_job, make_member, sign_in) -> None:
    member, other = make_member(VIEW), make_member(VIEW)
    job = make_job(actor=member.user)
    address = f"{LIST}{job.pk}/cancel/"
    assert sign_in(member=other).post(address).status_code == 403
    assert "/cancel/" not in sign_in(member=other).get(f"{LIST}{job.pk}/").text
    assert sign_in(member=member).get(address).status_code == 405
    assert sign_in(member=member).post(address).status_code == 302
    job.refresh_from_db()
    assert job.state == "cancelled"
    running = make_job(state="running")
    assert sign_in(VIEW, "config.workspace").post(f"{LIST}{running.pk}/cancel/").status_code == 302
    running.refresh_from_db()
    assert running.cancel_requested
    assert sign_in(member=member).post(address).status_code == 302


def test_the_number_of_statements_does_not_grow_with_the_jobs(
    make_job, make_member, sign_in, give_file, django_assert_max_num_queries
) -> None:
    client = sign_in(VIEW, "data.logs.download")
    for _ in range(20):
        give_file(make_job(actor=make_member().user))
    with django_assert_max_num_queries(12):
        client.get(LIST)
