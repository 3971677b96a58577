"""The part of the sign-up form that is ours."""

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.nicknames import MAX_LENGTH, check_nickname


class NicknameForm(forms.Form):
    """allauth's sign-up forms, of the page and of the API, are derived from this one."""

    nickname = forms.CharField(
        label=_("Nickname"),
        help_text=_(
            "What other players see. 2 to 20 characters: Hangul or Latin letters, digits, _ and -."
        ),
        validators=[check_nickname],
        widget=forms.TextInput(
            attrs={"autocomplete": "nickname", "maxlength": MAX_LENGTH, "spellcheck": "false"}
        ),
    )
    field_order = ("email", "nickname", "password1")

    def clean_nickname(self) -> str:
        """The nickname in the form that is kept, if a player may have it."""
        user = User(nickname=self.cleaned_data["nickname"])
        user.clean_nickname()
        return user.nickname

    def signup(self, request: HttpRequest, user: User) -> None:
        """allauth asks for this; `AccountAdapter.save_user` has already set the nickname."""
