"""One person cannot be two: what is new about staff is written down, and decisions are proposed.

- Triggers note when a member of staff is made, activated, gets a right over money or something new
  to log in with. Whoever goes around the site's pages is noted as well.
- Nobody approves a withdrawal, and nobody proposes or confirms a decision, within
  `credentials_wait_hours` after that.
- A proposal is what its hash says, ends once, and is confirmed in time by another than its
  proposer, both active staff.

What is there when this is applied counts as old.
"""

from importlib import import_module

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

OFFERS = import_module("wallet.migrations.0018_rates_of_withdrawals")
HEAD, LENIENCY, SAFE, refuse = OFFERS.HEAD, OFFERS.LENIENCY, OFFERS.SAFE, OFFERS.refuse

# The rights to decide on money; a superuser has them all.
DECIDING = ("approve_withdrawal", "decide_quarantine", "change_policy", "change_assetpolicy")
LIST = ", ".join(f"'{name}'" for name in DECIDING)

NEW = f"""
CREATE FUNCTION wallet_staff_is_new(member bigint, moment timestamptz) RETURNS boolean
LANGUAGE sql STABLE {SAFE}
  SELECT EXISTS (
    SELECT FROM ONLY wallet_staffchange c
    WHERE c.user_id = member AND c.at <= moment AND c.at > moment - make_interval(hours => coalesce(
      (SELECT credentials_wait_hours FROM ONLY wallet_policy WHERE id = 1), 168)))
$$;

CREATE FUNCTION wallet_is_staff(member bigint) RETURNS boolean
LANGUAGE sql STABLE {SAFE}
  SELECT EXISTS (
    SELECT FROM ONLY accounts_user WHERE id = member AND is_staff AND is_active)
$$;
"""

NOTING = f"""
CREATE FUNCTION wallet_note_staff() {HEAD}
DECLARE
  what text;
BEGIN
  IF NOT NEW.is_staff THEN
    RETURN NULL;
  END IF;
  IF TG_OP = 'INSERT' THEN
    what := 'account';
  ELSIF NOT OLD.is_staff THEN
    what := 'staff';
  ELSIF NEW.is_superuser AND NOT OLD.is_superuser THEN
    what := 'superuser';
  ELSIF NEW.is_active AND NOT OLD.is_active THEN
    what := 'activated';
  ELSIF NEW.credentials_changed_at IS DISTINCT FROM OLD.credentials_changed_at
     OR lower(NEW.email) <> lower(OLD.email) THEN
    what := 'credentials';
  ELSE
    RETURN NULL;
  END IF;
  INSERT INTO wallet_staffchange (user_id, kind, at) VALUES (NEW.id, what, clock_timestamp());
  RETURN NULL;
END $$;

CREATE FUNCTION wallet_decides(permission bigint) RETURNS boolean
LANGUAGE sql STABLE {SAFE}
  SELECT EXISTS (
    SELECT FROM ONLY auth_permission p JOIN ONLY django_content_type t ON t.id = p.content_type_id
    WHERE p.id = permission AND t.app_label = 'wallet' AND p.codename IN ({LIST}))
$$;

CREATE FUNCTION wallet_note_right() {HEAD}
BEGIN
  INSERT INTO wallet_staffchange (user_id, kind, at)
    SELECT u.id, 'rights', clock_timestamp() FROM ONLY accounts_user u
    WHERE u.id = NEW.user_id AND u.is_staff AND wallet_decides(NEW.permission_id);
  RETURN NULL;
END $$;

CREATE FUNCTION wallet_note_role() {HEAD}
BEGIN
  INSERT INTO wallet_staffchange (user_id, kind, at)
    SELECT u.id, 'rights', clock_timestamp() FROM ONLY accounts_user u
    WHERE u.id = NEW.user_id AND u.is_staff AND EXISTS (
      SELECT FROM ONLY auth_group_permissions g
      WHERE g.group_id = NEW.group_id AND wallet_decides(g.permission_id));
  RETURN NULL;
END $$;

CREATE FUNCTION wallet_note_right_of_role() {HEAD}
BEGIN
  INSERT INTO wallet_staffchange (user_id, kind, at)
    SELECT u.id, 'rights', clock_timestamp() FROM ONLY accounts_user u
      JOIN ONLY accounts_user_groups g ON g.user_id = u.id
    WHERE g.group_id = NEW.group_id AND u.is_staff AND wallet_decides(NEW.permission_id);
  RETURN NULL;
END $$;

CREATE TRIGGER wallet_note_staff AFTER INSERT OR UPDATE ON accounts_user
  FOR EACH ROW EXECUTE FUNCTION wallet_note_staff();
CREATE TRIGGER wallet_note_right AFTER INSERT OR UPDATE ON accounts_user_user_permissions
  FOR EACH ROW EXECUTE FUNCTION wallet_note_right();
CREATE TRIGGER wallet_note_role AFTER INSERT OR UPDATE ON accounts_user_groups
  FOR EACH ROW EXECUTE FUNCTION wallet_note_role();
CREATE TRIGGER wallet_note_right_of_role AFTER INSERT OR UPDATE ON auth_group_permissions
  FOR EACH ROW EXECUTE FUNCTION wallet_note_right_of_role();
CREATE TRIGGER wallet_staffchange_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
  ON wallet_staffchange FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse();
"""

TOO_NEW = refuse("wallet_staff_too_new", "user % is too new to decide on money", "{}")
APPROVAL = OFFERS.APPROVAL.replace(
    "  NEW.at := clock_timestamp();",
    f"""  NEW.at := clock_timestamp();
  IF NEW.approved AND wallet_staff_is_new(NEW.staff_id, NEW.at) THEN
    {TOO_NEW.format("NEW.staff_id")}
  END IF;""",
)

PROPOSING = f"""
CREATE FUNCTION wallet_proposal_begins() {HEAD}
BEGIN
  NEW.at := clock_timestamp();
  IF NEW.state <> 'waiting' OR NEW.decided_by_id IS NOT NULL OR NEW.decided_at IS NOT NULL THEN
    {refuse("wallet_proposal_way", "a proposal cannot begin as %", "NEW.state")}
  END IF;
  IF NEW.content_hash <> encode(sha256(convert_to(NEW.content, 'UTF8')), 'hex') THEN
    {refuse("wallet_proposal_content", "that is not the hash of %", "NEW.content")}
  END IF;
  IF NOT wallet_is_staff(NEW.by_id) THEN
    {refuse("wallet_proposal_by_staff", "user % is no staff", "NEW.by_id")}
  END IF;
  IF wallet_staff_is_new(NEW.by_id, NEW.at) THEN
    {TOO_NEW.format("NEW.by_id")}
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION wallet_proposal_way() {HEAD}
BEGIN
  IF OLD.state <> 'waiting' OR NEW.state = 'waiting' THEN
    {refuse("wallet_proposal_way", "a proposal that is % cannot become %", "OLD.state", "NEW.state")}
  END IF;
  NEW.decided_at := clock_timestamp();
  IF NEW.state = 'done' THEN
    IF NEW.decided_by_id IS NULL OR NEW.decided_by_id = NEW.by_id
       OR NOT wallet_is_staff(NEW.decided_by_id) OR NOT wallet_is_staff(NEW.by_id) THEN
      {refuse("wallet_proposal_by_another", "user % may not confirm proposal %", "NEW.decided_by_id", "NEW.id")}
    END IF;
    IF wallet_staff_is_new(NEW.decided_by_id, NEW.decided_at) THEN
      {TOO_NEW.format("NEW.decided_by_id")}
    END IF;
  END IF;
  IF NEW.state = 'done' AND NEW.expires_at < NEW.decided_at - {LENIENCY}
     OR NEW.state = 'expired' AND NEW.expires_at > NEW.decided_at + {LENIENCY} THEN
    {refuse("wallet_proposal_time", "proposal % has until %", "NEW.id", "NEW.expires_at")}
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER wallet_proposal_begins BEFORE INSERT ON wallet_proposal
  FOR EACH ROW EXECUTE FUNCTION wallet_proposal_begins();
CREATE TRIGGER wallet_proposal_way BEFORE UPDATE ON wallet_proposal
  FOR EACH ROW EXECUTE FUNCTION wallet_proposal_way();
CREATE TRIGGER wallet_proposal_stays BEFORE DELETE OR TRUNCATE
  ON wallet_proposal FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse();
CREATE TRIGGER wallet_proposal_only_progress BEFORE UPDATE ON wallet_proposal
  FOR EACH ROW EXECUTE FUNCTION wallet_only_progress('{{state,decided_by_id,decided_at}}');
"""

FORWARD = NEW + NOTING + APPROVAL + PROPOSING
REVERSE = (
    OFFERS.APPROVAL
    + """
DROP TRIGGER wallet_proposal_only_progress ON wallet_proposal;
DROP TRIGGER wallet_proposal_stays ON wallet_proposal;
DROP TRIGGER wallet_proposal_way ON wallet_proposal;
DROP TRIGGER wallet_proposal_begins ON wallet_proposal;
DROP TRIGGER wallet_staffchange_append_only ON wallet_staffchange;
DROP TRIGGER wallet_note_right_of_role ON auth_group_permissions;
DROP TRIGGER wallet_note_role ON accounts_user_groups;
DROP TRIGGER wallet_note_right ON accounts_user_user_permissions;
DROP TRIGGER wallet_note_staff ON accounts_user;
DROP FUNCTION wallet_proposal_way();
DROP FUNCTION wallet_proposal_begins();
DROP FUNCTION wallet_note_right_of_role();
DROP FUNCTION wallet_note_role();
DROP FUNCTION wallet_note_right();
DROP FUNCTION wallet_note_staff();
DROP FUNCTION wallet_decides(bigint);
DROP FUNCTION wallet_is_staff(bigint);
DROP FUNCTION wallet_staff_is_new(bigint, timestamptz);
"""
)


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0023_ids_that_the_logs_see"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("accounts", "0003_credentials_changed_at"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.CreateModel(
            name="Proposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("cold_storage", "what left cold storage"),
                            ("deposit_return", "a deposit was returned"),
                            ("deposit_credit", "credit a deposit of our own coins"),
                            ("house_rules", "loosen house rules"),
                            ("asset_rules", "loosen rules of an asset"),
                        ],
                        max_length=20,
                        verbose_name="decision",
                    ),
                ),
                ("subject", models.CharField(max_length=80, verbose_name="what it is about")),
                ("content", models.TextField(verbose_name="content")),
                ("content_hash", models.CharField(max_length=64, verbose_name="content hash")),
                (
                    "note",
                    models.CharField(blank=True, default="", max_length=200, verbose_name="note"),
                ),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="proposed",
                    ),
                ),
                ("expires_at", models.DateTimeField(verbose_name="expires")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waits"),
                            ("done", "confirmed"),
                            ("withdrawn", "withdrawn"),
                            ("expired", "expired"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="proposed by",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
            ],
            options={
                "verbose_name": "decision that waits",
                "verbose_name_plural": "decisions that wait",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("kind", "subject"),
                        name="wallet_proposal_waits_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True),
                            models.Q(
                                ("decided_by__isnull", False),
                                models.Q(("decided_by", models.F("by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="wallet_proposal_by_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("state", "waiting")),
                            models.Q(
                                models.Q(("state", "waiting"), _negated=True),
                                ("decided_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="wallet_proposal_ended_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StaffChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("account", "a new account"),
                            ("staff", "made staff"),
                            ("superuser", "made a superuser"),
                            ("activated", "activated again"),
                            ("credentials", "a new password, second factor or email address"),
                            ("rights", "new rights over money"),
                        ],
                        max_length=20,
                        verbose_name="what is new",
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="at"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="staff",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of staff",
                "verbose_name_plural": "changes of staff",
                "indexes": [models.Index(fields=["user", "at"], name="wallet_staff_change_of")],
            },
        ),
        migrations.RunSQL(FORWARD, REVERSE),
    ]
