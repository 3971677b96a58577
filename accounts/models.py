"""Users."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.nicknames import MAX_LENGTH, check_nickname, is_reserved, nickname_key, normalise


class UserManager(BaseUserManager["User"]):
    """Users are made from an email address, a nickname and a password."""

    use_in_migrations = True

    def create_user(
        self, email: str, nickname: str, password: str | None = None, **fields: Any
    ) -> "User":
        """A saved user. Raises ValidationError; without a password nobody can log in as it."""
        user = self.model(email=email, nickname=nickname, **fields)
        user.set_password(password)
        user.full_clean(exclude=("password",))
        user.save(using=self._db)
        return user

    def create_superuser(
        self, email: str, nickname: str, password: str | None = None, **fields: Any
    ) -> "User":
        """As `create_user`, with every permission."""
        return self.create_user(
            email, nickname, password, **{**fields, "is_staff": True, "is_superuser": True}
        )


class User(AbstractUser):
    """A person (or, in development, a bot) with an account.

    `nickname` is what others see. `nickname_key` is its look-alike-proof form and is what must be
    unique: two nicknames that a player could confuse have the same key.
    """

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(
        _("email address"),
        unique=True,
        error_messages={"unique": _("A user with this email address already exists.")},
    )
    nickname = models.CharField(
        _("nickname"),
        max_length=MAX_LENGTH,
        unique=True,
        validators=[check_nickname],
        help_text=_("2 to 20 characters: Hangul or Latin letters, digits, _ and -."),
        error_messages={"unique": _("This nickname is taken.")},
    )
    nickname_key = models.CharField(max_length=80, unique=True, editable=False)
    is_bot = models.BooleanField(_("bot"), default=False)
    chat_muted_until = models.DateTimeField(
        _("muted in chats until"), null=True, blank=True, editable=False
    )
    # When the password, a second factor or the email address was last changed; None: never.
    credentials_changed_at = models.DateTimeField(
        _("credentials changed"), null=True, blank=True, editable=False
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["nickname"]

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = (
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique_in_any_case",
                violation_error_message=_("A user with this email address already exists."),
            ),
            models.CheckConstraint(condition=~Q(nickname_key=""), name="user_nickname_has_key"),
        )

    def __str__(self) -> str:
        return self.nickname

    def get_full_name(self) -> str:
        return self.nickname

    def get_short_name(self) -> str:
        return self.nickname

    def clean(self) -> None:
        """Normalises email and nickname; refuses reserved nicknames and look-alikes."""
        self.email = self.email.lower()
        try:
            self.clean_nickname()
        except ValidationError as error:
            raise ValidationError({"nickname": error}) from error

    def clean_nickname(self) -> None:
        """Normalises the nickname. Raises ValidationError if it is the house's or another's."""
        self.nickname = normalise(self.nickname)
        self.nickname_key = nickname_key(self.nickname)
        exempt = self.is_staff or self.is_superuser or self.is_bot
        if not exempt and is_reserved(self.nickname):
            raise ValidationError(
                _("This nickname is reserved. Choose another."), code="nickname_reserved"
            )
        if User.objects.filter(nickname_key=self.nickname_key).exclude(pk=self.pk).exists():
            raise ValidationError(
                _("This nickname is taken, or looks like one that is taken."),
                code="nickname_taken",
            )

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Saves; the key is always computed here, whatever was assigned to it.

        A new password is noted whoever set it: the player, a reset, or staff.
        """
        self.email = self.email.lower()
        self.nickname = normalise(self.nickname)
        self.nickname_key = nickname_key(self.nickname)
        if update_fields is not None and "nickname" in update_fields:
            update_fields = {*update_fields, "nickname_key"}
        # Django's own mark of a password that was set and is not saved yet.
        if self.pk is not None and getattr(self, "_password", None) is not None:
            self.credentials_changed_at = timezone.now()
            if update_fields is not None:
                update_fields = {*update_fields, "credentials_changed_at"}
        super().save(*args, update_fields=update_fields, **kwargs)
