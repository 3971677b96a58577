"""Korean staff read Korean names of everything, of the libraries' models too."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from accounts.models import User
from tests.admin.test_pages import MODELS

HANGUL = re.compile("[가-힣]")
KOREAN = {"accept-language": "ko"}


@pytest.fixture
def client(boss: User) -> Client:
    client = Client(headers=KOREAN)
    client.force_login(boss)
    return client


def without_hangul(names: list[str]) -> list[str]:
    return [name for name in names if not HANGUL.search(name)]


def test_every_caption_of_the_first_page_is_korean(client: Client) -> None:
    answer = client.get(reverse("admin:index"))
    page = answer.content.decode()
    groups = answer.context["app_list"]
    models = [model for group in groups for model in group["models"]]
    assert len(models) == len(admin.site._registry)
    captions = [str(each["name"]) for each in [*groups, *models]]
    assert {"2단계 인증 수단", "예약 작업"} <= {*captions}
    assert all(caption in page for caption in captions)
    assert without_hangul(captions) == []
    sidebar = [
        str(item["title"])
        for group in answer.context["sidebar_navigation"]
        for item in group["items"]
    ]
    assert len(sidebar) > 20
    assert without_hangul(sidebar) == []


def test_one_and_several_of_each_model_have_korean_names() -> None:
    with override("ko"):
        names = [
            str(name)
            for model in MODELS
            for name in (model._meta.verbose_name, model._meta.verbose_name_plural)
        ]
    assert len(names) > 50
    assert without_hangul(names) == []


def test_the_list_of_second_factors_has_korean_headings(client: Client, boss: User) -> None:
    Authenticator.objects.create(user=boss, type="totp", data={})
    page = client.get(reverse("admin:mfa_authenticator_changelist")).content.decode()
    [title] = re.findall(r"<title>(.*?)</title>", page, re.DOTALL)
    assert "2단계 인증 수단" in title
    for text in ("사용자", "종류", "생성", "마지막 사용"):
        assert text in page
    assert "last used" not in page.lower()
