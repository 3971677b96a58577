"""Why an address or a key is refused.

AddressRefused (`code` says why)
├── address_empty, address_malformed, address_checksum
├── address_wrong_network, address_unsupported
└── address_zero, address_own, address_contract   (the last two: for those who know them)
KeyRefused
├── key_malformed, key_wrong_network, key_wrong_depth, key_private, key_missing
├── vault_unavailable
└── signer_only                                   private keys outside of the signer's process
SigningRefused                                    a transaction that would lose money
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_SENTENCES: dict[str, str | Promise] = {
    "address_empty": _("Enter an address."),
    "address_malformed": _("This is not an address. Copy it again, whole."),
    "address_checksum": _("The address has a typing error. Copy it again."),
    "address_wrong_network": _("This address belongs to another network. Choose the right one."),
    "address_unsupported": _("This kind of address is not supported. Use another one."),
    "address_zero": _("Nobody can spend from this address. Use your own."),
    "address_own": _("This is an address of this site. Use one of your own wallet."),
    "address_contract": _("This address is a contract. Use one of your own wallet."),
}


class AddressRefused(Exception):
    """An address that money may not be sent to; `code` is stable, `message` for people."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def message(self) -> str:
        """What a person should do, in the active language."""
        return str(_SENTENCES[self.code])


class KeyRefused(Exception):
    """A key that cannot be used. Its text never contains any part of the key."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class SigningRefused(Exception):
    """A transaction that the signer will not sign; `code` says why (see the signers)."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
